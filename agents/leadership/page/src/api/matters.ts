/* GET /v1/matters: matters in hand, or one with its moves (proto/query.proto, MattersAnswer). */
import type { ClockKind, Matter, OfficeKind, Shown } from './types';

export interface Move {
    position: string;
    type: string;
    office: OfficeKind;
    day: string;
    step: string;
    dueDay: string;
    retractedAt: string;
    correctedAt: string;
    supplementedAt: string;
    pendingAt: string;
    clock: ClockKind;
    level: number;
}

export interface Task {
    task: string;
    office: OfficeKind;
    dueDay: string;
    assignedAt: string;
    doneAt: string; /* "0": open */
    released: boolean;
    overdue: boolean;
}

export interface Supervision {
    level: number;
    byOffice: OfficeKind;
    toOffice: OfficeKind;
    dueDay: string;
    issuedAt: string;
    answeredAt: string; /* "0": not yet */
    overdue: boolean;
}

export interface MatterRow extends Matter {
    category: string;
    petitionType: string;
    hazardGrade: string;
    accidentGrade: string;
    caseClass: number;
    channel: string;
    consents: number;
    late: boolean;
    placarded: boolean;
    everOverdue: boolean;
    consultations: number;
    tasks: Task[];
    supervisions: Supervision[];
    moves: Move[];
}

export interface MattersAnswer {
    matters: MatterRow[];
    total: number;
}

export type MattersDocument = Shown & MattersAnswer;
