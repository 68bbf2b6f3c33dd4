/* Sends what waits, in the order in which it was tapped, one step of a dispute at a time: the next one goes when the hub
 * has recorded the one before, so that nothing follows what was returned. A step's Idempotency-Key was made with it: sent
 * twice, it counts once. */
import { computed } from '@preact/signals';
import { publish, status, type Outcome } from './intake';
import { maySend, sync } from './office';
import { change, disputes } from './store';
import { held, nextToSend, type Dispute, type Step } from './steps';

const POLL_MS = 500;
const RETRY_MS = [1000, 2000, 4000, 8000, 15000, 30000];

export const counted = computed(() => {
    const steps = disputes.value.flatMap((dispute) => dispute.steps);
    const of = (state: Step['state']): number => steps.filter((step) => step.state === state).length;
    return { recorded: of('recorded'), queued: of('queued'), handed: of('handed'), returned: of('returned') };
});

async function settle(dispute: Dispute, step: Step, outcome: Exclude<Outcome, 'away' | 'login'>): Promise<void> {
    await change(dispute.code, (now) => now === undefined ? null
        : { ...now, steps: now.steps.map((one) => (one.key === step.key ? { ...one, ...outcome } : one)) });
}

let running = false;
let timer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;

function later(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => void send(), ms);
}

/* One round over all disputes; 'again': a step moved on, 'wait': some wait for the hub, 'away': not reached, 'done'. */
async function round(): Promise<'again' | 'wait' | 'away' | 'done'> {
    let found: 'again' | 'wait' | 'done' = 'done';
    const waiting = disputes.value.filter((dispute) => nextToSend(dispute) !== null)
        .sort((a, b) => ((nextToSend(a)?.at ?? '') < (nextToSend(b)?.at ?? '') ? -1 : 1));
    for (const dispute of waiting) {
        if (!maySend()) break; /* another token came while the step before was sent */
        const step = nextToSend(dispute) as Step;
        const outcome = await (step.where ? status(step.where) : publish(dispute, step));
        if (outcome === 'away' || outcome === 'login') return 'away';
        if (outcome.state !== 'handed' || !step.where) await settle(dispute, step, outcome);
        if (outcome.state === 'recorded') found = 'again';
        else if (outcome.state === 'handed' && found === 'done') found = 'wait';
    }
    return found;
}

async function rounds(): Promise<void> {
    for (;;) {
        if (!maySend()) return;
        const found = await round();
        if (found === 'again') continue;
        if (found === 'done') failures = 0;
        else if (found === 'wait') later(POLL_MS * Math.min(1 + failures++, 10));
        else later(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] as number);
        return;
    }
}

/* Sends now; returns when there is nothing to do at once. Two windows do not send side by side. */
export async function send(): Promise<void> {
    if (running) return;
    running = true;
    try {
        if (navigator.locks) await navigator.locks.request('sanling-desk-send', { ifAvailable: true }, async (lock) => {
            if (lock) await rounds();
            else later(1000);
        });
        else await rounds();
    } finally {
        running = false;
    }
}

/* At once, whatever was waited for: the network is back, the page is looked at, a step was tapped. */
export function sendSoon(): void {
    failures = 0;
    later(0);
}

export function watchNetwork(): void {
    const again = (): void => void sync().then(sendSoon);
    addEventListener('online', again);
    document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && again());
}

/* The officer takes back what was returned, and what waits behind it. */
export async function withdraw(code: string): Promise<void> {
    await change(code, (dispute) => {
        const at = dispute ? dispute.steps.indexOf(held(dispute) as Step) : -1;
        if (!dispute || at < 0) return null;
        return { ...dispute, steps: dispute.steps.map((step, i) =>
            i === at || (i > at && step.state === 'queued') ? { ...step, state: 'withdrawn' } : step) };
    });
    sendSoon();
}
