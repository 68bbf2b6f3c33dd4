import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { State, Unit } from '../src/api';
import { coversSubtree, daysOf, found, isRole, shownDigest, timeLeft } from '../src/statement';

/* What a browser has and Node has not. */
const stored = new Map<string, string>();
Object.assign(globalThis, {
    localStorage: { getItem: (name: string) => stored.get(name) ?? null, setItem: (name: string, value: string) => void stored.set(name, value), removeItem: (name: string) => void stored.delete(name) },
});
const { after, confirm, look, sent } = await import('../src/sent');

const period = { zero: 'CASE' as const, fromDay: '2020-02-01', toDay: '2020-02-29', due: '2020-03-05', units: 2, uncovered: 2 };
const unit = (code: string, more: Partial<Unit> = {}): Unit => ({ unit: code, name: `示范${code}村`, fromDay: period.fromDay, toDay: period.toDay, ...more });

test('one statement covers the subtree only where all of it is owed, whole, and the registers were checked', () => {
    const all = [unit('1'), unit('2')];
    assert.ok(coversSubtree(period, all, 'REGISTER_CHECKED'));
    for (const basis of ['SITE_VISIT', 'UNIT_STATEMENT', ''] as const) assert.ok(!coversSubtree(period, all, basis), basis);
    assert.ok(!coversSubtree(period, [unit('1')], 'REGISTER_CHECKED'), 'one is covered already');
    assert.ok(!coversSubtree(period, [unit('1'), unit('2', { broken: true })], 'REGISTER_CHECKED'));
    assert.ok(!coversSubtree(period, [unit('1'), unit('2', { fromDay: '2020-02-10' })], 'REGISTER_CHECKED'));
    assert.ok(!coversSubtree({ ...period, units: 0 }, [], 'REGISTER_CHECKED'), 'nothing is no statement');
});

test('what was shown is told apart, but for broken units, which are not attested', () => {
    const lines = `1 ${period.fromDay} ${period.toDay}\n2 ${period.fromDay} ${period.toDay}\n`;
    const digest = shownDigest([unit('1'), unit('2')]);
    assert.equal(digest, createHash('sha256').update(lines).digest('hex'));
    assert.equal(shownDigest([unit('1'), unit('3', { broken: true }), unit('2')]), digest);
    assert.notEqual(shownDigest([unit('1'), unit('3')]), digest, 'as many, but another');
    assert.notEqual(shownDigest([unit('1'), unit('2', { fromDay: '2020-02-02' })]), digest);
});

test('a role code is none in Chinese, none of one letter, none with spaces', () => {
    for (const right of ['DUTY', 'DUTY_OFFICER', 'CLERK-2']) assert.ok(isRole(right), right);
    for (const wrong of ['', 'D', '张三', 'duty', 'DUTY OFFICER', '2ND', 'X'.repeat(65)]) assert.ok(!isRole(wrong), wrong);
});

test('days left, none left, and overdue', () => {
    assert.deepEqual(timeLeft({ ...period, daysLeft: 2 }), { overdue: false, days: 2 });
    assert.deepEqual(timeLeft(period), { overdue: false, days: 0 }, 'a zero is left out of the answer');
    assert.deepEqual(timeLeft({ ...period, daysLeft: -3 }), { overdue: true, days: 3 });
    assert.equal(daysOf('2020-02-01', '2020-02-29'), 29);
});

test('units are found by the beginning of the code and any part of the name', () => {
    const all = [unit('12'), unit('21')];
    assert.deepEqual(found(all, ' 示范2 '), [all[1]]);
    assert.deepEqual(found(all, '12'), [all[0]]);
    assert.deepEqual(found([unit('12', { name: '西村' })], '2'), [], 'a code is read from its beginning');
    assert.equal(found(all, '').length, 2);
});

const body = { zero: 'CASE' as const, fromDay: '2020-02-01', basis: 'REGISTER_CHECKED' as const, role: 'DUTY', units: 2, shown: '' };
const state = (word: State['state']): State => ({ state: word, events: 1, recorded: 0, rejected: 0, position: '7', code: '', text: '', textEn: '' });
const ok = (word: State['state']) => ({ kind: 'ok' as const, body: state(word), timing: { sent: 0, received: 0 } });
const trouble = (code: string) => ({ code, zh: '', en: '' });

test('a second tap finds the first one’s statement; what is settled makes room for another', () => {
    const first = confirm(body, '2020-02-29', 0);
    assert.ok(first !== null && stored.size === 1, 'it is written down before anything is sent');
    assert.equal(confirm(body, '2020-02-29', 1), first);
    assert.notEqual(confirm({ ...body, unit: '140322102000' }, '2020-02-29', 1), first, 'another subtree');
    assert.equal(look().length, 2);
    sent.value = sent.value.map((one) => ({ ...one, standing: 'recorded' as const }));
    stored.set('sanling-attest-sent', JSON.stringify(sent.value));
    assert.notEqual(confirm(body, '2020-02-29', 2), first);
});

test('what became of it is said only where it is known', () => {
    const one = { key: 'k', body, toDay: '2020-02-29', at: 0, standing: 'sending' as const };
    assert.equal(after(one, ok('WAITING'), false).standing, 'waiting');
    assert.equal(after(one, ok('RECORDED'), false).standing, 'recorded');
    assert.equal(after(one, ok('REJECTED'), true).standing, 'refused');
    assert.equal(after(one, { kind: 'refused', trouble: trouble('REJECTED') }, false).standing, 'refused');
    assert.equal(after(one, { kind: 'away', trouble: trouble('HUB_UNREACHABLE') }, false).standing, 'sending');
    const unanswered = after(one, { kind: 'away', trouble: null }, false);
    assert.equal(unanswered.standing, 'sending');
    assert.equal(after(unanswered, { kind: 'login', trouble: trouble('TOKEN_REQUIRED') }, false).standing, 'unknown', 'it may have arrived before');
    assert.equal(after(one, { kind: 'refused', trouble: trouble('NOT_FOUND') }, true).standing, 'unknown');
    assert.equal(after(one, { kind: 'away', trouble: null }, true).standing, 'sending');
});
