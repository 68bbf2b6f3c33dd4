// What the three-part bar promises: nothing that is there is too thin to be seen, and the edges stay honest.
import assert from 'node:assert/strict';
import { test } from 'node:test';

Object.assign(globalThis, { location: { pathname: '/', search: '' } });
const { lensFrom, partWidths } = await import('../src/components/bar');

const sum = (parts: { zero: number; unverified: number; broken: number }) => parts.zero + parts.unverified + parts.broken;

test('one silent enterprise among 180 is 6 pixels wide in a bar of 80, one broken one 4', () => {
    const silent = partWidths({ zero: 179, unverified: 1, broken: 0 }, 80);
    assert.equal(silent.unverified, 6);
    assert.equal(sum(silent), 78, 'two parts and the seam between them');
    const both = partWidths({ zero: 4705, unverified: 1, broken: 1 }, 80);
    assert.equal(both.unverified, 6);
    assert.equal(both.broken, 4);
    assert.equal(sum(both), 76);
});

test('what is empty has no width, and what is all fills the bar', () => {
    assert.deepEqual(partWidths({ zero: 288, unverified: 0, broken: 0 }, 100), { zero: 100, unverified: 0, broken: 0 });
    assert.deepEqual(partWidths({ zero: 0, unverified: 288, broken: 0 }, 100), { zero: 0, unverified: 100, broken: 0 });
    assert.deepEqual(partWidths({ zero: 0, unverified: 0, broken: 0 }, 100), { zero: 0, unverified: 0, broken: 0 });
    assert.deepEqual(partWidths({ zero: 1, unverified: 1, broken: 1 }, 0), { zero: 0, unverified: 0, broken: 0 });
});

test('a bar is never wider than its room, however its parts stand', () => {
    for (const width of [12, 20, 80, 333, 1200])
        for (const [zero, unverified, broken] of [[1, 9999, 1], [9999, 1, 1], [1, 1, 9999], [0, 1, 9999], [5000, 0, 1], [0, 1, 1]] as const) {
            const parts = partWidths({ zero, unverified, broken }, width);
            const used = [zero, unverified, broken].filter((part) => part > 0).length;
            assert.ok(Math.abs(sum(parts) - (width - 2 * (used - 1))) < 1e-9, `${zero} ${unverified} ${broken} in ${width}`);
            assert.ok(parts.zero >= 0 && parts.unverified >= 0 && parts.broken >= 0);
        }
});

test('the magnified twin shows everything that is not zero, and only where that is less than a tenth', () => {
    assert.equal(lensFrom({ zero: 4512, unverified: 158, broken: 37 }), 95);
    assert.equal(lensFrom({ zero: 4418, unverified: 0, broken: 1 }), 99.8);
    assert.equal(lensFrom({ zero: 90, unverified: 10, broken: 0 }), 0, 'a tenth is seen without it');
    assert.equal(lensFrom({ zero: 288, unverified: 0, broken: 0 }), 0, 'there is nothing to magnify');
    for (let other = 1; other < 100; other += 1) {
        const from = lensFrom({ zero: 1000 - other, unverified: other, broken: 0 });
        assert.ok(other <= (1000 * (100 - from)) / 100, `${other} of 1000 from ${from}`);
    }
});
