import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Matter } from '../src/api';
import { merged } from '../src/merge';
import { standingOf, type Dispute, type Step } from '../src/steps';

const move = (position: string, type: string, step: string): Matter['moves'][number] => ({ position, type, day: '2020-08-19', step, retractedAt: '0' });
const matter = (...moves: Matter['moves']): Matter =>
    ({ matter: 'x', unit: 'u', unitName: '村', step: '', category: 'NEIGHBOUR', openedDay: '', consents: 0, moves });
const OPENED = move('10', 'DisputeOpened', 'OPENED');
const CHANNEL = move('11', 'MediationChannelSelected', 'NONE');
const TOLD = move('12', 'MediationExplained', 'EXPLAINED');
const own = (more: Partial<Step>): Step => ({ key: 'k', type: 'mediationExplained', payload: {}, at: '2020-08-19T01:00:00Z', state: 'queued', ...more });
const taken = merged(undefined, matter(OPENED, CHANNEL));

test('what another phone did is taken over, and stands where the hub says', () => {
    assert.deepEqual(taken.steps.map(({ type, position }) => [type, position]), [['disputeOpened', '10'], ['mediationChannelSelected', '11']]);
    assert.equal(standingOf(taken).stage, 'OPENED', 'what moves nothing moves nothing');
});

test('a step on its way is not taken for another one when the hub has it already', () => {
    for (const state of ['queued', 'handed'] as const) {
        const dispute: Dispute = { ...taken, steps: [...taken.steps, own({ state })] };
        assert.deepEqual(merged(dispute, matter(OPENED, CHANNEL, TOLD)).steps, dispute.steps, state);
    }
    const settled: Dispute = { ...taken, steps: [...taken.steps, own({ state: 'recorded', position: '12' })] };
    assert.deepEqual(merged(settled, matter(OPENED, CHANNEL, TOLD)).steps, settled.steps);
});

test('what came in between goes to its place, and what was retracted counts for nothing', () => {
    const settled: Dispute = { ...taken, steps: [...taken.steps, own({ state: 'recorded', position: '14' })] };
    const between = merged(settled, matter(OPENED, CHANNEL, move('13', 'CounsellingGiven', 'NONE'), move('14', 'MediationExplained', 'EXPLAINED')));
    assert.deepEqual(between.steps.map(({ position }) => position), ['10', '11', '13', '14']);
    const retracted = merged(undefined, matter(OPENED, { ...TOLD, retractedAt: '20' }));
    assert.equal(standingOf(retracted).stage, 'OPENED');
});
