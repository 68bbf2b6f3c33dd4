/* Which screen stands there: the address behind '#', so that the back key and a reload work. */
import { signal } from '@preact/signals';

export type Route =
    | { screen: 'due' }
    | { screen: 'sent' }
    | { screen: 'period'; zero: string; from: string; unit: string }
    | { screen: 'one'; key: string };

export function parse(hash: string): Route {
    const [first, ...rest] = hash.replace(/^#\/?/, '').split('/').map((part) => {
        try {
            return decodeURIComponent(part);
        } catch {
            return part;
        }
    });
    const [a = '', b = '', c = ''] = rest;
    if (first === 'sent') return a === '' ? { screen: 'sent' } : { screen: 'one', key: a };
    if (first === 'due' && a !== '' && b !== '') return { screen: 'period', zero: a, from: b, unit: c };
    return { screen: 'due' };
}

export const route = signal<Route>(parse(location.hash));
export const go = (to: string): void => {
    location.hash = to;
};
export const toPeriod = (zero: string, from: string, unit = ''): string => `#/due/${zero}/${from}${unit ? `/${encodeURIComponent(unit)}` : ''}`;
export const toSent = (key: string): string => `#/sent/${key}`;

addEventListener('hashchange', () => (route.value = parse(location.hash)));
