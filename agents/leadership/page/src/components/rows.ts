/* Rows of a long answer, loaded page by page as they come into view. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { get, Problem, url } from '../api/client';

const PAGE = 100;

export interface Paged<T> {
    count: number; /* rows in all; -1: not known yet */
    row: (index: number) => T | undefined;
    need: (first: number, last: number) => void;
    problem: Problem | null;
}

/* `take` reads a page of an answer and how many rows there are in all. */
export function usePaged<A, T>(path: string, params: Record<string, string | undefined>, take: (answer: A) => { rows: T[]; count: number }): Paged<T> {
    const key = url(path, params);
    const store = useRef({ key: '', pages: new Map<number, T[] | 'asked'>(), abort: new AbortController() });
    const [count, setCount] = useState(-1);
    const [problem, setProblem] = useState<Problem | null>(null);
    const [, redraw] = useState(0);
    if (store.current.key !== key) {
        store.current.abort.abort();
        store.current = { key, pages: new Map(), abort: new AbortController() };
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
    useEffect(() => {
        const { abort } = store.current;
        setCount(-1);
        setProblem(null);
        load(0);
        return () => abort.abort();
    }, [key]);
    return {
        count,
        problem,
        row: (index) => {
            const page = store.current.pages.get(Math.floor(index / PAGE));
            return page === undefined || page === 'asked' ? undefined : page[index % PAGE];
        },
        need: (first, last) => {
            for (let page = Math.floor(first / PAGE); page <= Math.floor(last / PAGE); page += 1) load(page);
        },
    };
}
