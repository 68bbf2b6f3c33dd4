/* GET /v1/attention/{list} and /v1/discrepancies (proto/query.proto). */
import type { OfficeKind, Shown, UnitKind, ZeroKind } from './types';

export interface AttentionRow {
    unit: string;
    name: string;
    kind: UnitKind;
    zero: ZeroKind;
    office: OfficeKind;
    day: string;
    toDay: string;
    days: number;
    position: string;
    target: string;
    text: string;
    met: boolean;
    metNow: boolean;
    pending: boolean;
    byTwo: boolean;
}

export interface AttentionDocument extends Shown {
    rows: AttentionRow[];
    total: number;
}

export interface Discrepancy {
    discrepancy: string;
    rule: string;
    unit: string;
    unitName: string;
    day: string;
    evidence: string;
    raisedAt: string;
    resolvedAt: string; /* "0": open */
    finding: string;
    offices: OfficeKind[];
}

export interface DiscrepanciesDocument extends Shown {
    discrepancies: Discrepancy[];
}
