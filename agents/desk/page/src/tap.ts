/* A tap becomes a step: looked at and written in one transaction, so that a second tap finds the first one's step and
 * makes none. */
import { signal } from '@preact/signals';
import { clockOffSeconds, stamp } from './clock';
import { sendSoon } from './queue';
import { newKey } from './shared/ask';
import { change, storeFault } from './store';
import { may, type Dispute, type Step, type StepType } from './steps';

/* What the newest tap came to, for who cannot see it. */
export const said = signal<readonly [string, string] | null>(null);

const newStep = (type: StepType, payload: Step['payload'], at: string, key = newKey()): Step => ({ key, type, payload, at, state: 'queued' });

async function write(code: string, make: (dispute: Dispute | undefined) => Dispute | null): Promise<boolean> {
    if (clockOffSeconds.value !== 0) return false;
    try {
        const made = await change(code, make);
        sendSoon();
        return made !== null;
    } catch (failure) {
        storeFault.value = String(failure);
        return false;
    }
}

export interface Opening {
    unit: string;
    unitName: string;
    category: string;
    scale: string;
    origin: string;
    channel: string; /* '': none, as for what is not mediated */
}

/* The dispute under a code that was taken for this form: however often it is sent, it is one. `key` was made with the
 * form, so that it knows its own dispute from another window's. */
export function open(code: string, key: string, opening: Opening): Promise<boolean> {
    const at = stamp();
    const { category, scale, origin, channel } = opening;
    return write(code, (dispute) => dispute ? null : {
        code, unit: opening.unit, unitName: opening.unitName, category,
        steps: [newStep('disputeOpened', { category, scale, origin }, at, key),
            ...(channel === '' ? [] : [newStep('mediationChannelSelected', { channel }, at)])],
    });
}

/* `isNew`: whether it is still to be made, of steps that may come more than once. */
export function tap(code: string, type: StepType, payload: Step['payload'] = {}, isNew: (dispute: Dispute) => boolean = () => true): Promise<boolean> {
    const at = stamp();
    return write(code, (dispute) =>
        dispute && isNew(dispute) && may(dispute, type, payload) ? { ...dispute, steps: [...dispute.steps, newStep(type, payload, at)] } : null);
}
