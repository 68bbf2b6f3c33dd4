// What the day strip promises: every day has its place, a single day is seen, what differs now has its own row.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DaysAnswer, Span } from '../src/api/days';
import { dayNumber, daysIn, dayText, monthsWithin } from '../src/days';
import { axisOf, piecesOf, rowsOf, spansAt } from '../src/views/unit/strip-geometry';

const span = (kind: Span['kind'], fromDay: string, toDay: string): Span => ({
    kind,
    fromDay,
    toDay,
    positions: [],
    office: 'UNSPECIFIED',
});
const days = (spans: Span[], toDay = '2020-08-19'): DaysAnswer => ({
    fromDay: '2020-01-01',
    toDay,
    zeros: [{ zero: 'CASE', spans }],
});
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test('spans side by side fill the row without a hole', () => {
    const year = days([
        span('COVERED', '2020-01-01', '2020-07-15'),
        span('GAP', '2020-07-16', '2020-07-31'),
        span('NOT_DUE', '2020-08-01', '2020-08-19'),
    ]);
    const pieces = piecesOf(year.zeros[0]!.spans, axisOf(year, '2020-08-19', false), 1138);
    near(pieces[0]!.left, 0);
    near(pieces[0]!.left + pieces[0]!.width, pieces[1]!.left);
    near(pieces[1]!.left + pieces[1]!.width, pieces[2]!.left);
    near(pieces[2]!.left + pieces[2]!.width, 1);
    near(pieces[1]!.width, 16 / 232);
});

test('one day of a gap or a break is wide enough to be seen, on a phone too', () => {
    const axis = { first: dayNumber('2020-01-01'), last: dayNumber('2020-12-31') };
    for (const pixels of [80, 220, 1138]) {
        const pieces = piecesOf(
            [span('GAP', '2020-12-31', '2020-12-31'), span('BREAK', '2020-01-01', '2020-01-01')],
            axis,
            pixels,
        );
        assert.ok(pieces[0]!.width * pixels >= 6 - 1e-9);
        assert.ok(pieces[1]!.width * pixels >= 4 - 1e-9 || pieces[1]!.width * pixels >= 4);
        for (const piece of pieces) assert.ok(piece.left >= 0 && piece.left + piece.width <= 1 + 1e-9);
    }
});

test('nothing is drawn behind the status day, and the axis goes on', () => {
    const then = days([span('COVERED', '2020-01-01', '2020-03-05')], '2020-03-05');
    const axis = axisOf(then, '2020-08-19', true);
    assert.equal(dayText(axis.last), '2020-08-19');
    const [piece] = piecesOf(then.zeros[0]!.spans, axis, 1000);
    near(piece!.left + piece!.width, 65 / 232);
    assert.equal(dayText(axisOf(then, '2021-02-03', true).last), '2020-12-31');
});

test('what is known now has a row of its own only where it differs', () => {
    const then = days([span('COVERED', '2020-01-01', '2020-02-29'), span('BREAK', '2020-02-14', '2020-02-14')]);
    const now = days([span('COVERED', '2020-01-01', '2020-02-29')]);
    assert.deepEqual(
        rowsOf(then, now).map((row) => row.now),
        [false, true],
    );
    assert.deepEqual(
        rowsOf(then, then).map((row) => row.now),
        [false],
    );
    assert.deepEqual(
        rowsOf(then, null).map((row) => row.now),
        [false],
    );
    assert.deepEqual(
        spansAt(then.zeros[0]!.spans, '2020-02-14').map((found) => found.kind),
        ['COVERED', 'BREAK'],
    );
});

test('months and counts of days', () => {
    assert.equal(daysIn('2020-02-01', '2020-02-29'), 29);
    assert.equal(daysIn('2020-02-01', ''), 1);
    assert.deepEqual(
        monthsWithin(dayNumber('2019-11-15'), dayNumber('2020-02-01')).map(
            (m) => `${m.year}-${m.month}:${dayText(m.day)}`,
        ),
        ['2019-11:2019-11-15', '2019-12:2019-12-01', '2020-1:2020-01-01', '2020-2:2020-02-01'],
    );
});
