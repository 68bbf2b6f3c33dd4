/* GET /v1/units/{code}: everything that a unit's page shows. */
import type { DaysAnswer } from './days';
import type { MattersAnswer } from './matters';
import type { Difference, EventRecord, OfficeKind, Shown, UnitKind, UnitName, UnitStatus, ZeroKind } from './types';

export interface UnitDescription {
    code: string;
    kind: UnitKind;
    name: string;
    parent: string;
    validFrom: string;
    validTo: string;
    successors: string[];
    attributes: UnitAttributes | null;
    level: number;
}

export interface UnitAttributes {
    gridCount: number;
    blockHeadCount: number;
    patrollerCount: number;
    teamCadres: boolean;
    teamGridHead: boolean;
    teamGridWorker: boolean;
    teamProperty: boolean;
    teamBuildingHead: boolean;
}

export type ReasonKind =
    | 'UNSPECIFIED' | 'BREAK' | 'BREAK_LIFTED' | 'ATTESTED' | 'NOT_COUNTING' | 'CONTRADICTED' | 'GAP' | 'NOT_DUE'
    | 'PENDING_APPROVAL';

/* WhyAnswer.Reason of proto/query.proto. */
export interface Reason {
    kind: ReasonKind;
    zero: ZeroKind;
    position: string; /* "0": none */
    type: string;
    matter: string;
    unit: string;
    day: string;
    toDay: string;
    office: OfficeKind;
    basis: string;
    bySystem: boolean; /* said by the office's own system, confirmed by nobody */
    policyVersion: string;
    rule: string;
    other: string;
    text: string;
}

export interface UnitDocument extends Shown {
    unit: UnitDescription;
    path: UnitName[];
    status: UnitStatus | null;
    days: DaysAnswer | null;
    daysNow: DaysAnswer | null;
    reasons: Reason[];
    difference: Difference | null;
    matters: MattersAnswer | null;
}

/* GET /v1/events: newest first; `before` asks for what is older, "0" is the end. */
export interface EventsDocument extends Shown {
    records: EventRecord[];
    before: string;
}
