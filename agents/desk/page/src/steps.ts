/* The order of a mediation (人民调解法), as the hub's table of moves has it: what a dispute's steps make of it, and which
 * may follow. The hub judges again; here it keeps anybody from tapping what would come back. */

import type { Trouble } from './shared/ask';

export type StepType =
    | 'disputeOpened' | 'mediationChannelSelected' | 'mediationExplained' | 'consentRecorded' | 'mediationRegistered'
    | 'mediationSessionHeld' | 'agreementReached' | 'agreementPerformed' | 'agreementBroken' | 'mediationEnded'
    | 'counsellingGiven' | 'legalAidOffered' | 'sealedNoteAdded'
    | 'courtConfirmationRequested' | 'courtConfirmationGranted' | 'courtConfirmationRefused' | 'other';

export type Side = 'A' | 'B';

/* Under the names of the hub (`step` of its matters). */
export type Stage =
    | 'NONE' | 'OPENED' | 'EXPLAINED' | 'CONSENTING' | 'CONSENTED' | 'REGISTERED' | 'IN_SESSION' | 'AGREED'
    | 'CONFIRMATION_REQUESTED' | 'COURT_CONFIRMED' | 'PERFORMED' | 'BROKEN' | 'ENDED' | 'RETRACTED';

/* queued: in this phone only; handed: in the office's outbox; recorded: in the hub's log; returned: refused, with the
 * reason; withdrawn: taken back by the officer after something before it was returned. */
export type StepState = 'queued' | 'handed' | 'recorded' | 'returned' | 'withdrawn';

export interface Step {
    key: string; /* Idempotency-Key, made before it is sent for the first time */
    type: StepType;
    payload: Record<string, unknown>;
    at: string; /* when it was tapped, RFC 3339 */
    state: StepState;
    where?: string; /* of its status, once it was handed over */
    position?: string;
    trouble?: Trouble;
    stage?: Stage; /* of a step that the hub told of: where the dispute stood after it */
}

export interface Dispute {
    code: string;
    unit: string;
    unitName: string;
    category: string;
    steps: Step[];
}

export interface Standing {
    stage: Stage;
    agreed: Side[];
    consents: number;
    refused: boolean;
    sessions: number;
    firstSession: string; /* when, RFC 3339; '': none */
    ended: string; /* reason; '': not ended, or not known */
    channel: string;
    sealed: boolean;
}

export const VIOLENCE = 'DOMESTIC_VIOLENCE';
export const SESSIONS_MAX = 2;

const MOVES: Partial<Record<StepType, Partial<Record<Stage, Stage>>>> = {
    disputeOpened: { NONE: 'OPENED' },
    mediationExplained: { OPENED: 'EXPLAINED' },
    mediationRegistered: { CONSENTED: 'REGISTERED' },
    mediationSessionHeld: { REGISTERED: 'IN_SESSION', IN_SESSION: 'IN_SESSION' },
    agreementReached: { IN_SESSION: 'AGREED' },
    agreementPerformed: { AGREED: 'PERFORMED', COURT_CONFIRMED: 'PERFORMED' },
    agreementBroken: { AGREED: 'BROKEN', COURT_CONFIRMED: 'BROKEN' },
    mediationEnded: {
        OPENED: 'ENDED', EXPLAINED: 'ENDED', CONSENTING: 'ENDED', CONSENTED: 'ENDED', REGISTERED: 'ENDED', IN_SESSION: 'ENDED',
    },
    courtConfirmationRequested: { AGREED: 'CONFIRMATION_REQUESTED' },
    courtConfirmationGranted: { CONFIRMATION_REQUESTED: 'COURT_CONFIRMED' },
    courtConfirmationRefused: { CONFIRMATION_REQUESTED: 'AGREED' },
};

/* Legal in any state of a dispute that is there. */
const BESIDE: StepType[] = ['mediationChannelSelected', 'counsellingGiven', 'legalAidOffered', 'sealedNoteAdded', 'other'];

