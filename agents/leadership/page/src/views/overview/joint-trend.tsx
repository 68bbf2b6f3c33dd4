/* 联合零率，逐月: a bar for each period in the same three parts. A period that is not due is a dotted line, not a drop. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { address } from '../../address';
import type { TrendAnswer, TrendPeriod, ZeroCount } from '../../api/types';
import { Card } from '../../components/card';
import { integer, percent } from '../../components/number';
import { Table } from '../../components/table';
import { words } from '../../words';

interface Column {
    period: TrendPeriod;
    count: ZeroCount;
}

const DESK_HEIGHT = 120;
const WALL_HEIGHT = 84; /* the wall has one screen for everything */
const TOP = 8;
const FOOT = 20;
const LEFT = 34;
const BREAK = 12; /* the foot of a cut axis: bars go on below it, with a gap through them */

/* Where the axis begins, so that every lower bound is seen. 0: it is not cut. */
export function axisFrom(columns: readonly Column[]): number {
    if (columns.length === 0) return 0;
    for (const from of [99, 98, 95, 90, 80])
        if (columns.every(({ count }) => count.zeroUnits * 100 >= count.total * (from + (100 - from) / 5))) return from;
    return 0;
}

export function JointTrend({ trend, day }: { trend: TrendAnswer; day: string }) {
    const w = words.value;
    const [table, setTable] = useState(false);
    const statuses = trend.series[0]?.statuses ?? [];
    const columns = trend.periods.flatMap((period, index) => {
        const count = statuses[index];
        return count ? [{ period, count }] : [];
    });
    const due = columns.filter(({ period }) => period.due);
    const from = axisFrom(due);
    return (
        <Card title={w.jointByMonth} hint={from > 0 ? w.axisFrom(String(from)) : w.axisWhole} class="joint-trend"
            aside={<button type="button" class="plain" aria-expanded={table} onClick={() => setTable(!table)}>{w.dataTable}</button>}>
            {table ? <Data columns={columns} /> : <Chart columns={columns} from={from} day={day} />}
            {!table && <p class="soft">{w.chartLegend}</p>}
        </Card>
    );
}

function Data({ columns }: { columns: readonly Column[] }) {
    const w = words.value;
    return (
        <Table caption={w.jointByMonth} rows={columns} rowKey={({ period }) => period.fromDay}
            columns={[
                { name: 'period', head: w.period, cell: ({ period }) => period.fromDay.slice(0, 7) },
                {
                    name: 'rate', head: w.joint, numeric: true,
                    cell: ({ period, count }) => period.due ? `${percent(count.lower?.text || '0')}–${percent(count.upper?.text || '0')}` : w.notDue,
                },
                { name: 'coverage', head: w.coverage, numeric: true, cell: ({ period, count }) => period.due ? percent(count.coverage?.text || '0') : '–' },
                { name: 'zero', head: w.zero, numeric: true, cell: ({ period, count }) => period.due ? integer(count.zeroUnits) : '–' },
                { name: 'unverified', head: w.unverified, numeric: true, cell: ({ period, count }) => period.due ? integer(count.unverified) : '–' },
                { name: 'broken', head: w.broken, numeric: true, cell: ({ period, count }) => period.due ? integer(count.broken) : '–' },
            ]} />
    );
}

