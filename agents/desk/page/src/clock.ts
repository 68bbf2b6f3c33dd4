/* Which time a tap has. A step tells when it happened by this phone's clock, which is held against the hub's whenever the
 * office is reached: a clock that is off by more than the tolerance records nothing. A demonstration hub has a clock of
 * its own, which stands still: there a tap has the hub's time as it was last heard. */
import { computed, signal } from '@preact/signals';
import type { Answer, Now } from './api';
import { keep, kept } from './store';

interface Heard {
    demonstration: boolean;
    time: string;
    skewMs: number; /* this phone's clock minus the hub's */
    toleranceMs: number;
}

const heard = signal<Heard | null>(null);
/* Whether the hub itself was there when the office was last asked. */
export const hubThere = signal(true);

export async function loadClock(): Promise<void> {
    heard.value = (await kept<Heard>('clock')) ?? null;
}

export async function hear(answer: Answer<Now>): Promise<void> {
    if (answer.kind !== 'ok') return;
    const { body, timing } = answer;
    const middle = (timing.sent + timing.received) / 2;
    hubThere.value = body.hub;
    heard.value = {
        demonstration: body.demonstration,
        time: body.time,
        skewMs: Math.round(middle - Date.parse(body.time)),
        toleranceMs: body.toleranceSeconds * 1000,
    };
    await keep('clock', heard.value);
}

/* By how many seconds the clock is off; 0: near enough, or nobody knows yet. */
export const clockOffSeconds = computed(() => {
    const now = heard.value;
    if (now === null || now.demonstration || Math.abs(now.skewMs) <= now.toleranceMs) return 0;
    return Math.round(now.skewMs / 1000);
});

export const isDemonstration = computed(() => heard.value?.demonstration ?? false);

/* The time of a tap made now. */
export function stamp(): string {
    const now = heard.value;
    return now?.demonstration ? now.time : new Date().toISOString();
}

/* As people write it: MM-DD HH:MM in the office's zone. */
export function shortTime(time: string, offsetMinutes: number): string {
    const at = Date.parse(time);
    if (Number.isNaN(at)) return time;
    return new Date(at + offsetMinutes * 60000).toISOString().slice(5, 16).replace('T', ' ');
}
