/* Loads the tree, keeps it, and answers which rows to show, so that the page's own thread never parses 50,000 units. */
import type { ProblemDocument } from '../../api/client';
import type { TreeAnswer } from '../../api/tree';
import type { MomentShown } from '../../api/types';
import { parseTree, transferablesOf } from './columns';
import type { FromWorker, ToWorker } from './messages';
import { TreeIndex } from './select';

interface WorkerScope {
    onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
    postMessage(message: FromWorker, transfer?: Transferable[]): void;
}
const page = self as unknown as WorkerScope;

let index: TreeIndex | null = null;
let loaded = 0;

async function problemOf(response: Response): Promise<ProblemDocument | null> {
    try {
        const body = (await response.json()) as Partial<ProblemDocument>;
        return typeof body.code === 'string' ? (body as ProblemDocument) : null;
    } catch {
        return null;
    }
}

async function load(number: number, url: string): Promise<void> {
    try {
        const response = await fetch(url, { credentials: 'same-origin' });
        if (!response.ok) return page.postMessage({ type: 'failed', load: number, problem: await problemOf(response) });
        const { moment, tree } = (await response.json()) as { moment: MomentShown; tree: TreeAnswer };
        const columns = parseTree(tree);
        index = new TreeIndex(columns);
        loaded = number;
        /* The page gets copies of its own, handed over whole. */
        const copy = structuredClone(columns);
        page.postMessage(
            { type: 'loaded', load: number, columns: copy, moment },
            transferablesOf(copy) as Transferable[],
        );
    } catch {
        page.postMessage({ type: 'failed', load: number, problem: null });
    }
}

page.onmessage = ({ data }) => {
    if (data.type === 'load') {
        void load(data.load, data.url);
    } else if (index !== null && data.load === loaded) {
        const begin = performance.now();
        const rows = index.select(data.query);
        const ms = performance.now() - begin;
        page.postMessage({ type: 'rows', load: data.load, turn: data.turn, rows, ms }, [
            rows.units.buffer as ArrayBuffer,
            rows.place.buffer as ArrayBuffer,
            rows.siblings.buffer as ArrayBuffer,
            rows.open.buffer as ArrayBuffer,
        ]);
    }
};
