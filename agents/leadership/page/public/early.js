/* Theme, language and wall display, before anything is drawn; an inline script is forbidden by the content security policy. */
(function () {
    var root = document.documentElement;
    var keys = new URLSearchParams(location.search);
    function kept(name) {
        try {
            return localStorage.getItem(name);
        } catch (error) {
            return null;
        }
    }
    var theme = kept('theme');
    if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
    var lang = keys.get('lang') || kept('lang');
    root.lang = lang === 'en' ? 'en' : 'zh-CN';
    if (keys.get('wall') === '1') root.dataset.wall = '1';
})();
