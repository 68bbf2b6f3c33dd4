/* Rows of a long answer, loaded page by page as they come into view. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { address } from '../address';
import { get, Problem, url } from '../api/client';
import { version } from '../live';

const PAGE = 100;

export interface Paged<T> {
    count: number; /* rows in all; -1: not known yet */
    row: (index: number) => T | undefined;
    need: (first: number, last: number) => void;
    problem: Problem | null;
}

/* Pages of one moment; `before` holds those that they replace, shown until the new ones are there. */
interface Store<T> {
    key: string;
    version: number;
    pages: Map<number, T[] | 'asked'>;
    before: Map<number, T[] | 'asked'>;
    seen: [number, number]; /* rows in view */
    abort: AbortController;
}

const opened = <T>(key: string, at: number): Store<T> =>
    ({ key, version: at, pages: new Map(), before: new Map(), seen: [0, 0], abort: new AbortController() });

/* `take` reads a page of an answer and how many rows there are in all. Asked again, for what is in view, whenever the
 * views are. */
export function usePaged<A, T>(path: string, params: Record<string, string | undefined>, take: (answer: A) => { rows: T[]; count: number }): Paged<T> {
    const key = url(path, params);
    const changes = address.value.past ? 0 : version.value;
    const store = useRef<Store<T>>(opened('', changes));
    const [count, setCount] = useState(-1);
    const [problem, setProblem] = useState<Problem | null>(null);
    const [, redraw] = useState(0);
    if (store.current.key !== key) {
        store.current.abort.abort();
        store.current = opened(key, changes);
    } else if (store.current.version !== changes) {
        store.current.abort.abort();
        const { pages, before, seen } = store.current;
        store.current = { ...opened<T>(key, changes), before: new Map([...before, ...pages]), seen };
    }
    const load = (page: number): void => {
        const { pages, abort } = store.current;
        if (pages.has(page)) return;
        pages.set(page, 'asked');
        get<A>(path, { ...params, after: String(page * PAGE), limit: String(PAGE) }, abort.signal).then(
            (answer) => {
                const taken = take(answer);
                pages.set(page, taken.rows);
                setProblem(null);
                setCount(taken.count);
                redraw((times) => times + 1);
            },
            (error: unknown) => {
                pages.delete(page);
                if (error instanceof Problem) setProblem(error);
            },
        );
    };
    const need = (first: number, last: number): void => {
        store.current.seen = [first, last];
        for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page += 1) load(page);
    };
    useEffect(() => {
        setCount(-1);
        setProblem(null);
    }, [key]);
    useEffect(() => {
        const { abort, seen } = store.current;
        load(0);
        need(...seen);
        return () => abort.abort();
    }, [key, changes]);
    return {
        count,
        problem,
        row: (index) => {
            const at = Math.floor(index / PAGE);
            const { pages, before } = store.current;
            const now = pages.get(at);
            const page = Array.isArray(now) ? now : before.get(at);
            return Array.isArray(page) ? page[index % PAGE] : undefined;
        },
        need,
    };
}
