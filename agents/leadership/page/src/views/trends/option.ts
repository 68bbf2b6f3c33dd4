/* What a chart shows, as an ECharts option: pure, from the hub's answer and the page's tokens. No tooltip: its style
 * attributes break the content security policy; what the pointer stands on is read out in the document. */
import type { EChartsCoreOption } from 'echarts/core';
import type { TrendAnswer, TrendPeriod, ZeroCount } from '../../api/types';
import { integer } from '../../components/number';

export type By = 'DAY' | 'WEEK' | 'MONTH';

export interface Theme {
    ink: string;
    quiet: string;
    rule: string;
    card: string;
    accent: string;
    zero: string;
    broken: string;
    hatch: string;
    hatchTint: string;
    thisYear: string;
    lastYear: string;
    font: string;
}

export interface Names {
    thisYear: string;
    lastYear: string;
    zero: string;
    unverified: string;
    broken: string;
    notDue: string;
    unfinished: string;
    month: (month: number) => string;
}

export type Series = TrendAnswer['series'][number];

export function periodLabel(period: TrendPeriod, by: By, names: Names): string {
    return by === 'MONTH' ? names.month(Number(period.fromDay.slice(5, 7))) : period.fromDay.slice(5);
}

/* Where a chart of statuses begins: 0, or a round number of units where less than a tenth is not zero. */
export function axisFloor(statuses: readonly ZeroCount[], periods: readonly TrendPeriod[]): number {
    const due = statuses.filter((count, i) => periods[i]?.due !== false && count.total > 0);
    if (due.length === 0 || due.some((count) => (count.total - count.zeroUnits) * 10 >= count.total)) return 0;
    const lowest = Math.min(...due.map((count) => count.zeroUnits));
    const spread = Math.max(...due.map((count) => count.total)) - lowest;
    const step = 10 ** Math.floor(Math.log10(Math.max(1, spread * 2)));
    return Math.max(0, Math.floor((lowest - spread / 2) / step) * step);
}

/* Room for a name at the end of a line: 11 pixels for a Chinese character, about 6 for a Latin one. */
const endRoom = (name: string): number => 14 + [...name].reduce((sum, letter) => sum + (letter > '\u2e80' ? 11 : 6), 0);

const base = (theme: Theme, labels: string[], right: number): EChartsCoreOption => ({
    animation: false,
    textStyle: { fontFamily: theme.font, color: theme.ink },
    aria: { enabled: true, label: { enabled: false }, decal: { show: true } },
    grid: { left: 8, right, top: 18, bottom: 4, containLabel: true },
    xAxis: {
        type: 'category', data: labels, axisTick: { show: false }, axisLine: { lineStyle: { color: theme.rule } },
        axisLabel: { color: theme.quiet, fontSize: 11, hideOverlap: true },
        axisPointer: { show: true, type: 'line', snap: true, triggerTooltip: false, label: { show: false }, lineStyle: { color: theme.accent, width: 1, type: 'solid' } },
    },
});

const valueAxis = (theme: Theme, min: number): object => ({
    type: 'value', min, minInterval: 1, splitNumber: 3, axisLabel: { color: theme.quiet, fontSize: 11, formatter: (value: number) => integer(Math.round(value)) }, splitLine: { lineStyle: { color: theme.rule } },
});

const none = { symbol: 'none' };

/* The last period, if it is not over; -1: it is. A first week that the range cuts is over all the same. */
export const unfinished = (periods: readonly TrendPeriod[]): number => (periods.length > 0 && !periods[periods.length - 1]!.whole ? periods.length - 1 : -1);

interface Ending {
    [name: string]: unknown;
    data: (number | null)[];
    endLabel: { [name: string]: unknown; offset?: [number, number] };
}

/* Two lines that end at about the same height: the name of the higher one goes up a little, that of the other down. */
function partEnds(lines: Ending[]): void {
    const [first, second] = lines;
    if (!first || !second) return;
    const lastOf = (line: Ending): number => line.data.reduce<number>((last, value) => value ?? last, 0);
    const top = Math.max(1, ...lines.flatMap((line) => line.data.map((value) => value ?? 0)));
    const apart = lastOf(first) - lastOf(second);
    if (Math.abs(apart) * 12 >= top) return;
    first.endLabel.offset = [0, apart >= 0 ? -7 : 7];
    second.endLabel.offset = [0, apart >= 0 ? 7 : -7];
}

