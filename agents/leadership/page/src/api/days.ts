/* GET /v1/units/{code}/days: a unit's history day by day (proto/query.proto, DaysAnswer). */
import type { OfficeKind, ZeroKind } from './types';

export type SpanKind = 'COVERED' | 'GAP' | 'NOT_DUE' | 'NOT_ENROLLED' | 'CLAIMED' | 'BREAK' | 'CONTRADICTED';

export interface Span {
    kind: SpanKind;
    fromDay: string;
    toDay: string;
    positions: string[];
    office: OfficeKind;
}

export interface DaysAnswer {
    fromDay: string;
    toDay: string;
    zeros: { zero: ZeroKind; spans: Span[] }[];
}
