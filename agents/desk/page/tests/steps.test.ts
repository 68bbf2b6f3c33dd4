import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkCharacter, disputeCode } from '../src/code';
import { after, held, isOpen, may, nextToSend, secondSessionUntil, standingOf, type Dispute, type Step, type StepType } from '../src/steps';

const step = (type: StepType, payload: Step['payload'] = {}, more: Partial<Step> = {}): Step =>
    ({ key: `${type}-${JSON.stringify(payload)}`, type, payload, at: '2020-08-19T01:00:00Z', state: 'recorded', ...more });
const agreed = (side: string): Step => step('consentRecorded', { side, answer: 'AGREED' });
const dispute = (...steps: Step[]): Dispute => ({ code: 'x', unit: 'u', unitName: '', category: 'NEIGHBOUR', steps });
const OPEN = step('disputeOpened');
const TOLD = step('mediationExplained');
const ORDER: Step[] = [OPEN, TOLD, agreed('A'), agreed('B'), step('mediationRegistered'), step('mediationSessionHeld', { number: 1 }),
    step('agreementReached', { form: 'ORAL' }), step('agreementPerformed')];

test('the steps go in their order and in no other', () => {
    ORDER.forEach((next, i) => {
        const before = dispute(...ORDER.slice(0, i));
        for (const other of ORDER) {
            const allowed = may(before, other.type, other.payload);
            if (other === next) assert.ok(allowed, `${other.type} after ${i} steps`);
            /* Either side may answer first, and there may be a second session. */
            else if (!(i === 2 && other === ORDER[3]) && !(i === 6 && other === ORDER[5])) assert.ok(!allowed, `${other.type} after ${i} steps`);
        }
    });
    assert.equal(standingOf(dispute(...ORDER)).stage, 'PERFORMED');
});

test('a refusal ends it: nobody is asked again, and nothing follows', () => {
    const refused = dispute(OPEN, TOLD, step('consentRecorded', { side: 'B', answer: 'REFUSED' }));
    assert.equal(standingOf(refused).stage, 'ENDED');
    assert.ok(!isOpen(refused));
    for (const other of ORDER) assert.ok(!may(refused, other.type, other.payload), other.type);
    assert.ok(!may(refused, 'mediationEnded', { reason: 'REFUSED_BY_SIDE' }), 'the refusal itself is the end');
    assert.ok(may(refused, 'legalAidOffered'));
});

test('a side answers once', () => {
    assert.ok(!may(dispute(OPEN, TOLD, agreed('A')), 'consentRecorded', { side: 'A', answer: 'AGREED' }));
    assert.ok(!may(dispute(OPEN, TOLD, agreed('A')), 'consentRecorded', { side: 'A', answer: 'REFUSED' }));
});

test('domestic violence is not mediated, only ended', () => {
    const violence = { ...dispute(OPEN), category: 'DOMESTIC_VIOLENCE' };
    assert.ok(!may(violence, 'mediationExplained'));
    assert.ok(may(violence, 'mediationEnded', { reason: 'VIOLENCE' }));
});

test('two sessions at most', () => {
    const once = ORDER.slice(0, 6);
    assert.ok(may(dispute(...once), 'mediationSessionHeld', { number: 2 }));
    assert.ok(!may(dispute(...once, step('mediationSessionHeld', { number: 2 })), 'mediationSessionHeld', { number: 3 }));
});

test('nothing follows what was returned, until it is taken back', () => {
    const returned = step('mediationExplained', {}, { state: 'returned' });
    const waits = step('counsellingGiven', {}, { state: 'queued' });
    const stuck = dispute(OPEN, returned, waits);
    assert.equal(held(stuck), returned);
    assert.equal(nextToSend(stuck), null);
    assert.ok(!may(stuck, 'mediationExplained'));
    assert.equal(standingOf(stuck).stage, 'OPENED', 'what was returned did not happen');
    const free = dispute(OPEN, { ...returned, state: 'withdrawn' }, waits);
    assert.equal(nextToSend(free), waits);
    assert.ok(may(free, 'mediationExplained'));
});

test('one step of a dispute is sent at a time', () => {
    const first = step('mediationExplained', {}, { state: 'handed', where: '/v1/requests/1' });
    assert.equal(nextToSend(dispute(OPEN, first, step('counsellingGiven', {}, { state: 'queued' }))), first);
});

test('what the hub recorded stands where the hub says', () => {
    const told = (type: StepType, stage: Step['stage']): Step => step(type, {}, { stage });
    const taken = dispute(told('disputeOpened', 'OPENED'), told('mediationExplained', 'EXPLAINED'), told('consentRecorded', 'CONSENTING'),
        told('consentRecorded', 'CONSENTED'), told('mediationRegistered', 'REGISTERED'), told('mediationSessionHeld', 'IN_SESSION'));
    assert.equal(standingOf(taken).stage, 'IN_SESSION');
    assert.equal(standingOf(taken).sessions, 1);
    assert.equal(standingOf(dispute(told('disputeOpened', 'OPENED'), told('mediationExplained', 'EXPLAINED'), told('consentRecorded', 'ENDED'))).stage, 'ENDED');
    assert.equal(after(standingOf(taken), 'NEIGHBOUR', { type: 'agreementReached', payload: {}, at: '' })?.stage, 'AGREED');
});

test('seven working days behind the first session', () => {
    assert.equal(secondSessionUntil('2020-08-19T01:00:00Z', 480), '2020-08-28'); /* a Wednesday */
    assert.equal(secondSessionUntil('2020-08-21T17:00:00Z', 480), '2020-09-01'); /* Saturday there */
});

test('a code has the form and the check of 一案一码', () => {
    assert.equal(checkCharacter('A12425GABC1234002'), 'M');
    assert.equal(checkCharacter('140322102200000001'), 'Z');
    assert.equal(disputeCode('140322', '2020', 7), `140322-2020-D-000007-${checkCharacter('1403222020D000007')}`);
});
