/* The service worker: keeps the page's own files, so that the page opens without a network. Nothing of the interface is
 * kept here: what was recorded and what waits is the page's to say, with its time. The build puts in version and files. */
const CACHE = 'desk-SHELL_VERSION';
const FILES = ['SHELL_FILES'];
const FIRST_WAIT_MS = 3000;

self.addEventListener('install', (event) => {
    event.waitUntil(caches.open(CACHE)
        .then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: 'reload' }))))
        .then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
    event.waitUntil(caches.keys()
        .then((names) => Promise.all(names.filter((name) => name.startsWith('desk-') && name !== CACHE).map((name) => caches.delete(name))))
        .then(() => self.clients.claim()));
});

/* The page itself is the newest that the network gives soon, else the kept one; its parts change name when they change. */
async function page(request) {
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(), FIRST_WAIT_MS);
    try {
        const answer = await fetch(request, { signal: ended.signal });
        if (answer.ok) return answer;
    } catch {
        /* no network, or none that answers */
    } finally {
        clearTimeout(timer);
    }
    return (await caches.match('/desk/')) ?? Response.error();
}

async function part(request) {
    return (await caches.match(request)) ?? fetch(request);
}

self.addEventListener('fetch', (event) => {
    const { request } = event;
    const address = new URL(request.url);
    if (request.method !== 'GET' || address.origin !== self.location.origin || !address.pathname.startsWith('/desk/')) return;
    event.respondWith(request.mode === 'navigate' ? page(request) : part(request));
});
