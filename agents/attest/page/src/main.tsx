import { render } from 'preact';
import './tokens.css';
import './shared/base.css';
import './attest.css';
import { App } from './app';
import { look, workSoon } from './sent';
import { tokenFromAddress } from './shared/ask';
import { setToken } from './token';

/* The link may be opened where the page stands already. */
function takeToken(): void {
    const given = tokenFromAddress();
    if (given === null) return;
    setToken(given);
    workSoon();
}

takeToken();
const root = document.getElementById('page');
if (root) render(<App />, root);
addEventListener('hashchange', takeToken);
addEventListener('online', workSoon);
addEventListener('storage', () => void look()); /* another window confirmed something, or heard of it */
workSoon();
