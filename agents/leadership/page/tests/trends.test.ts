// What the charts promise: gaps stay gaps, what is not due is no zero, a truncated axis is round and said.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrendPeriod, ZeroCount } from '../src/api/types';
import { axisFloor, countsOption, type Names, type Series, statusOption, type Theme } from '../src/views/trends/option';
import { sentenceOf } from '../src/views/trends/sentence';
import { viewsZh } from '../src/words/views.zh';
import { zh } from '../src/words/zh';

const theme = new Proxy({}, { get: (_, name) => String(name) }) as Theme;
const names: Names = { thisYear: '今年', lastYear: '上年', zero: '零', unverified: '未核实', broken: '破零', notDue: '未到期', unfinished: '未结束', month: (n) => `${n}月` };
const period = (month: number, due = true, whole = true): TrendPeriod => ({ fromDay: `2020-0${month}-01`, toDay: `2020-0${month}-28`, whole, due });
const status = (zeroUnits: number, unverified: number, broken: number): ZeroCount => ({
    group: 'ALL', zero: 'UNSPECIFIED', total: zeroUnits + unverified + broken, zeroUnits, unverified, broken, lower: null, upper: null, coverage: null,
});
interface Drawn {
    name: string; data: (number | null)[]; stack?: string; connectNulls?: boolean; lineStyle?: { type?: string }; itemStyle?: { decal?: unknown }; markLine?: unknown; markArea?: unknown;
}
const drawn = (option: unknown): Drawn[] => (option as { series: Drawn[] }).series;
const w = { ...zh, ...viewsZh };

test('a period without a value is a hole in the line, and last year is dashed', () => {
    const series: Series = { figure: 'cases.filed', counts: ['7', '0'], previous: ['9', '8', '7'], statuses: [] };
    const [now, before] = drawn(countsOption(series, [period(1), period(2), period(3, true, false)], 'MONTH', theme, names));
    assert.deepEqual(now!.data, [7, 0, null]);
    assert.equal(now!.connectNulls, false);
    assert.equal(now!.lineStyle!.type, 'solid');
    assert.equal(before!.lineStyle!.type, 'dashed');
    assert.ok(now!.markArea, 'the way to a period that is not over is shaded');
    const ends = drawn(countsOption({ ...series, counts: ['7', '7'], previous: ['9', '7'] }, [period(1), period(2)], 'MONTH', theme, names)) as unknown as { endLabel: { offset: number[] } }[];
    assert.ok(ends[0]!.endLabel.offset[1]! < ends[1]!.endLabel.offset[1]!, 'names at the same height part');
    assert.equal('tooltip' in countsOption(series, [period(1)], 'MONTH', theme, names), false);
});

test('what is not due has no bar and no zero; the unverified part is hatched', () => {
    const series: Series = { figure: 'zeros.JOINT', counts: [], previous: [], statuses: [status(90, 6, 4), status(0, 100, 0)] };
    const [zero, unverified, broken, notDue] = drawn(statusOption(series, [period(7), period(8, false, false)], 'MONTH', theme, names));
    assert.deepEqual(zero!.data, [90, null]);
    assert.deepEqual(unverified!.data, [6, null]);
    assert.deepEqual(broken!.data, [4, null]);
    assert.deepEqual(notDue!.data.map((value) => value !== null), [false, true]);
    assert.equal((unverified!.itemStyle!.decal as { symbol: string }).symbol, 'rect');
    assert.equal((zero!.itemStyle!.decal as { symbol: string }).symbol, 'none');
});

test('the axis is truncated only where less than a tenth is not zero, and then broken through', () => {
    const near = [status(4512, 158, 37), status(4600, 80, 27)];
    const floor = axisFloor(near, [period(1), period(2)]);
    assert.ok(floor > 0 && floor < 4512 && floor % 10 === 0, String(floor));
    const series: Series = { figure: 'zeros.JOINT', counts: [], previous: [], statuses: near };
    assert.ok(drawn(statusOption(series, [period(1), period(2)], 'MONTH', theme, names))[0]!.markLine);
    assert.equal(axisFloor([status(80, 15, 5)], [period(1)]), 0);
    assert.equal(axisFloor([status(4512, 158, 37)], [period(1, false)]), 0, 'nothing due: nothing to magnify');
});

test('a chart is one sentence', () => {
    const series: Series = { figure: 'cases.filed', counts: ['7', '12', '11'], previous: ['9', '8', '6'], statuses: [] };
    const text = sentenceOf(series, [period(1), period(2), period(3)], '立案', ['1月', '2月', '3月'], w);
    assert.equal(text, '立案：1月 为 7，3月 为 11（上年同期 6）；变化最大在 2月，7 至 12。');
    const open = sentenceOf({ ...series, counts: ['7', '12', '1'] }, [period(1), period(2), period(3, true, false)], '立案', ['1月', '2月', '3月'], w);
    assert.equal(open, '立案：1月 为 7，3月（未结束） 为 1（上年同期 6）；变化最大在 2月，7 至 12。', 'what is not over is no fall');
    const states: Series = { figure: 'zeros.JOINT', counts: [], previous: [], statuses: [status(9, 1, 0), status(0, 0, 0)] };
    assert.match(sentenceOf(states, [period(7), period(8, false)], '联合状态', ['7月', '8月'], w), /7月 零 9，未核实 1，破零 0，共 10；1 段未到期。/);
});
