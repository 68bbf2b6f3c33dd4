/* What the page and the tree's worker say to each other. */
import type { ProblemDocument } from '../../api/client';
import type { MomentShown } from '../../api/types';
import type { Columns } from './columns';
import type { Rows, TreeQuery } from './select';

export type ToWorker =
    { type: 'load'; load: number; url: string } | { type: 'select'; load: number; turn: number; query: TreeQuery };

export type FromWorker =
    | { type: 'loaded'; load: number; columns: Columns; moment: MomentShown }
    | { type: 'failed'; load: number; problem: ProblemDocument | null } /* null: no answer, or none of ours */
    | { type: 'rows'; load: number; turn: number; rows: Rows; ms: number };
