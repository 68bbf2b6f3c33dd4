/* A figure over time: the chart, what the pointer stands on, and the same numbers as a table. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { TrendPeriod, ZeroCount } from '../../api/types';
import { Card } from '../../components/card';
import { lazy } from '../../components/lazy';
import { integer, percent } from '../../components/number';
import { Table } from '../../components/table';
import { dayRange } from '../../days';
import { words } from '../../words';
import { Exports } from '../shared/exports';
import { axisFloor, type By, countsOption, type Names, periodLabel, type Series, statusOption, unfinished } from './option';
import { sentenceOf } from './sentence';
import { useTheme } from './theme';
import { figureName } from './figures';

const Chart = lazy(() => import('./chart').then((module) => module.Chart));

interface TrendCardProps {
    series: Series;
    periods: readonly TrendPeriod[];
    by: By;
    params: Record<string, string | undefined>;
}

function namesOf(): Names {
    const w = words.value;
    return { thisYear: w.thisYear, lastYear: w.lastYear, zero: w.zero, unverified: w.unverified, broken: w.broken, notDue: w.notDue, unfinished: w.unfinished, month: w.monthShort };
}

export function TrendCard({ series, periods, by, params }: TrendCardProps) {
    const w = words.value;
    const table = useSignal(false);
    const at = useSignal(-1);
    const theme = useTheme();
    const isStatus = series.statuses.length > 0;
    const names = namesOf();
    const option = useMemo(() => (isStatus ? statusOption : countsOption)(series, periods, by, theme, names), [series, periods, by, theme, w]);
    const labels = periods.map((period) => periodLabel(period, by, names));
    const floor = isStatus ? axisFloor(series.statuses, periods) : 0;
    const name = figureName(series.figure, w);
    const aside = (
        <>
            <button type="button" class="plain" aria-expanded={table.value} onClick={() => (table.value = !table.value)}>{w.dataTable}</button>{' '}
            <Exports name="trends" params={{ ...params, of: series.figure }} copy={table.value} />
        </>
    );
    return (
        <Card title={name} hint={floor > 0 ? w.axisTruncated(integer(floor)) : undefined} aside={aside} class="card-trend">
            <NearView height={15}>
                <Chart option={option} points={periods.length} label={sentenceOf(series, periods, name, labels, w)} at={at.value} point={(to) => (at.value = to)} />
            </NearView>
            <p class="chart-reading" aria-live="polite">{at.value >= 0 ? <Reading series={series} period={periods[at.value]!} label={labels[at.value]!} at={at.value} /> : isStatus ? w.chartLegend : w.chartCountsLegend}</p>
            {table.value && (isStatus ? <StatusTable series={series} periods={periods} name={name} /> : <CountTable series={series} periods={periods} name={name} />)}
        </Card>
    );
}

/* What is drawn only when it comes near the view: charts are heavy. */
function NearView({ height, children }: { height: number; children: preact.ComponentChildren }) {
    const box = useRef<HTMLDivElement>(null);
    const near = useSignal(false);
    useEffect(() => {
        const watcher = new IntersectionObserver((seen) => {
            if (seen.some((entry) => entry.isIntersecting)) {
                near.value = true;
                watcher.disconnect();
            }
        }, { rootMargin: '300px' });
        watcher.observe(box.current!);
        return () => watcher.disconnect();
    }, []);
    return <div ref={box} style={{ minHeight: `${height}rem` }}>{near.value && children}</div>;
}

function Reading({ series, period, label, at }: { series: Series; period: TrendPeriod; label: string; at: number }) {
    const w = words.value;
    const status = series.statuses[at];
    if (status) return <><b>{label}</b> {period.due ? statusWords(status) : w.notDue}</>;
    return (
        <>
            <b>{label}</b> {w.thisYear} <b>{integer(series.counts[at] ?? '0')}</b>
            {series.previous[at] !== undefined && <> · {w.samePeriod} {integer(series.previous[at])}</>}
            {!period.whole && <span class="quiet"> · {w.unfinishedTo(period.toDay)}</span>}
        </>
    );
}

function statusWords(count: ZeroCount): string {
    const w = words.value;
    const range = count.lower && count.upper ? `${percent(count.lower.text || '0')}–${percent(count.upper.text || '0')} ${w.coverage} ${percent(count.coverage?.text || '0')} · ` : '';
    return range + w.barLabel(integer(count.zeroUnits), integer(count.unverified), integer(count.broken), integer(count.total));
}

interface TableProps {
    series: Series;
    periods: readonly TrendPeriod[];
    name: string;
}

const daysOf = (period: TrendPeriod): string => dayRange(period.fromDay, period.toDay, '');

function CountTable({ series, periods, name }: TableProps) {
    const w = words.value;
    const rows = periods.map((period, i) => ({ period, open: i === unfinished(periods), now: series.counts[i] ?? '', before: series.previous[i] ?? '' }));
    return (
        <Table<(typeof rows)[number]> caption={name} rows={rows} rowKey={(row) => row.period.fromDay}
            columns={[
                { name: 'period', head: w.period, cell: (row) => <>{daysOf(row.period)}{row.open && <span class="quiet"> {w.unfinished}</span>}</> },
                { name: 'now', head: w.thisYear, numeric: true, cell: (row) => integer(row.now) },
                { name: 'before', head: w.samePeriod, numeric: true, cell: (row) => (row.before === '' ? w.noDays : integer(row.before)) },
            ]} />
    );
}

function StatusTable({ series, periods, name }: TableProps) {
    const w = words.value;
    const rows = periods.map((period, i) => ({ period, count: series.statuses[i]! }));
    const part = (name: string, head: string, of: (count: ZeroCount) => string) => ({ name, head, numeric: true, cell: (row: (typeof rows)[number]) => (row.period.due ? of(row.count) : w.notDue) });
    return (
        <Table<(typeof rows)[number]> caption={name} class="stack" rows={rows} rowKey={(row) => row.period.fromDay}
            columns={[
                { name: 'period', head: w.period, class: 'stack-head', cell: (row) => daysOf(row.period) },
                part('zero', w.zero, (count) => integer(count.zeroUnits)),
                part('unverified', w.unverified, (count) => integer(count.unverified)),
                part('broken', w.broken, (count) => integer(count.broken)),
                part('total', w.total, (count) => integer(count.total)),
                part('lower', w.lowerBound, (count) => percent(count.lower?.text || '0')),
                part('upper', w.upperBound, (count) => percent(count.upper?.text || '0')),
                part('coverage', w.coverage, (count) => percent(count.coverage?.text || '0')),
            ]} />
    );
}
