/* What the office's agent answers, and the asking with the phone's token. */
import { signal } from '@preact/signals';
import { ask as send, type Answer, type Options } from './shared/ask';
import { keep } from './store';

export type { Answer } from './shared/ask';

export interface Setup {
    utcOffsetMinutes: number;
    categories: { code: string; name: string }[];
    parties: { key: string; publicKey: string } | null;
}
export type Unit = [code: string, name: string, kind: string];
export interface Now {
    device: string;
    time: string;
    demonstration: boolean;
    hub: boolean;
    toleranceSeconds: number;
}
export interface Numbers {
    prefix: string;
    first: number;
    count: number;
}
export interface Move {
    position: string;
    type: string;
    day: string;
    step: string;
    retractedAt: string;
}
export interface Matter {
    matter: string;
    unit: string;
    unitName: string;
    step: string;
    category: string;
    openedDay: string;
    consents: number;
    moves: Move[];
}

/* This window's: what was decided by the token of now is asked with the token of now, whatever is kept meanwhile. */
export const token = signal<string | null>(null);

/* A refusal of a token that another one took the place of says nothing of this one. */
export async function ask<T>(path: string, options: Options = {}): Promise<Answer<T>> {
    const asked = token.value;
    const answer = await send<T>(path, asked ?? '', options);
    return answer.kind === 'login' && token.value !== asked ? { kind: 'away', trouble: null } : answer;
}

/* What was last heard of it is kept, for when there is no network. */
export async function askAndKeep<T>(path: string, name: string): Promise<Answer<T>> {
    const answer = await ask<T>(path);
    if (answer.kind === 'ok') await keep(name, answer.body);
    return answer;
}
