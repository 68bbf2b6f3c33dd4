/* What the office tells the phone: its setup, the units, numbers for codes, the disputes that this phone's token opened.
 * All of it is kept, so that a phone without a network goes on with what it last heard. */
import { computed, signal } from '@preact/signals';
import { ask, askAndKeep, token, type Answer, type Matter, type Now, type Numbers, type Setup, type Unit } from './api';
import { hear, loadClock } from './clock';
import { disputeCode } from './code';
import { change, changeKept, disputes, forgetAll, keep, kept } from './store';
import { merged } from './merge';
import type { Trouble } from './shared/ask';

/* The token was refused: nothing is sent until another one is given. */
export const refused = signal(false);
/* The post that a new token is of, while steps of another post wait: keys are the sender's, so they go under the name
 * under which they were perhaps sent before, or not at all. */
export const otherPost = signal<string | null>(null);
/* Whether the token is known to be of the post whose steps these are. */
let checked = false;
/* The post or phone that the token is of. */
export const device = signal<string | null>(null);
export const setup = signal<Setup | null>(null);
export const units = signal<Unit[]>([]);
export const away = signal<Trouble | 'network' | null>(null);
export const offset = computed(() => setup.value?.utcOffsetMinutes ?? 480);

/* What every answer tells besides its content. */
export function note<T>(answer: Answer<T>): Answer<T> {
    if (answer.kind === 'login') refused.value = true;
    if (answer.kind === 'away') away.value = answer.trouble ?? 'network';
    else away.value = null;
    return answer;
}

export async function loadKept(): Promise<void> {
    token.value = (await kept<string>('token')) ?? null;
    setup.value = (await kept<Setup>('setup')) ?? null;
    device.value = (await kept<string>('device')) ?? null;
    units.value = (await kept<{ units: Unit[] }>('units'))?.units ?? [];
    await loadClock();
}

/* At once and only then kept: an answer that was asked for with the token before is told apart by the token of now. */
export async function setToken(text: string): Promise<void> {
    checked = false;
    token.value = text;
    refused.value = false;
    otherPost.value = null;
    await keep('token', text);
}

export const maySend = (): boolean => token.value !== null && !refused.value && checked;

/* Whose token it is; false: of another post than that whose steps wait here. */
async function takeDevice(told: string): Promise<boolean> {
    const waits = disputes.value.some((dispute) => dispute.steps.some((step) => step.state === 'queued' || step.state === 'handed'));
    const other = waits && device.value !== null && device.value !== told;
    otherPost.value = other ? told : null;
    checked = !other;
    if (other) return false;
    await keep('device', told);
    device.value = told;
    return true;
}

export async function logOut(): Promise<void> {
    await forgetAll();
    token.value = null;
    setup.value = null;
    device.value = null;
    units.value = [];
    refused.value = false;
    away.value = null;
}

/* ---- numbers ---- */

const NUMBERS_LOW = 10;
const UNITS_ANEW_MS = 12 * 3600 * 1000;

/* Takes more numbers while there is a network, so that there are some when there is none. */
async function fillNumbers(): Promise<void> {
    const blocks = (await kept<Numbers[]>('numbers')) ?? [];
    if (blocks.reduce((sum, block) => sum + block.count, 0) >= NUMBERS_LOW) return;
    const answer = note(await ask<Numbers>('/v1/desk/numbers', { method: 'POST' }));
    if (answer.kind === 'ok')
        await changeKept<Numbers[], void>('numbers', (now) => ({ value: [...(now ?? []), answer.body], result: undefined }));
}

/* A code that no other dispute has; null: this phone has no number left and must reach the office first. */
export async function takeCode(day: string): Promise<string | null> {
    const taken = await changeKept<Numbers[], { prefix: string; number: number } | null>('numbers', (blocks) => {
        const [first, ...rest] = (blocks ?? []).filter((block) => block.count > 0);
        if (first === undefined) return { value: [], result: null };
        return {
            value: [{ ...first, first: first.first + 1, count: first.count - 1 }, ...rest],
            result: { prefix: first.prefix, number: first.first },
        };
    });
    return taken ? disputeCode(taken.prefix, day.slice(0, 4), taken.number) : null;
}

/* ---- disputes, as the hub has them ---- */

export async function refresh(code: string): Promise<void> {
    const answer = note(await ask<{ matter: Matter }>(`/v1/desk/disputes/${encodeURIComponent(code)}`));
    if (answer.kind === 'ok') await change(code, (dispute) => merged(dispute, answer.body.matter));
}

async function refreshList(): Promise<void> {
    const answer = note(await ask<{ disputes: Matter[] }>('/v1/desk/disputes'));
    if (answer.kind !== 'ok') return;
    const known = new Set(disputes.value.map((dispute) => dispute.code));
    for (const matter of answer.body.disputes) if (!known.has(matter.matter)) await refresh(matter.matter);
}

/* Units come and go seldom: asked for twice a day. */
async function refreshUnits(): Promise<void> {
    const asked = (await kept<number>('units-asked')) ?? 0;
    if (units.value.length > 0 && Date.now() - asked < UNITS_ANEW_MS) return;
    const list = note(await askAndKeep<{ units: Unit[] }>('/v1/desk/units', 'units'));
    if (list.kind !== 'ok') return;
    units.value = list.body.units;
    await keep('units-asked', Date.now());
}

/* Asks for everything anew. */
export async function sync(): Promise<void> {
    const asked = token.value;
    if (asked === null || refused.value) return;
    const answer = await ask<Now>('/v1/desk/now');
    await hear(answer);
    if (token.value !== asked) return; /* what it says is of another post; the new token is asked for by itself */
    const now = note(answer);
    if (now.kind !== 'ok' || !(await takeDevice(now.body.device))) return;
    await fillNumbers();
    if (!now.body.hub) return;
    const told = note(await askAndKeep<Setup>('/v1/desk/setup', 'setup'));
    if (told.kind === 'ok') setup.value = told.body;
    await refreshUnits();
    await refreshList();
}
