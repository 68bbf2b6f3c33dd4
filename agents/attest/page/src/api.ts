/* What the office's agent answers about zero reports (agents/attest): AttestationsDueAnswer of proto/query.proto in
 * canonical JSON, in which a 0, a false and an empty list are left out. */
import { ask, type Answer } from './shared/ask';
import { token } from './token';

export type Zero = 'PETITION' | 'ACCIDENT' | 'CASE';
export type Basis = 'REGISTER_CHECKED' | 'SITE_VISIT' | 'UNIT_STATEMENT';

export interface Period {
    zero: Zero;
    fromDay: string;
    toDay: string;
    due: string;
    daysLeft?: number;
    units?: number;
    uncovered?: number;
    broken?: number;
}
export interface Unit {
    unit: string;
    name?: string;
    fromDay: string;
    toDay: string;
    broken?: boolean;
}
export interface Due {
    office?: string;
    unit?: string; /* the subtree's root */
    periods?: Period[];
    units?: Unit[];
    total?: number;
    bases?: string[];
}
export interface State {
    state: 'WAITING' | 'RECORDED' | 'REJECTED';
    events: number;
    recorded: number;
    rejected: number;
    position: string;
    code: string;
    text: string;
    textEn: string;
}

const query = (of: Record<string, string>): string => {
    const given = Object.entries(of).filter(([, value]) => value !== '');
    return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
};

export const askDue = (unit: string): Promise<Answer<Due>> => ask<Due>(`/v1/attestations/due${query({ unit })}`, token.value ?? '');

/* All units of a period that are not covered, in the hub's order. What changes between two pages is found by the agent,
 * which compares what was shown with what it writes down. */
export async function askUnits(zero: string, from: string, unit: string): Promise<Answer<Unit[]>> {
    const units: Unit[] = [];
    for (;;) {
        const answer = await ask<Due>(`/v1/attestations/due/units${query({ zero, from, unit, after: units.length > 0 ? `${units.length}` : '' })}`, token.value ?? '');
        if (answer.kind !== 'ok') return answer;
        const page = answer.body.units ?? [];
        units.push(...page);
        if (page.length === 0 || units.length >= (answer.body.total ?? 0)) return { ...answer, body: units };
    }
}

export const sendStatement = (key: string, body: object): Promise<Answer<State>> =>
    ask<State>('/v1/attestations', token.value ?? '', {
        method: 'POST', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key }, body: JSON.stringify(body),
    });

export const askState = (key: string): Promise<Answer<State>> => ask<State>(`/v1/attestations/${encodeURIComponent(key)}`, token.value ?? '');
