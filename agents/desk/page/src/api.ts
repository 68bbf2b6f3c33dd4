/* The office's agent over HTTP: one small function a question. What the network does is a value: nothing throws. */
import { keep, kept } from './store';
import type { Trouble } from './steps';

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

export type Answer<T> =
    | { kind: 'ok'; body: T; timing: { sent: number; received: number } }
    | { kind: 'refused'; trouble: Trouble } /* it will not be otherwise by asking again */
    | { kind: 'login' } /* the token is not known, or may not do this */
    | { kind: 'away'; trouble: Trouble | null }; /* no network, no server, or it cannot now */

const WAIT_MS = 20000;

interface Problem {
    code?: string;
    title?: string;
    titleEn?: string;
    detail?: string;
    detailEn?: string;
    events?: Problem[]; /* what became of the one event that was sent */
    errors?: Problem[]; /* what is wrong in it */
}

/* The innermost of a problem document: what was said of the event itself, where something was. */
async function trouble(answer: Response): Promise<Trouble> {
    try {
        const whole = (await answer.json()) as Problem;
        const inner = whole.events?.[0] ?? whole.errors?.[0] ?? whole;
        return {
            code: inner.code ?? whole.code ?? `HTTP_${answer.status}`,
            zh: inner.detail ?? whole.detail ?? whole.title ?? '',
            en: inner.detailEn ?? whole.detailEn ?? whole.titleEn ?? '',
        };
    } catch {
        return { code: `HTTP_${answer.status}`, zh: '服务没有说明原因。', en: 'The server gave no reason.' };
    }
}

export async function ask<T>(path: string, options: { method?: string; body?: string; headers?: Record<string, string> } = {}): Promise<Answer<T>> {
    const token = await kept<string>('token');
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(), WAIT_MS);
    const sent = Date.now();
    try {
        const answer = await fetch(path, {
            method: options.method ?? 'GET',
            headers: { Authorization: `Bearer ${token ?? ''}`, ...options.headers },
            body: options.body,
            cache: 'no-store',
            signal: ended.signal,
        });
        const received = Date.now();
        if (answer.ok)
            return { kind: 'ok', body: (await answer.json()) as T, timing: { sent, received } };
        if (answer.status === 401 || answer.status === 403) return { kind: 'login' };
        if (answer.status === 429 || answer.status === 408 || answer.status >= 500) return { kind: 'away', trouble: await trouble(answer) };
        return { kind: 'refused', trouble: await trouble(answer) };
    } catch {
        return { kind: 'away', trouble: null };
    } finally {
        clearTimeout(timer);
    }
}

/* What was last heard of it is kept, for when there is no network. */
export async function askAndKeep<T>(path: string, name: string): Promise<Answer<T>> {
    const answer = await ask<T>(path);
    if (answer.kind === 'ok') await keep(name, answer.body);
    return answer;
}
