// What the unit tree promises: sums, filters, order and the rows in the document.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TreeAnswer } from '../src/api/tree';
import { codeOf, enterprisesOf, nameOf, parseTree, sumOf, TreeShapeError } from '../src/views/units/columns';
import { AREA_KINDS, TreeIndex, type TreeQuery } from '../src/views/units/select';
import { ROWS_IN_DOCUMENT, windowOf } from '../src/views/units/window';
import { inventedTree } from './invented-tree';

type Row = [code: string, name: string, parent: number, kind: string, statuses: string, gap?: [string, number, number]];
const words: Record<string, string> = { z: 'ZERO', b: 'BROKEN', u: 'UNVERIFIED', '-': 'NOT_COUNTED' };

function tree(rows: Row[], silent: string[] = []): TreeAnswer {
    const status = (at: number) => rows.map((row) => words[row[4][at]!]!);
    return {
        total: rows.length,
        codes: rows.map((row) => row[0]),
        names: rows.map((row) => row[1]),
        parents: rows.map((row) => row[2]),
        kinds: rows.map((row) => row[3]),
        joint: status(0),
        petitionStatus: status(1),
        accidentStatus: status(2),
        caseStatus: status(3),
        petitionStreaks: rows.map(() => 5),
        accidentStreaks: rows.map(() => 6),
        caseStreaks: rows.map(() => 7),
        verifiedUntil: rows.map((row) => (row[4] === '----' ? 0 : (row[5]?.[1] ?? 18475) - 1)),
        gapOffices: rows.map((row) => row[5]?.[0] ?? 'UNSPECIFIED'),
        gapFrom: rows.map((row) => row[5]?.[1] ?? 0),
        gapTo: rows.map((row) => row[5]?.[2] ?? 0),
        silent: rows.map((row) => silent.includes(row[0])),
    };
}

const small = tree(
    [
        ['C', '县', 0, 'COUNTY', '----'],
        ['T1', '甲镇', 1, 'TOWN', '----'],
        ['V1', '一村', 2, 'VILLAGE', 'zzzz'],
        ['E1', '一厂', 3, 'ENTERPRISE', 'bzbz'],
        ['T2', '乙镇', 1, 'TOWN', '----'],
        ['V2', '二村', 5, 'VILLAGE', 'uzzu', ['PUBLIC_SECURITY', 18450, 18460]],
        ['V3', '三社区', 5, 'COMMUNITY', 'zzzz'],
        ['T3', '空镇', 1, 'TOWN', '----'],
    ],
    ['V2'],
);
const query: TreeQuery = { view: 0, state: 'all', kind: 0, text: '', sort: 'coverage', toggled: [] };
const codes = (index: TreeIndex, units: Uint32Array) => [...units].map((unit) => codeOf(index.columns, unit));

test('a node has the sum of what lives below it, enterprises also apart', () => {
    const columns = parseTree(small);
    assert.deepEqual(sumOf(columns, 0, 0), { zero: 2, broken: 1, unverified: 1, total: 4 });
    assert.deepEqual(sumOf(columns, 0, 2), { zero: 3, broken: 1, unverified: 0, total: 4 });
    assert.deepEqual(enterprisesOf(columns, 1, 0), { zero: 0, broken: 1, unverified: 0, total: 1 });
    assert.deepEqual(enterprisesOf(columns, 4, 0), { zero: 0, broken: 0, unverified: 0, total: 0 });
    assert.equal(columns.gaps[4], 1);
    assert.equal(columns.gaps[0], 1);
    assert.equal(columns.verifiedUntil[0], 18449, 'a node shows the earliest day below it');
    assert.equal(nameOf(columns, 6), '三社区');
});

test('columns that do not fit each other are refused', () => {
    assert.throws(() => parseTree({ ...small, names: small.names.slice(1) }), TreeShapeError);
    assert.throws(() => parseTree({ ...small, parents: [2, ...small.parents.slice(1)] }), TreeShapeError);
});

test('low coverage stands first, a node without units last', () => {
    const index = new TreeIndex(parseTree(small));
    const rows = index.select({ ...query, toggled: [0] });
    assert.deepEqual(codes(index, rows.units), ['C', 'T2', 'T1', 'T3']);
    assert.deepEqual([...rows.open], [2, 1, 1, 0]);
    assert.deepEqual([...rows.place], [1, 1, 2, 3]);
    assert.deepEqual([...rows.siblings], [1, 3, 3, 3]);
});

test('a filter shows what fits and the way to it, and can be closed again', () => {
    const index = new TreeIndex(parseTree(small));
    const gap = index.select({ ...query, state: 'gap' });
    assert.deepEqual(codes(index, gap.units), ['C', 'T2', 'V2']);
    assert.equal(gap.matched, 1);
    assert.deepEqual([...gap.siblings], [1, 1, 1]);
    assert.deepEqual(codes(index, index.select({ ...query, state: 'gap', toggled: [4] }).units), ['C', 'T2']);
    assert.deepEqual(codes(index, index.select({ ...query, state: 'broken', view: 2 }).units), ['C', 'T1', 'V1', 'E1']);
    assert.equal(index.select({ ...query, state: 'broken', view: 3 }).matched, 0);
    assert.deepEqual(codes(index, index.select({ ...query, state: 'silent' }).units), ['C', 'T2', 'V2']);
    assert.equal(index.select({ ...query, kind: AREA_KINDS }).matched, 3);
    assert.deepEqual(codes(index, index.select({ ...query, text: 'e1' }).units), ['C', 'T1', 'V1', 'E1']);
    assert.deepEqual(codes(index, index.select({ ...query, text: '二村' }).units), ['C', 'T2', 'V2']);
});

test('filtering 50,000 units takes less than reading them', () => {
    const text = inventedTree(50_000);
    const start = performance.now();
    const index = new TreeIndex(parseTree(text));
    const read = performance.now() - start; /* a ratio of one run: a busy machine is slow at both */
    const filters: Partial<TreeQuery>[] = [
        { state: 'gap' },
        { state: 'broken', view: 3 },
        { text: '示范12' },
        { kind: AREA_KINDS },
        { text: '示范' },
    ];
    for (const filter of filters) {
        index.select({ ...query, ...filter });
        const times = Array.from({ length: 5 }, () => {
            const begin = performance.now();
            index.select({ ...query, ...filter });
            return performance.now() - begin;
        }).sort((a, b) => a - b);
        console.log(`filter ${JSON.stringify(filter)}: ${times[2]!.toFixed(1)} ms`);
        assert.ok(times[2]! < read, `${JSON.stringify(filter)} took ${times[2]} ms, reading all ${read} ms`);
    }
});

test('at most sixty rows are in the document, and all that is visible', () => {
    for (const height of [300, 700, 1080, 1700])
        for (const above of [-200, 0, 31, 32, 5000, 1_599_000]) {
            const { first, count } = windowOf(above, height, 32, 50_000);
            assert.ok(count <= ROWS_IN_DOCUMENT, `${count} rows`);
            if (above < 0) continue;
            assert.ok(first * 32 <= above);
            assert.ok(first + count === 50_000 || (first + count) * 32 >= above + height);
        }
    assert.deepEqual(windowOf(0, 700, 32, 0), { first: 0, count: 0 });
    assert.deepEqual(windowOf(0, 700, 32, 3), { first: 0, count: 3 });
});
