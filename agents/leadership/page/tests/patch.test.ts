// RFC 7396, with the examples of its appendix.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergePatch, type Json } from '../src/patch';

const examples: [Json, Json, Json][] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [['a', 'b'], ['c', 'd'], ['c', 'd']],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
];

test('a patch is merged as the standard says, and what was there stays as it was', () => {
    for (const [target, patch, result] of examples) {
        const before = JSON.stringify(target);
        assert.deepEqual(mergePatch(target, patch), result);
        assert.equal(JSON.stringify(target), before);
    }
});

test('without a target a patch is the whole', () => {
    assert.deepEqual(mergePatch(undefined, { a: 1, b: null }), { a: 1 });
});
