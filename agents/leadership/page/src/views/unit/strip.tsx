/* 逐日状态: three rows of days, drawn with what is known of each, and the same as a table. */
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { DaysAnswer, Span } from '../../api/days';
import type { MomentShown, ZeroKind } from '../../api/types';
import { Card } from '../../components/card';
import { EventDoor } from '../../components/door';
import { zeroWord } from '../../components/mark';
import { Table } from '../../components/table';
import { dayNumber, dayRange, dayText, daysIn, monthsWithin } from '../../days';
import { word, words } from '../../words';
import { type Axis, axisOf, type Piece, piecesOf, rowsOf, spansAt, type StripRow } from './strip-geometry';

const ROW = 34; /* pixels from row to row */
const BAND = 16;
const TOP = 24; /* the months */
const HATCH = 'strip-hatch';

export interface StripProps {
    days: DaysAnswer;
    now: DaysAnswer | null;
    moment: MomentShown;
}

export function DayStrip({ days, now, moment }: StripProps) {
    const w = words.value;
    const table = useSignal(false);
    const year = days.toDay.slice(0, 4);
    const rows = rowsOf(days, now);
    const hint = moment.past ? `${days.fromDay}–${dayRange(days.toDay, '', year)} · ${w.knownThen}` : `${year} · ${w.dayHint}`;
    const aside = (
        <button type="button" class="plain" aria-expanded={table.value} onClick={() => (table.value = !table.value)}>{w.dataTable}</button>
    );
    return (
        <Card title={w.dayByDay} hint={hint} aside={aside} class="card-strip">
            <Drawing days={days} rows={rows} moment={moment} />
            <StripLegend rows={rows} />
            {table.value && <SpanTable rows={rows} year={year} />}
        </Card>
    );
}

function useWidth(box: { current: HTMLElement | SVGElement | null }): number {
    const width = useSignal(0);
    useLayoutEffect(() => {
        const node = box.current;
        if (!node) return undefined;
        const measure = (): void => {
            width.value = Math.floor(node.getBoundingClientRect().width);
        };
        measure();
        const watcher = new ResizeObserver(measure);
        watcher.observe(node);
        return () => watcher.disconnect();
    }, []);
    return width.value;
}

function Drawing({ days, rows, moment }: { days: DaysAnswer; rows: StripRow[]; moment: MomentShown }) {
    const w = words.value;
    const box = useRef<SVGSVGElement>(null);
    const width = useWidth(box);
    const day = useSignal('');
    const axis = axisOf(days, moment.today, moment.past);
    const height = TOP + rows.length * ROW;
    const end = share(axis, dayNumber(days.toDay) + 1);
    const year = days.toDay.slice(0, 4);
    const onKeyDown = (event: KeyboardEvent): void => {
        const to = nextDay(event, day.value || days.toDay, days);
        if (to === null) return;
        event.preventDefault();
        day.value = to;
    };
    return (
        <div class="strip">
            <div class="strip-names" aria-hidden="true">
                {rows.map((row, i) => <span key={i} class={row.now ? 'strip-now' : ''}>{rowName(row)}</span>)}
            </div>
            <svg ref={box} role="img" aria-label={sentenceOf(rows, year)} tabIndex={0} width="100%" height={height} onKeyDown={onKeyDown}
                onBlur={() => (day.value = '')}>
                <pattern id={HATCH} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="hatch-tint" width="6" height="6" />
                    <rect class="hatch-line" width="1.6" height="6" />
                </pattern>
                <Months axis={axis} height={height} width={width} />
                {end < 1 && <rect class="strip-after" x={percent(end)} y={TOP - 6} width={percent(1 - end)} height={height - TOP + 6} />}
                {rows.map((row, i) => <Band key={i} pieces={piecesOf(row.spans, axis, width)} top={TOP + i * ROW} />)}
                <line class="strip-day" x1={percent(end)} x2={percent(end)} y1={TOP - 10} y2={height} />
                {day.value !== '' && <line class="strip-pointer" x1={percent(share(axis, dayNumber(day.value)))} x2={percent(share(axis, dayNumber(day.value)))} y1={TOP - 10} y2={height} />}
            </svg>
            <p class="strip-reading" aria-live="polite">
                {day.value !== '' ? reading(rows, day.value) : end < 1 ? w.notShownAfter(dayRange(days.toDay, '', year)) : ''}
            </p>
        </div>
    );
}

const percent = (part: number): string => `${(part * 100).toFixed(4)}%`;
const share = (axis: Axis, day: number): number => Math.min(1, (day - axis.first) / (axis.last - axis.first + 1));
const rowName = (row: StripRow): string => (row.now ? `${zeroWord(row.zero)} ${words.value.knownNow}` : zeroWord(row.zero));

function nextDay(event: KeyboardEvent, day: string, days: DaysAnswer): string | null {
    const at = dayNumber(day);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, PageUp: at - 30, PageDown: at + 30, Home: dayNumber(days.fromDay), End: dayNumber(days.toDay) }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return null;
    return dayText(Math.min(dayNumber(days.toDay), Math.max(dayNumber(days.fromDay), to)));
}

