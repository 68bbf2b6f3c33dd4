/* Requests to the gateway. The browser's cache keeps ETags; what went wrong is a Problem, in both languages. */
import { signal } from '@preact/signals';
import type { Session } from './types';

/* An RFC 9457 problem document, or one of ours with the same members where there was no answer at all. */
export interface ProblemDocument {
    type: string;
    title: string;
    titleEn: string;
    status: number;
    code: string;
    detail: string;
    detailEn: string;
}

export class Problem extends Error {
    readonly document: ProblemDocument;
    /* Seconds after which the gateway wants to be asked again; 0: it did not say. */
    readonly retryAfter: number;

    constructor(document: ProblemDocument, retryAfter = 0) {
        super(document.code);
        this.document = document;
        this.retryAfter = retryAfter;
    }

    get code(): string {
        return this.document.code;
    }
}

/* Who is logged in: undefined until the gateway has answered, null if nobody is. */
export const session = signal<Session | null | undefined>(undefined);
/* Whether a session that was there has ended: the login says so. */
export const sessionEnded = signal(false);

const unreachable: ProblemDocument = {
    type: 'about:blank',
    title: '网关没有回应',
    titleEn: 'The gateway does not answer',
    status: 0,
    code: 'GATEWAY_UNREACHABLE',
    detail: '可能是网络中断,或服务正在重启。页面会自动重试。',
    detailEn: 'The network may be down, or the service is restarting. The page tries again by itself.',
};

function isDocument(body: unknown): body is ProblemDocument {
    return typeof body === 'object' && body !== null && typeof (body as ProblemDocument).code === 'string';
}

async function problemOf(response: Response): Promise<Problem> {
    const retryAfter = Number(response.headers.get('Retry-After') ?? 0) || 0;
    try {
        const body: unknown = await response.json();
        if (isDocument(body)) return new Problem(body, retryAfter);
    } catch {
        /* not JSON: something between us and the gateway answered */
    }
    return new Problem({ ...unreachable, status: response.status, code: `HTTP_${response.status}` }, retryAfter);
}

/* Sends a request and returns the parsed answer, undefined for an empty one. Throws a Problem; an AbortError passes
 * through. */
export async function request<T>(path: string, init: RequestInit = {}): Promise<T> {
    let response: Response;
    try {
        response = await fetch(path, { credentials: 'same-origin', ...init });
    } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') throw error;
        throw new Problem(unreachable);
    }
    if (!response.ok) {
        const problem = await problemOf(response);
        if (problem.code === 'LOGIN_REQUIRED') {
            sessionEnded.value = Boolean(session.peek());
            session.value = null;
        }
        throw problem;
    }
    if (response.status === 204) return undefined as T;
    try {
        return (await response.json()) as T;
    } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') throw error;
        throw new Problem({ ...unreachable, status: response.status, code: 'BAD_ANSWER' });
    }
}

/* GET /v1/PATH?params; empty and absent parameters are left out. */
export function get<T>(path: string, params: Record<string, string | undefined> = {}, abort?: AbortSignal): Promise<T> {
    return request<T>(url(path, params), { signal: abort ?? null });
}

/* The address of a document or an export below /v1. */
export function url(path: string, params: Record<string, string | undefined> = {}): string {
    const keys = new URLSearchParams();
    for (const [name, value] of Object.entries(params)) if (value) keys.set(name, value);
    const query = keys.toString();
    return `/v1/${path}${query ? `?${query}` : ''}`;
}

const SESSION_WAIT_MS = 5000;

/* Asks who is logged in when the page opens, until there is an answer. */
export async function openSession(): Promise<void> {
    try {
        session.value = await get<Session>('session');
    } catch (error) {
        /* Without an answer the page stays undecided: its documents say what is wrong. */
        if (error instanceof Problem && error.code === 'LOGIN_REQUIRED') session.value = null;
        else setTimeout(() => void openSession(), SESSION_WAIT_MS);
    }
}

export async function logIn(account: string, password: string): Promise<void> {
    session.value = await request<Session>('/v1/session', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ account, password }),
    });
    sessionEnded.value = false;
}

export async function logOut(): Promise<void> {
    await request<void>('/v1/session', { method: 'DELETE' });
    sessionEnded.value = false;
    session.value = null;
}
