/* A dispute as the hub has it, and as this phone has it, made into one. */
import type { Matter } from './api';
import type { Dispute, Stage, Step, StepType } from './steps';

const TYPES: StepType[] = [
    'disputeOpened', 'mediationChannelSelected', 'mediationExplained', 'consentRecorded', 'mediationRegistered', 'mediationSessionHeld',
    'agreementReached', 'agreementPerformed', 'agreementBroken', 'mediationEnded', 'counsellingGiven', 'legalAidOffered',
    'sealedNoteAdded', 'courtConfirmationRequested', 'courtConfirmationGranted', 'courtConfirmationRefused',
];

/* What the hub has and this phone did not send: by another phone of this token, or a sheet of the office's. */
function stepOf(move: Matter['moves'][number]): Step {
    const name = `${move.type[0]?.toLowerCase() ?? ''}${move.type.slice(1)}` as StepType;
    return {
        key: `hub-${move.position}`, type: TYPES.includes(name) ? name : 'other', payload: {}, at: `${move.day}T00:00:00Z`,
        state: 'recorded', position: move.position,
        /* What moves nothing stands at NONE. */
        stage: move.step === 'NONE' ? undefined : (move.step as Stage),
    };
}

export function merged(dispute: Dispute | undefined, matter: Matter): Dispute {
    const own = dispute?.steps ?? [];
    const known = new Set(own.map((step) => step.position));
    /* One of ours that is on its way may be recorded by now without our knowing its position: its answer says so soon. */
    const waits = own.some((step) => step.state === 'queued' || step.state === 'handed');
    const news = waits ? [] : matter.moves.filter((move) => !known.has(move.position) && move.retractedAt === '0' && move.type !== 'DeadlinePassed').map(stepOf);
    const recorded = [...own.filter((step) => step.state === 'recorded'), ...news].sort((a, b) => Number(a.position) - Number(b.position));
    const others = own.filter((step) => step.state !== 'recorded');
    return { code: matter.matter, unit: matter.unit, unitName: matter.unitName, category: matter.category, steps: [...recorded, ...others] };
}
