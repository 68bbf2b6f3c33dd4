/* Which screen stands there: the address behind '#', so that the back key and a reload work, with or without a network. */
import { signal } from '@preact/signals';

export interface Route {
    screen: 'list' | 'new' | 'dispute' | 'explain' | 'consent' | 'end' | 'agree' | 'parties';
    code: string;
    side: string;
}

const SCREENS = ['explain', 'consent', 'end', 'agree', 'parties'] as const;

export function parse(hash: string): Route {
    const [first, code, screen, side] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
    if (first === 'new') return { screen: 'new', code: '', side: '' };
    if (first !== 'd' || !code) return { screen: 'list', code: '', side: '' };
    const found = SCREENS.find((one) => one === screen);
    return { screen: found ?? 'dispute', code, side: side ?? '' };
}

export const route = signal<Route>(parse(location.hash));

export const go = (to: string): void => {
    location.hash = to;
};
export const toDispute = (code: string, screen = ''): string => `#/d/${encodeURIComponent(code)}${screen ? `/${screen}` : ''}`;

addEventListener('hashchange', () => (route.value = parse(location.hash)));