function Chart({ columns, from, day }: { columns: readonly Column[]; from: number; day: string }) {
    const w = words.value;
    const box = useRef<HTMLDivElement>(null);
    const [width, setWidth] = useState(0);
    useLayoutEffect(() => {
        const node = box.current;
        if (!node) return undefined;
        const measure = (): void => setWidth(Math.floor(node.clientWidth));
        measure();
        const watcher = new ResizeObserver(measure);
        watcher.observe(node);
        return () => watcher.disconnect();
    }, []);
    const dueColumns = columns.filter(({ period }) => period.due);
    const first = dueColumns[0];
    const last = dueColumns[dueColumns.length - 1];
    const said = (column: Column | undefined): string => column
        ? `${column.period.fromDay.slice(0, 7)} ${percent(column.count.lower?.text || '0')}–${percent(column.count.upper?.text || '0')}` : '';
    const label = `${w.jointByMonth}${w.colon}${[said(first), said(last)].filter(Boolean).join(' … ')}${w.stop}`;
    const step = columns.length > 0 ? (width - LEFT) / columns.length : 0;
    const wide = Math.max(6, Math.min(26, step * 0.6));
    const height = address.value.wall ? WALL_HEIGHT : DESK_HEIGHT;
    const floor = TOP + height;
    return (
        <div class="chart" ref={box}>
            <svg role="img" aria-label={label} width="100%" height={floor + FOOT} preserveAspectRatio="xMinYMin meet"
                viewBox={width > 0 ? `0 0 ${width} ${floor + FOOT}` : undefined}>
                {width > 0 && (
                    <>
                        <pattern id="trend-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                            <rect class="hatch-tint" width="6" height="6" />
                            <rect class="hatch-line" width="1.6" height="6" />
                        </pattern>
                        <Axis from={from} width={width} height={height} />
                        {columns.map((column, index) => {
                            const x = LEFT + step * index + (step - wide) / 2;
                            return (
                                <g key={column.period.fromDay}>
                                    {column.period.due
                                        ? <Stack count={column.count} from={from} x={x} wide={wide} height={height} />
                                        : <path class="not-due" d={`M${x - 3} ${floor - 1}H${x + wide + 3}`} />}
                                    <text class="axis" x={x + wide / 2} y={floor + 15} text-anchor="middle">
                                        {w.monthShort(Number(column.period.fromDay.slice(5, 7)))}
                                    </text>
                                </g>
                            );
                        })}
                    </>
                )}
            </svg>
            <span class="unseen">{day}</span>
        </div>
    );
}

function Axis({ from, width, height }: { from: number; width: number; height: number }) {
    const usable = from > 0 ? height - BREAK : height;
    const middle = from > 0 ? (100 + from) / 2 : 50;
    return (
        <>
            {[100, middle, from].map((value, index) => {
                const y = TOP + (usable * index) / 2;
                return (
                    <g key={value}>
                        <path class="grid" d={`M${LEFT} ${y + 0.5}H${width}`} />
                        <text class="axis" x="0" y={y + 4}>{value}%</text>
                    </g>
                );
            })}
        </>
    );
}

/* One bar from the foot: zero, unverified hatched, broken on top. Nothing that is there is thinner than 3 px. */
function Stack({ count, from, x, wide, height }: { count: ZeroCount; from: number; x: number; wide: number; height: number }) {
    if (count.total === 0) return null;
    const usable = from > 0 ? height - BREAK : height;
    const shown = (count.total * (100 - from)) / 100;
    const tall = (units: number, least: number): number => (units > 0 ? Math.max(least, (usable * units) / shown) : 0);
    const broken = tall(count.broken, 3);
    const unverified = tall(count.unverified, 5);
    const zero = Math.max(0, usable - broken - unverified);
    const seam = count.zeroUnits > 0 && (broken > 0 || unverified > 0) ? 1 : 0;
    return (
        <>
            {broken > 0 && <rect class="fill-broken" x={x - 1} y={TOP} width={wide + 2} height={broken} />}
            {unverified > 0 && (
                <rect class="fill-unverified" fill="url(#trend-hatch)" x={x + 0.5} y={TOP + broken + (broken > 0 ? 1 : 0)} width={wide - 1}
                    height={Math.max(1, unverified - (broken > 0 ? 1 : 0))} />
            )}
            {zero > 0 && <rect class="fill-zero" x={x} y={TOP + broken + unverified + seam} width={wide} height={Math.max(0, zero - seam)} />}
            {from > 0 && count.zeroUnits > 0 && <rect class="fill-zero" x={x} y={TOP + height - BREAK + 5} width={wide} height={BREAK - 5} />}
        </>
    );
}
