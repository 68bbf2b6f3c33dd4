import { render } from 'preact';
import './tokens.css';
import './desk.css';
import { App } from './app';
import { loadKept, setToken, sync } from './office';
import { sendSoon, watchNetwork } from './queue';
import { loadDisputes } from './store';

const ASK_ANEW_MS = 60000;

/* The token comes once behind the address (#token=…) and is taken out of it at once: no history, no picture shows it. */
async function takeToken(): Promise<boolean> {
    const given = /^#token=([\w.~+/=-]{8,200})$/.exec(location.hash)?.[1];
    if (given === undefined) return false;
    history.replaceState(null, '', location.pathname);
    await setToken(given);
    return true;
}

/* The link may be opened where the page stands already. */
async function takeLaterToken(): Promise<void> {
    if (!(await takeToken())) return;
    await sync();
    sendSoon();
}

async function start(): Promise<void> {
    const root = document.getElementById('page');
    await takeToken().catch(() => false);
    await loadKept().catch(() => undefined);
    await loadDisputes();
    if (root) render(<App />, root);
    watchNetwork();
    addEventListener('hashchange', () => void takeLaterToken());
    if ('serviceWorker' in navigator) void navigator.serviceWorker.register('/desk/sw.js', { scope: '/desk/' }).catch(() => undefined);
    void navigator.storage?.persist?.();
    await sync();
    sendSoon();
    setInterval(() => void sync().then(sendSoon), ASK_ANEW_MS);
}

void start();
