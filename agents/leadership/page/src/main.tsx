import { render } from 'preact';
import './tokens.css';
import './base.css';
import { App } from './app';
import { lang, loadWords } from './words';

const root = document.getElementById('page');

function draw(): void {
    if (root) render(<App />, root);
}

/* What is read first is read in the right language. */
if (lang.value === 'en') void loadWords().then(draw);
else draw();
