/* What was confirmed in this browser, newest first. A statement stands here, with its key, before it is sent: a reload, a
 * second tap or a broken network send the same one again, which counts once. */
import { computed, signal } from '@preact/signals';
import { askState, sendStatement, type Basis, type State, type Zero } from './api';
import { newKey, type Answer, type Trouble } from './shared/ask';
import { keep, kept, token } from './token';

export interface Body {
    zero: Zero;
    fromDay: string;
    basis: Basis;
    role: string;
    units: number;
    shown: string;
    unit?: string;
}
export type Standing =
    | 'sending' /* not known to have arrived */
    | 'waiting' /* in the agent's outbox, not yet answered by the hub */
    | 'recorded'
    | 'refused' /* nothing, or not all of it, is recorded */
    | 'unknown'; /* nobody says what became of it: the list of what is due does */
export interface Sent {
    key: string;
    body: Body;
    toDay: string;
    at: number; /* of the confirming, by this machine's clock */
    standing: Standing;
    unanswered?: boolean; /* an attempt ended without an answer: it may have arrived */
    state?: State;
    trouble?: Trouble | null; /* of the last attempt; null: no network */
}

const NAME = 'sanling-attest-sent';
const KEPT_MAX = 50;
/* So long it is sent again by itself; later the agent is asked, but nothing is sent that somebody confirmed long ago. */
export const SENT_AGAIN_MS = 30 * 60000;

export const sent = signal<Sent[]>(kept<Sent[]>(NAME) ?? []);
export const isOpen = (one: Sent): boolean => one.standing === 'sending' || one.standing === 'waiting';
export const open = computed(() => sent.value.filter(isOpen));

/* Looks at what is kept, which another window may have changed. */
export function look(): Sent[] {
    sent.value = kept<Sent[]>(NAME) ?? sent.value;
    return sent.value;
}

function change(key: string, make: (one: Sent) => Sent): void {
    sent.value = look().map((one) => (one.key === key ? make(one) : one));
    keep(NAME, sent.value);
}

export const sameStatement = (one: Sent, zero: string, fromDay: string, unit: string): boolean =>
    one.body.zero === zero && one.body.fromDay === fromDay && (one.body.unit ?? '') === unit;

/* One that is recorded, about a period that is due all the same: the policy does not accept its basis, or a higher level
 * has to review it first. */
export const recordedOf = (zero: string, fromDay: string, unit: string): Sent | undefined =>
    sent.value.find((one) => one.standing === 'recorded' && sameStatement(one, zero, fromDay, unit));

/* Writes the statement down under a new key, unless one about the same is on its way: then it is that one's. null: this
 * browser keeps nothing, so nothing is sent. */
export function confirm(body: Body, toDay: string, now: number): string | null {
    const before = look().find((one) => isOpen(one) && sameStatement(one, body.zero, body.fromDay, body.unit ?? ''));
    if (before) return before.key;
    const key = newKey();
    const all = [{ key, body, toDay, at: now, standing: 'sending' as const }, ...look()];
    if (!keep(NAME, all.filter((one, i) => i < KEPT_MAX || isOpen(one)))) return null;
    sent.value = all;
    return key;
}

const NOT_THERE = 'NOT_FOUND';

/* What is known after an answer to the sending (`asked` false) or to the question what became of it. */
export function after(one: Sent, answer: Answer<State>, asked: boolean): Sent {
    if (answer.kind === 'ok') {
        const standing = answer.body.state === 'RECORDED' ? 'recorded' : answer.body.state === 'REJECTED' ? 'refused' : 'waiting';
        return { ...one, standing, state: answer.body, trouble: undefined, unanswered: false };
    }
    const { trouble } = answer;
    if (answer.kind === 'away') return { ...one, trouble, unanswered: one.unanswered || (!asked && trouble === null) };
    if (asked) return trouble?.code === NOT_THERE || answer.kind === 'login' ? { ...one, standing: 'unknown', trouble } : { ...one, trouble };
    return { ...one, standing: one.unanswered ? 'unknown' : 'refused', trouble };
}

async function goOn(one: Sent): Promise<void> {
    const asks = one.standing === 'waiting' || Date.now() - one.at > SENT_AGAIN_MS;
    const answer = asks ? await askState(one.key) : await sendStatement(one.key, one.body);
    change(one.key, (now) => (isOpen(now) ? after(now, answer, asks) : now));
}

const SOON_MS = 1000;
const LATER_MS = 5000;
const SOON_TIMES = 10;
let working = false;
let rounds = 0;
let timer: ReturnType<typeof setTimeout> | undefined;

/* Sends and asks, one after the other, until nothing is open. */
async function work(): Promise<void> {
    if (working || token.value === null) return;
    working = true;
    for (const one of [...open.value].reverse()) await goOn(one);
    working = false;
    rounds++;
    if (open.value.length > 0) timer = setTimeout(() => void work(), rounds < SOON_TIMES ? SOON_MS : LATER_MS);
}

export function workSoon(): void {
    clearTimeout(timer);
    rounds = 0;
    void work();
}
