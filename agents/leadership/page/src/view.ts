/* Documents of the gateway as a view shows them: with the moment of the address, asked for again when the log has
 * moved on, and kept, marked, while there is no answer. */
import { effect as onChange, signal } from '@preact/signals';
import { useEffect, useRef, useState } from 'preact/hooks';
import { address, momentParams } from './address';
import { get, Problem, session, url } from './api/client';
import type { MomentShown } from './api/types';
import { live, version } from './live';

/* The moment of the newest document in view, for the time bar. */
export const shownMoment = signal<MomentShown | null>(null);

/* Names of units that were looked at, by code: a document of one unit brings its name. */
const names = signal<ReadonlyMap<string, string>>(new Map());

/* The unit that the address looks at, by name if it is known, and by code. */
export function scope(): { name: string; code: string } {
    const code = address.value.unit || (session.value?.unit ?? '');
    const name = code === session.value?.unit ? session.value.unitName : (names.value.get(code) ?? '');
    return { name, code };
}

function keepName(value: unknown): void {
    const { summary } = (value ?? {}) as { summary?: { unit?: string; name?: string } };
    if (summary?.unit && summary.name && names.peek().get(summary.unit) !== summary.name)
        names.value = new Map(names.peek()).set(summary.unit, summary.name);
}

export interface Document<T> {
    value: T | null;
    problem: Problem | null;
    loading: boolean; /* nothing to show yet, and no problem either */
    stale: boolean; /* the value is from before: no answer, or no connection */
    retryAt: number; /* milliseconds of our clock; 0: not waiting */
    retry: () => void;
}

interface Options {
    /* false: the document does not depend on the address's unit and moment (a record of the log). */
    moment?: boolean;
    /* false: it does not change while the log grows. */
    live?: boolean;
}

const WAITS_S = [1, 2, 4, 8, 15, 30];
const KEPT = 24;
/* What was shown last, so that going back is at once; it is asked for again all the same. */
const kept = new Map<string, unknown>();

function keep(key: string, value: unknown): void {
    kept.delete(key);
    kept.set(key, value);
    const oldest = kept.keys().next();
    if (kept.size > KEPT && !oldest.done) kept.delete(oldest.value);
}

/* Nothing of one account is left for the next. */
onChange(() => {
    if (session.value === null) kept.clear();
});

/* GET /v1/PATH with `params` and, unless told otherwise, unit, at and known of the address. A null path asks nothing. */
export function useDocument<T>(path: string | null, params: Record<string, string | undefined> = {}, options: Options = {}): Document<T> {
    const { unit } = address.value;
    const all = options.moment === false ? params : { unit, ...momentParams.value, ...params };
    const key = path === null ? '' : url(path, all);
    const changes = options.live === false || address.value.past ? 0 : version.value;
    const [state, setState] = useState<{ key: string; value: T | null; problem: Problem | null; retryAt: number }>(
        { key: '', value: null, problem: null, retryAt: 0 });
    const [again, setAgain] = useState(0);
    const failures = useRef(0);

    useEffect(() => {
        if (path === null) return undefined;
        const abort = new AbortController();
        let timer: ReturnType<typeof setTimeout> | undefined;
        get<T>(path, all, abort.signal).then(
            (value) => {
                failures.current = 0;
                keep(key, value);
                keepName(value);
                const moment = (value as { moment?: MomentShown } | null)?.moment;
                if (moment && options.moment !== false) shownMoment.value = moment;
                setState({ key, value, problem: null, retryAt: 0 });
            },
            (error: unknown) => {
                if (!(error instanceof Problem)) return;
                const { status } = error.document;
                let retryAt = 0;
                if (status === 0 || status >= 500 || status === 429) {
                    const wait = Math.max(error.retryAfter, WAITS_S[Math.min(failures.current, WAITS_S.length - 1)] ?? 30);
                    failures.current += 1;
                    retryAt = Date.now() + wait * 1000;
                    timer = setTimeout(() => setAgain((count) => count + 1), wait * 1000);
                }
                setState((before) => ({ key, value: before.key === key ? before.value : null, problem: error, retryAt }));
            },
        );
        return () => {
            abort.abort();
            clearTimeout(timer);
        };
        // `all` is what `key` spells
    }, [key, changes, again]);

    const current = state.key === key;
    const value = current ? state.value : ((kept.get(key) as T | undefined) ?? null);
    const problem = current ? state.problem : null;
    const { state: connection, hub } = live.value;
    return {
        value,
        problem,
        loading: path !== null && value === null && problem === null,
        stale: value !== null && (problem !== null || connection === 'lost' || hub === 'lost'),
        retryAt: current ? state.retryAt : 0,
        retry: () => setAgain((count) => count + 1),
    };
}
