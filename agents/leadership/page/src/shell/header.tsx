import { useEffect, useRef } from 'preact/hooks';
import { signal } from '@preact/signals';
import { address, go, href, type View } from '../address';
import { logOut, session } from '../api/client';
import { keepLang, lang, word, words } from '../words';
import { helpOpen } from './help';
import { Search } from './search';
import { copyLink } from './copy-link';

type Tab = { name: string; path: string; word: string; views: readonly View['name'][] };

function tabs(): Tab[] {
    const w = words.value;
    return [
        { name: 'overview', path: '/', word: w.overview, views: ['overview'] },
        { name: 'units', path: '/units', word: w.units, views: ['units', 'unit'] },
        { name: 'in-hand', path: '/in-hand/hazards', word: w.inHand, views: ['in-hand', 'matter', 'list'] },
        { name: 'trends', path: '/trends', word: w.trends, views: ['trends'] },
        { name: 'compare', path: '/compare/article', word: w.compare, views: ['compare'] },
    ];
}

function Tabs() {
    const { view } = address.value;
    return tabs().map((tab) => (
        <a key={tab.name} href={href({ path: tab.path })} data-word={tab.word}
            aria-current={tab.views.includes(view.name) ? 'page' : undefined}>
            {tab.word}
        </a>
    ));
}

/* Whether the phone's search lies over the header. */
const searching = signal(false);

export function Header() {
    const w = words.value;
    const who = session.value;
    return (
        <header class="top">
            <span class="brand"><b>{w.product}</b> <span class="brand-unit" title={who?.unitName}>{who?.unitName ?? ''}</span></span>
            <nav class="views" aria-label={w.navigation}><Tabs /></nav>
            <div class="tools">
                <div class={searching.value ? 'search-open' : 'search-box'}>
                    <Search onClose={() => (searching.value = false)} autoFocus={searching.value} />
                </div>
                <button type="button" class="search-button" aria-label={w.searchShort} onClick={() => (searching.value = true)}>
                    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2">
                        <circle cx="6.5" cy="6.5" r="4.5" /><path d="M10 10 15 15" />
                    </svg>
                </button>
                <LanguageSwitch />
                <button type="button" class="theme-switch" aria-label={w.themeName} onClick={switchTheme}>{w.theme}</button>
                <AccountMenu />
            </div>
        </header>
    );
}

export function BottomNav() {
    return <nav class="bottom" aria-label={words.value.navigation}><Tabs /></nav>;
}

export function LanguageSwitch() {
    const w = words.value;
    const next = lang.value === 'en' ? 'zh' : 'en';
    const change = (): void => {
        keepLang(next);
        go({ keys: { lang: next } }, true);
    };
    return (
        <button type="button" lang={next === 'en' ? 'en' : 'zh-CN'} aria-label={w.languageName} onClick={change}>{w.language}</button>
    );
}

export function switchTheme(): void {
    const root = document.documentElement;
    const dark = root.dataset['theme']
        ? root.dataset['theme'] === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    root.dataset['theme'] = dark ? 'light' : 'dark';
    dispatchEvent(new CustomEvent('theme'));
    try {
        localStorage.setItem('theme', root.dataset['theme']);
    } catch {
        /* storage forbidden: the choice lasts as long as the page */
    }
}

function AccountMenu() {
    const w = words.value;
    const who = session.value;
    const box = useRef<HTMLDetailsElement>(null);
    useEffect(() => {
        const close = (event: Event): void => {
            const node = box.current;
            if (node?.open && event.target instanceof Node && !node.contains(event.target)) node.open = false;
        };
        document.addEventListener('pointerdown', close);
        return () => document.removeEventListener('pointerdown', close);
    }, []);
    const act = (run: () => void) => () => {
        if (box.current) box.current.open = false;
        run();
    };
    return (
        <details class="menu" ref={box}
            onKeyDown={(event) => {
                if (event.key !== 'Escape' || !box.current?.open) return;
                box.current.open = false;
                box.current.querySelector('summary')?.focus();
                event.stopPropagation();
            }}>
            <summary aria-label={w.menu}>
                <span class="name">{who ? word(w.offices, who.office) : ''}</span>
                <svg class="menu-icon" width="18" height="18" viewBox="0 0 18 18" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2">
                    <path d="M2 4H16M2 9H16M2 14H16" />
                </svg>
            </summary>
            <div>
                {who && <p class="quiet">{who.account} · {word(w.offices, who.office)}</p>}
                <button type="button" onClick={act(() => void copyLink())}>{w.copyLink}</button>
                <button type="button" onClick={act(switchTheme)}>{w.theme}</button>
                <button type="button" onClick={act(() => (helpOpen.value = true))}>{w.help}</button>
                <button type="button" onClick={act(() => void logOut().catch(() => undefined))}>{w.logOut}</button>
            </div>
        </details>
    );
}
