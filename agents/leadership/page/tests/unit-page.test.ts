// What the unit's page and the tree's keys promise.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reason } from '../src/api/unit';
import { parseTree } from '../src/views/units/columns';
import { findRow, treeStep } from '../src/views/units/keys';
import { TreeIndex } from '../src/views/units/select';
import { sentencesOf } from '../src/views/unit/why';
import { viewsEn } from '../src/words/views.en';
import { viewsZh } from '../src/words/views.zh';
import { zh } from '../src/words/zh';
import { inventedTree } from './invented-tree';

const reason = (change: Partial<Reason>): Reason => ({
    kind: 'ATTESTED', zero: 'CASE', position: '0', type: '', matter: '', unit: '', day: '2020-01-01', toDay: '', office: 'PUBLIC_SECURITY',
    basis: 'REGISTER_CHECKED', bySystem: false, policyVersion: '', rule: '', other: '0', text: '', ...change,
});
const w = { ...zh, ...viewsZh };
const say = (reasons: Reason[]) => sentencesOf(reasons, w, (type) => (type === 'CaseFiled' ? '受案/立案' : type), '2020');

test('reports of one office whose days touch are one sentence, with all their positions', () => {
    const [sentence, ...rest] = say([
        reason({ day: '2020-02-01', toDay: '2020-02-29', position: '20' }), reason({ day: '2020-01-01', toDay: '2020-01-31', position: '10' }),
    ]);
    assert.equal(rest.length, 0);
    assert.match(sentence!.text, /2 份零报告（查台账）覆盖 01-01–02-29/);
    assert.deepEqual(sentence!.positions, ['10', '20']);
    assert.equal(say([reason({ toDay: '2020-01-31' }), reason({ day: '2020-03-01', toDay: '2020-03-31' })]).length, 2, 'a hole between them');
    assert.equal(say([reason({ toDay: '2020-01-31' }), reason({ day: '2020-02-01', office: 'PETITIONS' })]).length, 2, 'another office');
});

test('a gap is said to be no zero, and a break names its rule and its record', () => {
    const sentences = say([
        reason({ kind: 'GAP', day: '2020-07-16', toDay: '2020-07-31' }),
        reason({ kind: 'BREAK', day: '2020-02-14', type: 'CaseFiled', matter: 'A-1', position: '60871', policyVersion: 'yuxian-2020-1', rule: 'CaseFiled' }),
        reason({ kind: 'NOT_COUNTING', zero: 'PETITION', position: '7', text: "the unit's own statement makes no zero", basis: 'UNIT_STATEMENT' }),
    ]);
    assert.deepEqual(sentences.map((sentence) => sentence.kind), ['NOT_COUNTING', 'BREAK', 'GAP'], 'zero by zero, breaks before gaps');
    assert.match(sentences[0]!.text, /单位自报不成零/);
    assert.match(sentences[1]!.text, /02-14 受案\/立案（A-1），公安局记录；按规则 yuxian-2020-1“CaseFiled”破零/);
    assert.deepEqual(sentences[1]!.positions, ['60871']);
    assert.match(sentences[2]!.text, /07-16–07-31（16 天）：公安局应报未报；未报不等于零/);
    assert.deepEqual(sentences[2]!.positions, []);
});

test('the keys of the tree', () => {
    const index = new TreeIndex(parseTree(inventedTree(500)));
    const rows = index.select({ view: 0, state: 'all', kind: 0, text: '', sort: 'code', toggled: [0, 1] });
    const step = (key: string, row: number) => treeStep(key, { row, page: 10 }, rows, index.columns);
    assert.deepEqual(step('ArrowDown', 0), { row: 1 });
    assert.deepEqual(step('ArrowUp', 0), { row: 0 });
    assert.deepEqual(step('ArrowRight', 0), { row: 1 }, 'an open node: its first child');
    assert.deepEqual(step('ArrowRight', 2), { toggle: 2 }, 'a closed node opens');
    assert.deepEqual(step('ArrowLeft', 1), { toggle: 1 }, 'an open node closes');
    assert.deepEqual(step('ArrowLeft', 3), { row: 1 }, 'a closed node: its parent');
    assert.deepEqual(step('End', 0), { row: rows.units.length - 1 });
    assert.deepEqual(step('PageDown', rows.units.length - 2), { row: rows.units.length - 1 });
    assert.deepEqual(step('Enter', 2), { open: 2 });
    assert.equal(step('a', 2), null);
    const texts = (row: number) => [['甲村'], ['乙村'], ['甲社区']][row]!;
    assert.equal(findRow('甲', 0, 3, texts), 2, 'the next one, not the row itself');
    assert.equal(findRow('甲村', 2, 3, texts), 0);
    assert.equal(findRow('丙', 0, 3, texts), -1);
});

test('both dictionaries have the same keys and tables', () => {
    assert.deepEqual(Object.keys(viewsEn).sort(), Object.keys(viewsZh).sort());
    for (const [key, value] of Object.entries(viewsZh))
        if (typeof value === 'object' && key !== 'grounds')
            assert.deepEqual(Object.keys((viewsEn as unknown as Record<string, object>)[key]!).sort(), Object.keys(value).sort(), key);
});
