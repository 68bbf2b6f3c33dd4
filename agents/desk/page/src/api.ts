/* What the office's agent answers, and the asking with the phone's token. */
import { ask as send, type Answer, type Options } from './shared/ask';
import { keep, kept } from './store';

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

export async function ask<T>(path: string, options: Options = {}): Promise<Answer<T>> {
    return send<T>(path, (await kept<string>('token')) ?? '', options);
}

/* What was last heard of it is kept, for when there is no network. */
export async function askAndKeep<T>(path: string, name: string): Promise<Answer<T>> {
    const answer = await ask<T>(path);
    if (answer.kind === 'ok') await keep(name, answer.body);
    return answer;
}