/* Counts: this year solid, the same days of last year dashed, both named at their end. A period without a value is a
 * hole in the line. */
export function countsOption(series: Series, periods: readonly TrendPeriod[], by: By, theme: Theme, names: Names): EChartsCoreOption {
    const labels = periods.map((period, i) => periodLabel(period, by, names) + (i !== unfinished(periods) ? '' : `\n${names.unfinished}`));
    const numbers = (values: readonly string[]): (number | null)[] => periods.map((_, i) => (values[i] === undefined ? null : Number(values[i])));
    const line = (name: string, values: (number | null)[], color: string, type: 'solid' | 'dashed'): Ending => ({
        type: 'line', name, data: values, connectNulls: false, symbol: 'circle', symbolSize: periods.length > 40 ? 0 : 5, showSymbol: true,
        lineStyle: { color, width: 2, type }, itemStyle: { color, decal: none }, emphasis: { disabled: true },
        endLabel: { show: true, formatter: name, color, fontSize: 11, distance: 6 },
    });
    const drawn = [line(names.thisYear, numbers(series.counts), theme.thisYear, 'solid')];
    if (series.previous.length > 0) drawn.push(line(names.lastYear, numbers(series.previous), theme.lastYear, 'dashed'));
    partEnds(drawn);
    const open = unfinished(periods);
    if (open > 0)
        /* The way to a period that is not over is shaded: it is no fall. */
        Object.assign(drawn[0]!, {
            markArea: { silent: true, itemStyle: { color: theme.rule, opacity: 0.45, decal: none }, data: [[{ xAxis: open - 1 }, { xAxis: open }]] },
        });
    const right = Math.max(endRoom(names.thisYear), endRoom(names.lastYear));
    return { ...base(theme, labels, right), yAxis: valueAxis(theme, 0), series: drawn };
}

/* Statuses: three parts of a bar for each period that was due; what is not due yet is a dotted line, no drop to zero. */
export function statusOption(series: Series, periods: readonly TrendPeriod[], by: By, theme: Theme, names: Names): EChartsCoreOption {
    const labels = periods.map((period) => periodLabel(period, by, names));
    const floor = axisFloor(series.statuses, periods);
    const values = (part: (count: ZeroCount) => number) =>
        periods.map((period, i) => (period.due && series.statuses[i] ? part(series.statuses[i]) : null));
    const bar = (name: string, data: (number | null)[], itemStyle: object) => ({
        type: 'bar', name, stack: 'units', data, clip: false, barMaxWidth: 36, barMinWidth: 3, barMinHeight: name === names.zero ? 0 : 4, emphasis: { disabled: true },
        itemStyle: { borderColor: theme.card, borderWidth: 1, ...itemStyle },
    });
    const zero = bar(names.zero, values((count) => count.zeroUnits), { color: theme.zero, decal: none });
    const top = Math.max(1, ...series.statuses.map((count) => count.total));
    if (floor > 0)
        /* A break through the bars where the axis does not begin at nothing. */
        Object.assign(zero, {
            markLine: {
                silent: true, symbol: 'none', label: { show: false }, animation: false, lineStyle: { color: theme.card, width: 3, type: 'solid' },
                data: [{ yAxis: floor + (top - floor) * 0.06 }],
            },
        });
    const hatch = { color: theme.hatch, symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [1.6, 4.4], rotation: -Math.PI / 4 };
    return {
        ...base(theme, labels, 8),
        yAxis: { ...valueAxis(theme, floor), max: top },
        series: [
            zero,
            bar(names.unverified, values((count) => count.unverified), { color: theme.hatchTint, borderColor: theme.hatch, decal: hatch }),
            bar(names.broken, values((count) => count.broken), { color: theme.broken, decal: none }),
            {
                type: 'line', name: names.notDue, data: periods.map((period) => (period.due ? null : floor)), lineStyle: { opacity: 0 }, connectNulls: false, silent: true,
                symbol: 'path://M0 0H2V2H0ZM5 0H7V2H5ZM10 0H12V2H10ZM15 0H17V2H15Z', symbolSize: [20, 2], symbolOffset: [0, -5], itemStyle: { color: theme.quiet, decal: none },
            },
        ],
    };
}
