import { render } from 'preact';
import './tokens.css';
import './shared/base.css';
import './desk.css';
import { App } from './app';
import { loadKept, setToken, sync } from './office';
import { sendSoon, watchNetwork } from './queue';
import { tokenFromAddress } from './shared/ask';
import { loadDisputes } from './store';

const ASK_ANEW_MS = 60000;

async function takeToken(): Promise<boolean> {
    const given = tokenFromAddress();
    if (given !== null) await setToken(given);
    return given !== null;
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