function Months({ axis, height, width }: { axis: Axis; height: number; width: number }) {
    const months = monthsWithin(axis.first, axis.last);
    const room = width > 0 ? width / Math.max(1, months.length) : 60;
    const every = Math.max(1, Math.ceil(30 / room));
    return (
        <g class="strip-months" aria-hidden="true">
            {months.map(({ day, month }, i) => (
                <g key={day}>
                    <line x1={percent(share(axis, day))} x2={percent(share(axis, day))} y1={TOP - 8} y2={height} />
                    {i % every === 0 && <text x={percent(share(axis, day))} dx="3" y="12">{words.value.monthShort(month)}</text>}
                </g>
            ))}
        </g>
    );
}

/* One row: what lies side by side first, then what lies over it. */
function Band({ pieces, top }: { pieces: Piece[]; top: number }) {
    return (
        <g>
            {pieces.map((piece, i) => <Shape key={i} piece={piece} top={top} />)}
        </g>
    );
}

function Shape({ piece: { span, left, width }, top }: { piece: Piece; top: number }) {
    const place = { x: percent(left), width: percent(width), 'data-kind': span.kind };
    switch (span.kind) {
        case 'COVERED':
            return <rect class="fill-zero" {...place} y={top} height={BAND} />;
        case 'GAP':
            return <rect class="fill-unverified" {...place} y={top} height={BAND} fill={`url(#${HATCH})`} />;
        case 'NOT_DUE':
            return <line class="strip-not-due" x1={percent(left)} x2={percent(left + width)} y1={top + BAND / 2} y2={top + BAND / 2} data-kind={span.kind} />;
        case 'CLAIMED':
            return <rect class="strip-claimed" {...place} y={top + 1} height={BAND - 2} />;
        case 'BREAK':
            return <rect class="fill-broken strip-break" {...place} y={top - 4} height={BAND + 8} />;
        case 'CONTRADICTED':
            return <rect class="fill-broken" {...place} y={top + BAND + 2} height={3} />;
        case 'NOT_ENROLLED':
            return null;
    }
}

/* The pieces of the legend are those of the strip; only what is there is explained. */
function StripLegend({ rows }: { rows: StripRow[] }) {
    const w = words.value;
    const kinds: Span['kind'][] = ['COVERED', 'GAP', 'BREAK', 'CONTRADICTED', 'NOT_DUE', 'CLAIMED'];
    const there = new Set(rows.flatMap((row) => row.spans.map((span) => span.kind)));
    return (
        <ul class="legend strip-legend">
            {kinds.filter((kind) => kind === 'COVERED' || kind === 'GAP' || kind === 'NOT_DUE' || there.has(kind)).map((kind) => (
                <li key={kind}>
                    <svg width="16" height="18" aria-hidden="true">
                        {kind === 'CONTRADICTED' ? (
                            <g><rect class="fill-zero" y="0" width="16" height="11" /><rect class="fill-broken" y="13" width="16" height="3" /></g>
                        ) : (
                            <Shape piece={{ span: { kind, fromDay: '', toDay: '', positions: [], office: 'UNSPECIFIED' }, left: kind === 'BREAK' ? 0.35 : 0.02, width: kind === 'BREAK' ? 0.3 : 0.96 }} top={1} />
                        )}
                    </svg>{' '}
                    {word(w.strips, kind)}
                </li>
            ))}
        </ul>
    );
}

const partOf = (span: Span, year: string): string => {
    const w = words.value;
    const office = span.kind === 'GAP' && span.office !== 'UNSPECIFIED' ? ` ${word(w.offices, span.office)}` : '';
    return w.stripPart(word(w.strips, span.kind), dayRange(span.fromDay, span.toDay, year)) + office;
};

/* The whole strip as one text: for who does not see it. */
function sentenceOf(rows: StripRow[], year: string): string {
    const w = words.value;
    return rows.map((row) => w.stripSentence(rowName(row), row.spans.map((span) => partOf(span, year)).join(w.listComma))).join(w.stop);
}

function reading(rows: StripRow[], day: string) {
    const w = words.value;
    const say = (row: StripRow): string => spansAt(row.spans, day).map((span) => word(w.strips, span.kind) + (span.kind === 'GAP' ? ` ${word(w.offices, span.office)}` : '')).join(w.listComma);
    return <><b>{day}</b> {rows.map((row) => `${rowName(row)}${w.colon}${say(row)}`).join(' · ')}</>;
}

interface SpanRow {
    zero: ZeroKind;
    now: boolean;
    span: Span;
}

function SpanTable({ rows, year }: { rows: StripRow[]; year: string }) {
    const w = words.value;
    const all: SpanRow[] = rows.flatMap(({ zero, now, spans }) => spans.map((span) => ({ zero, now, span })));
    return (
        <Table<SpanRow> caption={w.dayByDay} class="stack" rows={all} rowKey={(row) => `${row.zero}${row.now}${row.span.kind}${row.span.fromDay}`}
            columns={[
                { name: 'zero', head: w.state, cell: (row) => rowName({ ...row, spans: [] }) },
                { name: 'days', head: w.period, cell: ({ span }) => dayRange(span.fromDay, span.toDay, year) },
                { name: 'count', head: w.daysHead, numeric: true, cell: ({ span }) => daysIn(span.fromDay, span.toDay) },
                { name: 'kind', head: w.kindHead, cell: ({ span }) => word(w.strips, span.kind) + (span.kind === 'GAP' ? ` · ${word(w.offices, span.office)}` : '') },
                { name: 'records', head: w.record, cell: ({ span }) => span.positions.map((position) => <span key={position}><EventDoor position={position} /> </span>) },
            ]} />
    );
}
