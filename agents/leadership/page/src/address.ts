/* The address is the whole state of the page: a link opens the same view at the same moment. */
import { computed, signal } from '@preact/signals';

export type InHandPart = 'hazards' | 'petitions' | 'disputes' | 'cases' | 'joint' | 'campaigns' | 'tallies';
export type ListName =
    | 'unverified' | 'silent' | 'unswept' | 'late' | 'contradicted' | 'corrected' | 'amended' | 'withdrawn' | 'suspected'
    | 'evaluations' | 'overdue';

export type View =
    | { name: 'overview' }
    | { name: 'login' }
    | { name: 'units' }
    | { name: 'unit'; code: string }
    | { name: 'in-hand'; part: InHandPart }
    | { name: 'matter'; matter: string }
    | { name: 'trends' }
    | { name: 'compare'; article: boolean }
    | { name: 'events' }
    | { name: 'event'; position: string }
    | { name: 'list'; list: ListName }
    | { name: 'unknown' };

/* A value that the address carries and that cannot be: the page says so and goes on without it. */
export interface AddressFault {
    key: 'at' | 'known' | 'unit' | 'lang' | 'why';
    value: string;
}

export interface Address {
    path: string;
    view: View;
    /* All keys as they stand; views read their own (`sort`, `zero`, `kind`, …) here. */
    keys: URLSearchParams;
    unit: string; /* empty: the root of who is logged in */
    at: string; /* status day; empty: none chosen */
    known: string; /* position, RFC 3339 time, `now` or `end`; empty: none chosen */
    past: boolean; /* looking back: `at` or `known` is there */
    why: string; /* figure whose events are open; empty: none */
    wall: boolean;
    faults: AddressFault[];
}

const parts: readonly string[] = ['hazards', 'petitions', 'disputes', 'cases', 'joint', 'campaigns', 'tallies'];
const lists: readonly string[] = [
    'unverified', 'silent', 'unswept', 'late', 'contradicted', 'corrected', 'amended', 'withdrawn', 'suspected', 'evaluations',
    'overdue',
];

function viewOf(path: string): View {
    const steps = path.split('/').filter(Boolean).map(decode);
    const [first, second, third] = steps;
    if (third !== undefined) return { name: 'unknown' };
    switch (first) {
        case undefined:
            return { name: 'overview' };
        case 'login':
            return { name: 'login' };
        case 'units':
            return second === undefined ? { name: 'units' } : { name: 'unit', code: second };
        case 'in-hand':
            if (second === undefined) return { name: 'in-hand', part: 'hazards' };
            return parts.includes(second) ? { name: 'in-hand', part: second as InHandPart } : { name: 'unknown' };
        case 'matters':
            return second === undefined ? { name: 'unknown' } : { name: 'matter', matter: second };
        case 'trends':
            return { name: 'trends' };
        case 'compare':
            return { name: 'compare', article: second === 'article' };
        case 'events':
            if (second === undefined) return { name: 'events' };
            return /^[1-9]\d{0,18}$/.test(second) ? { name: 'event', position: second } : { name: 'unknown' };
        case 'lists':
            return second !== undefined && lists.includes(second)
                ? { name: 'list', list: second as ListName } : { name: 'unknown' };
        default:
            return { name: 'unknown' };
    }
}

function decode(step: string): string {
    try {
        return decodeURIComponent(step);
    } catch {
        return step;
    }
}

export function isDay(text: string): boolean {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
    const day = new Date(`${text}T00:00:00Z`);
    return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

export function isKnown(text: string): boolean {
    if (text === 'now' || text === 'end' || /^[1-9]\d{0,18}$/.test(text)) return true;
    return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(text) && !Number.isNaN(Date.parse(text));
}

/* Reads an address. Wrong values are left out and named in `faults`. */
export function parse(path: string, search: string): Address {
    const keys = new URLSearchParams(search);
    const faults: AddressFault[] = [];
    const take = (key: AddressFault['key'], valid: (text: string) => boolean): string => {
        const value = keys.get(key) ?? '';
        if (value === '' || valid(value)) return value;
        faults.push({ key, value });
        return '';
    };
    const at = take('at', isDay);
    const known = take('known', isKnown);
    take('lang', (text) => text === 'zh' || text === 'en');
    return {
        path: path.replace(/\/+$/, '') || '/',
        view: viewOf(path),
        keys,
        unit: take('unit', (text) => /^[0-9A-Z]{1,18}$/.test(text)),
        at,
        known,
        past: at !== '' || (known !== '' && known !== 'now'),
        why: take('why', (text) => /^[A-Za-z0-9_.]{1,64}$/.test(text)),
        wall: keys.get('wall') === '1',
        faults,
    };
}

export const address = signal<Address>(parse(location.pathname, location.search));
/* The moment of the address as request parameters; empty when the view is live. */
export const momentParams = computed(() => {
    const { at, known, past } = address.value;
    return past ? { at, known } : {};
});

export interface Change {
    path?: string; /* another view: drops the keys that belong to the old one */
    keys?: Record<string, string | null>; /* null or '' takes a key away */
}

/* These go along from view to view. */
const lasting: readonly string[] = ['unit', 'at', 'known', 'lang', 'wall'];

/* The address that a change leads to, for `href`. */
export function href(change: Change): string {
    const from = address.value;
    const keys = new URLSearchParams();
    for (const [name, value] of from.keys)
        if (change.path === undefined || lasting.includes(name)) keys.set(name, value);
    for (const [name, value] of Object.entries(change.keys ?? {}))
        if (value) keys.set(name, value);
        else keys.delete(name);
    const query = keys.toString().replaceAll('%3A', ':').replaceAll('%2C', ',');
    return `${change.path ?? from.path}${query ? `?${query}` : ''}`;
}

/* Goes to a changed address; `replace` leaves no step in the history (sorting, opening a drawer's list further). */
export function go(change: Change, replace = false): void {
    open(href(change), replace);
}

export function open(target: string, replace = false): void {
    if (target === location.pathname + location.search) return;
    history[replace ? 'replaceState' : 'pushState'](null, '', target);
    const before = address.value;
    address.value = parse(location.pathname, location.search);
    if (before.path !== address.value.path) scrollTo(0, 0);
}

/* Follows the browser's back and forward, and clicks on links of ours that nobody else took. */
export function followAddress(): void {
    addEventListener('popstate', () => {
        address.value = parse(location.pathname, location.search);
    });
    document.addEventListener('click', (event) => {
        if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey)
            return;
        const link = event.target instanceof Element ? event.target.closest('a') : null;
        if (!link || link.target || link.hasAttribute('download')) return;
        const to = new URL(link.href, location.href);
        if (to.origin !== location.origin || to.pathname.startsWith('/v1/') || link.getAttribute('href')?.startsWith('#')) return;
        event.preventDefault();
        open(to.pathname + to.search);
    });
}
