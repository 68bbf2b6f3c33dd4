/* A step to the office's agent (POST /v1/events), and what became of it there and at the hub. */
import { ask, type Answer } from './api';
import { note, offset } from './office';
import type { Trouble } from './shared/ask';
import type { Dispute, Step } from './steps';

export type Outcome =
    | { state: 'handed'; where: string } /* in the office's outbox: `where` says what the hub says */
    | { state: 'recorded'; position: string }
    | { state: 'returned'; trouble: Trouble }
    | 'away'
    | 'login';

interface EventState {
    state: 'WAITING' | 'RECORDED' | 'DUPLICATE' | 'REJECTED';
    position?: string;
    code?: string;
    detail?: string;
    detailEn?: string;
}
interface Status {
    location: string;
    events?: EventState[]; /* absent where the hub has not answered yet */
}

/* How long the agent may hold its answer back until the hub has recorded the step; later its status is asked for. */
const WAIT_S = 8;

/* The canonical JSON of the event; the agent adds source and number. */
export function eventOf(dispute: Pick<Dispute, 'code' | 'unit'>, step: Step): Record<string, unknown> {
    return { occurredAt: step.at, utcOffsetMinutes: offset.value, unit: dispute.unit, matter: dispute.code, [step.type]: step.payload };
}

function outcomeOf(answer: Answer<Status>): Outcome {
    if (answer.kind === 'login' || answer.kind === 'away') return answer.kind;
    if (answer.kind === 'refused') return { state: 'returned', trouble: answer.trouble };
    const event = answer.body.events?.[0];
    if (event?.state === 'RECORDED' || event?.state === 'DUPLICATE') return { state: 'recorded', position: event.position ?? '' };
    if (event?.state === 'REJECTED')
        return { state: 'returned', trouble: { code: event.code ?? '', zh: event.detail ?? '', en: event.detailEn ?? '' } };
    return { state: 'handed', where: answer.body.location };
}

export async function publish(dispute: Dispute, step: Step): Promise<Outcome> {
    return outcomeOf(note(await ask<Status>('/v1/events', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Idempotency-Key': step.key, Prefer: `wait=${WAIT_S}` },
        body: JSON.stringify(eventOf(dispute, step)),
    })));
}

export async function status(where: string): Promise<Outcome> {
    return outcomeOf(note(await ask<Status>(where)));
}
