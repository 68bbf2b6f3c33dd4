/* The page's side of the tree's worker: the columns of one load, and the rows for the newest question. */
import { signal } from '@preact/signals';
import { Problem, session, sessionEnded } from '../../api/client';
import type { MomentShown } from '../../api/types';
import type { Columns } from './columns';
import type { FromWorker, ToWorker } from './messages';
import type { Rows, TreeQuery } from './select';

const noAnswer = {
    type: 'about:blank', title: '网关没有回应', titleEn: 'The gateway does not answer', status: 0, code: 'GATEWAY_UNREACHABLE',
    detail: '可能是网络中断,或服务正在重启。', detailEn: 'The network may be down, or the service is restarting.',
};

export class TreeClient {
    readonly columns = signal<Columns | null>(null);
    readonly moment = signal<MomentShown | null>(null);
    readonly rows = signal<Rows | null>(null);
    readonly problem = signal<Problem | null>(null);
    /* Milliseconds that the worker took for the last rows. */
    readonly filterMs = signal(0);

    private readonly worker = new Worker(new URL('./tree.worker.ts', import.meta.url), { type: 'module', name: 'tree' });
    private loading = 0; /* number of the newest load */
    private loaded = 0; /* number of the load whose columns are shown */
    private turn = 0;
    private query: TreeQuery | null = null;

    constructor() {
        this.worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.take(data);
        this.worker.onerror = () => {
            this.problem.value = new Problem(noAnswer);
        };
    }

    load(url: string): void {
        this.send({ type: 'load', load: ++this.loading, url });
    }

    select(query: TreeQuery): void {
        this.query = query;
        if (this.loaded > 0) this.send({ type: 'select', load: this.loaded, turn: ++this.turn, query });
    }

    /* Another unit's tree: nothing of the old one may stay on the screen. */
    forget(): void {
        this.loaded = 0;
        this.columns.value = null;
        this.rows.value = null;
        this.problem.value = null;
    }

    close(): void {
        this.worker.terminate();
    }

    private send(message: ToWorker): void {
        this.worker.postMessage(message);
    }

    private take(message: FromWorker): void {
        if (message.type === 'rows') {
            if (message.load !== this.loaded || message.turn !== this.turn) return;
            this.rows.value = message.rows;
            this.filterMs.value = message.ms;
            return;
        }
        if (message.load !== this.loading) return;
        if (message.type === 'failed') {
            if (message.problem?.code === 'LOGIN_REQUIRED') {
                sessionEnded.value = Boolean(session.peek());
                session.value = null;
            }
            this.problem.value = new Problem(message.problem ?? noAnswer);
            return;
        }
        this.loaded = message.load;
        this.problem.value = null;
        this.rows.value = null;
        this.columns.value = message.columns;
        this.moment.value = message.moment;
        if (this.query) this.select(this.query);
    }
}
