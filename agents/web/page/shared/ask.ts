/* An office's agent over HTTP. What the network does is a value: nothing throws. */

export interface Trouble {
    code: string;
    zh: string;
    en: string;
}

export type Answer<T> =
    | { kind: 'ok'; body: T; timing: { sent: number; received: number } }
    | { kind: 'refused'; trouble: Trouble } /* it will not be otherwise by asking again */
    | { kind: 'login'; trouble: Trouble } /* the token is not known, or may not do this */
    | { kind: 'away'; trouble: Trouble | null }; /* no network, no server (null), or it cannot now */

export interface Options {
    method?: string;
    body?: string;
    headers?: Record<string, string>;
}

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
async function troubleOf(answer: Response): Promise<Trouble> {
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

/* `token`: of the Authorization header. */
export async function ask<T>(path: string, token: string, options: Options = {}): Promise<Answer<T>> {
    const ended = new AbortController();
    const timer = setTimeout(() => ended.abort(), WAIT_MS);
    const sent = Date.now();
    try {
        const answer = await fetch(path, {
            method: options.method ?? 'GET',
            headers: { Authorization: `Bearer ${token}`, ...options.headers },
            body: options.body,
            cache: 'no-store',
            signal: ended.signal,
        });
        const received = Date.now();
        if (answer.ok)
            return { kind: 'ok', body: (await answer.json()) as T, timing: { sent, received } };
        const trouble = await troubleOf(answer);
        if (answer.status === 401 || answer.status === 403) return { kind: 'login', trouble };
        if (answer.status === 429 || answer.status === 408 || answer.status >= 500) return { kind: 'away', trouble };
        return { kind: 'refused', trouble };
    } catch {
        return { kind: 'away', trouble: null };
    } finally {
        clearTimeout(timer);
    }
}

/* For an Idempotency-Key: random, and of characters that need no quoting. */
export function newKey(): string {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/* A token comes once behind the address (#token=…) and is taken out of it at once: no history, no picture shows it. */
export function tokenFromAddress(): string | null {
    const given = /^#token=([\w.~+/=-]{8,200})$/.exec(location.hash)?.[1];
    if (given === undefined) return null;
    history.replaceState(null, '', location.pathname);
    return given;
}
