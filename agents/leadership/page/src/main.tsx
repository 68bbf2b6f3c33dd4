import { render } from 'preact';
import './tokens.css';
import './base.css';
import { App } from './app';

const root = document.getElementById('page');
if (root) render(<App />, root);