const START: Standing = {
    stage: 'NONE', agreed: [], consents: 0, refused: false, sessions: 0, firstSession: '', ended: '', channel: '', sealed: false,
};

function consent(standing: Standing, payload: Step['payload']): Standing | null {
    const side = payload['side'] as Side | undefined;
    if (standing.stage !== 'EXPLAINED' && standing.stage !== 'CONSENTING') return null;
    if (side !== undefined && standing.agreed.includes(side)) return null;
    if (payload['answer'] === 'REFUSED') return { ...standing, stage: 'ENDED', refused: true };
    const agreed = side === undefined ? standing.agreed : [...standing.agreed, side];
    return { ...standing, agreed, consents: standing.consents + 1, stage: standing.stage === 'EXPLAINED' ? 'CONSENTING' : 'CONSENTED' };
}

/* Where the dispute stands after the step; null: it may not come here. */
export function after(standing: Standing, category: string, step: Pick<Step, 'type' | 'payload' | 'at' | 'stage'>): Standing | null {
    const { type, payload } = step;
    if (BESIDE.includes(type)) {
        if (standing.stage === 'NONE') return null;
        const channel = type === 'mediationChannelSelected' ? String(payload['channel']) : standing.channel;
        return { ...standing, channel, sealed: standing.sealed || type === 'sealedNoteAdded', stage: step.stage ?? standing.stage };
    }
    if (category === VIOLENCE && type !== 'disputeOpened' && type !== 'mediationEnded') return null;
    if (type === 'consentRecorded') return consent(standing, payload);
    const stage = MOVES[type]?.[standing.stage];
    if (stage === undefined || (type === 'mediationSessionHeld' && standing.sessions >= SESSIONS_MAX)) return null;
    const next = { ...standing, stage };
    if (type === 'mediationSessionHeld') {
        next.sessions = standing.sessions + 1;
        next.firstSession = standing.firstSession || step.at;
    }
    if (type === 'mediationEnded') next.ended = String(payload['reason'] ?? '');
    return next;
}

export const counts = (step: Step): boolean => step.state !== 'returned' && step.state !== 'withdrawn';

export function standingOf(dispute: Pick<Dispute, 'category' | 'steps'>): Standing {
    let standing = START;
    for (const step of dispute.steps.filter(counts)) {
        const told: Standing = step.stage === undefined ? standing : { ...standing, stage: step.stage };
        /* What the hub recorded happened, whatever this table says of it. */
        standing = after(standing, dispute.category, step) ?? told;
        if (step.stage !== undefined) standing = { ...standing, stage: step.stage };
    }
    return standing;
}

export function may(dispute: Dispute, type: StepType, payload: Step['payload'] = {}): boolean {
    return held(dispute) === null && after(standingOf(dispute), dispute.category, { type, payload, at: '' }) !== null;
}

/* The step that was returned and that the officer has not dealt with: nothing behind it is sent. */
export function held(dispute: Dispute): Step | null {
    return dispute.steps.find((step) => step.state === 'returned') ?? null;
}

/* The step that is to be sent, or asked after, next: one at a time, so that nothing follows what was returned. */
export function nextToSend(dispute: Dispute): Step | null {
    return held(dispute) !== null ? null : dispute.steps.find((step) => step.state === 'queued' || step.state === 'handed') ?? null;
}

const CLOSED: Stage[] = ['PERFORMED', 'BROKEN', 'ENDED', 'RETRACTED'];

export const isOpen = (dispute: Dispute): boolean => !CLOSED.includes(standingOf(dispute).stage) || nextToSend(dispute) !== null || held(dispute) !== null;

/* The last day of the seven working days after the first session (weekends are off; holidays are the officer's to mind). */
export function secondSessionUntil(first: string, offsetMinutes: number): string {
    const day = new Date(Date.parse(first) + offsetMinutes * 60000);
    for (let left = 7; left > 0;) {
        day.setUTCDate(day.getUTCDate() + 1);
        if (day.getUTCDay() % 6 !== 0) left--;
    }
    return day.toISOString().slice(0, 10);
}
