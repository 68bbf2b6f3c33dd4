/* The one stream of the page. It keeps the newest summary, says how the connection is, and tells views when to ask
 * again for what they show; while the reader is busy it only counts. */
import { computed, effect, signal } from '@preact/signals';
import { address } from './address';
import { get, session, sessionEnded } from './api/client';
import type { Session, Summary } from './api/types';
import { mergePatch, type Json } from './patch';

export type LiveState = 'connecting' | 'connected' | 'lost' | 'past';

export interface Live {
    state: LiveState;
    hub: 'connected' | 'lost'; /* whether the gateway has its hub */
    position: string; /* newest position heard of; empty: none yet */
    time: string; /* the hub's clock then */
    lostSince: number; /* milliseconds of our clock; 0: not lost */
    healed: number; /* records caught up by the last reconnect; -1: nothing to say */
}

export const live = signal<Live>({ state: 'connecting', hub: 'connected', position: '', time: '', lostSince: 0, healed: -1 });
/* The newest summary of the address's unit; null until the stream brought one, and when looking back. */
export const summary = signal<Summary | null>(null);
/* Changes when views should ask again for what is in view. */
export const version = signal(0);

/* What the reader is busy with: a scrolled table, a focused row, an open drawer, selected text. */
const holds = signal<ReadonlySet<object>>(new Set());
/* The position that views have asked for last. */
const applied = signal('');

/* Keeps order and rows as they are until the returned function is called. */
export function holdUpdates(): () => void {
    const hold = {};
    holds.value = new Set(holds.peek()).add(hold);
    return () => {
        const rest = new Set(holds.peek());
        rest.delete(hold);
        holds.value = rest;
    };
}

/* Records that came in while the reader was busy. */
export const waiting = computed(() => {
    const { position, state } = live.value;
    if (state === 'past' || position === '' || applied.value === '' || holds.value.size === 0) return 0;
    return Number(BigInt(position) - BigInt(applied.value));
});

export function applyUpdates(): void {
    applied.value = live.peek().position;
    version.value += 1;
}

const CALM_MS = 4000; /* views ask again at most this often; the summary itself comes with the stream */
const SPREAD_MS = 500; /* and not all browsers of a county in the same moment */
const HIDDEN_MS = 30_000; /* a hidden tab gives its connection back: a browser has six to a host */
const HEALED_MS = 10_000;
const WAITS_S = [1, 2, 4, 8, 15, 30];

let source: EventSource | null = null;
let attempts = 0;
let retryTimer: ReturnType<typeof setTimeout> | undefined;
let hiddenTimer: ReturnType<typeof setTimeout> | undefined;
let calmTimer: ReturnType<typeof setTimeout> | undefined;
let refreshedAt = 0;
let frame = 0;
let queue: { position: string; time: string; patch: Json }[] = [];
let fresh = true; /* the next summary event starts a stream: its patch is the whole */

function set(change: Partial<Live>): void {
    live.value = { ...live.peek(), ...change };
}

function refresh(): void {
    clearTimeout(calmTimer);
    calmTimer = setTimeout(() => {
        if (holds.peek().size > 0 || live.peek().state !== 'connected') return;
        refreshedAt = Date.now();
        applyUpdates();
    }, Math.max(Math.random() * SPREAD_MS, refreshedAt + CALM_MS - Date.now()));
}

/* All patches since the last frame, as one change. */
function applyQueue(): void {
    cancelAnimationFrame(frame);
    frame = 0;
    const last = queue[queue.length - 1];
    if (!last) return;
    let next: Json | undefined = fresh ? undefined : ((summary.peek() ?? undefined) as Json | undefined);
    for (const { patch } of queue) next = mergePatch(next, patch);
    queue = [];
    const before = live.peek();
    const first = applied.peek() === '';
    fresh = false;
    summary.value = next as unknown as Summary;
    const caughtUp = before.lostSince > 0 && before.position !== '' ? Number(BigInt(last.position) - BigInt(before.position)) : -1;
    set({ state: 'connected', hub: 'connected', position: last.position, time: last.time, lostSince: 0,
        healed: caughtUp >= 0 ? caughtUp : before.healed });
    if (caughtUp >= 0) setTimeout(() => set({ healed: -1 }), HEALED_MS);
    if (first) applied.value = last.position;
    else if (last.position !== before.position) refresh();
}

function lose(): void {
    source?.close();
    source = null;
    const now = live.peek();
    if (now.state !== 'past') set({ state: 'lost', lostSince: now.lostSince || Date.now() });
    const wait = WAITS_S[Math.min(attempts, WAITS_S.length - 1)] ?? 30;
    attempts += 1;
    clearTimeout(retryTimer);
    retryTimer = setTimeout(connect, wait * 1000);
    /* An event source does not say why it failed: the session may have ended. */
    if (session.peek()) get<Session>('session').catch(() => undefined);
}

function connect(): void {
    clearTimeout(retryTimer);
    source?.close();
    source = null;
    if (!session.peek() || address.peek().past || document.visibilityState === 'hidden') return;
    const unit = address.peek().unit;
    source = new EventSource(`/v1/stream${unit ? `?unit=${unit}` : ''}`);
    fresh = true;
    queue = [];
    const data = (event: Event): { [name: string]: Json } => JSON.parse((event as MessageEvent<string>).data);
    source.addEventListener('open', () => {
        attempts = 0;
    });
    source.addEventListener('summary', (event) => {
        const { position, time, patch } = data(event);
        queue.push({ position: String(position), time: String(time ?? ''), patch: patch ?? {} });
        if (queue.length > 100) applyQueue();
        else frame ||= requestAnimationFrame(applyQueue);
    });
    source.addEventListener('state', (event) => {
        const { hub } = data(event);
        if (hub === 'lost') set({ hub: 'lost', lostSince: live.peek().lostSince || Date.now() });
        else set({ state: 'connected', hub: 'connected' });
    });
    source.addEventListener('session', () => {
        sessionEnded.value = true;
        session.value = null;
    });
    source.addEventListener('error', lose);
}

function leave(): void {
    clearTimeout(retryTimer);
    source?.close();
    source = null;
    queue = [];
}

/* Follows the hub while someone is logged in and looks at now. Called once. */
export function followHub(): void {
    effect(() => {
        const { past, unit } = address.value;
        const who = session.value;
        void unit;
        leave();
        attempts = 0;
        summary.value = null;
        applied.value = '';
        if (past) set({ state: 'past', lostSince: 0, healed: -1 });
        else set({ state: 'connecting', hub: 'connected', position: '', time: '', lostSince: 0, healed: -1 });
        if (who && !past) connect();
    });
    addEventListener('online', () => {
        if (!source) connect();
    });
    document.addEventListener('visibilitychange', () => {
        clearTimeout(hiddenTimer);
        if (document.visibilityState === 'hidden')
            hiddenTimer = setTimeout(() => {
                leave();
                if (live.peek().state === 'connected') set({ lostSince: Date.now() });
            }, HIDDEN_MS);
        else if (!source) connect();
    });
    /* Selected text stays where it is. */
    let selection: (() => void) | null = null;
    document.addEventListener('selectionchange', () => {
        const selected = !(document.getSelection()?.isCollapsed ?? true);
        if (selected && !selection) selection = holdUpdates();
        if (!selected && selection) {
            selection();
            selection = null;
        }
    });
    /* What came in meanwhile is applied when the reader is free again. */
    effect(() => {
        if (holds.value.size === 0 && live.peek().position !== applied.peek() && applied.peek() !== '') refresh();
    });
}
