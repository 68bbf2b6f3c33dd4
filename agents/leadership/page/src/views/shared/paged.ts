/* A list that is asked for page by page: the first page follows the log, the next ones are added below it. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { address, momentParams } from '../../address';
import { get, Problem, url } from '../../api/client';
import { type Document, useDocument } from '../../view';

export interface Paged<D> {
    first: Document<D>;
    rest: readonly D[];
    more: ((after: string) => void) | null; /* null: being loaded */
    problem: Problem | null;
}

export function usePaged<D>(path: string, params: Record<string, string | undefined>): Paged<D> {
    const first = useDocument<D>(path, params);
    const rest = useSignal<readonly D[]>([]);
    const busy = useSignal(false);
    const problem = useSignal<Problem | null>(null);
    const all = { unit: address.value.unit, ...momentParams.value, ...params };
    const key = url(path, all);
    /* Another question, or newer rows: what was added below the first page may be wrong by now. */
    useEffect(() => {
        rest.value = [];
        problem.value = null;
    }, [key, first.value]);
    const more = (after: string): void => {
        busy.value = true;
        get<D>(path, { ...all, after }).then(
            (page) => {
                rest.value = [...rest.peek(), page];
                busy.value = false;
            },
            (error: unknown) => {
                busy.value = false;
                if (error instanceof Problem) problem.value = error;
            },
        );
    };
    return { first, rest: rest.value, more: busy.value ? null : more, problem: problem.value };
}
