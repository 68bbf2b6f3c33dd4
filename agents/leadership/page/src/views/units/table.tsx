/* The tree as a table of virtual rows: fixed height, at most sixty in the document, the whole tree behind it. */
import { signal, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { href, open } from '../../address';
import { Mark, stateWord, zeroWord } from '../../components/mark';
import { integer, monthDay } from '../../components/number';
import { dayText } from '../../days';
import { holdUpdates } from '../../live';
import { words } from '../../words';
import { codeOf, type Columns, isCounted, nameOf, sumOf, type View, VIEWS } from './columns';
import { findRow, treeStep } from './keys';
import type { Rows } from './select';
import { SMALL_BAR, SmallBar, SmallHatch } from './small-bar';
import { windowOf } from './window';
import { gapWords, kindWord, stateAt, zeroAt } from './words';

/* 32 px at the desk, 46 on a phone, where a row is a target for a finger; more where the reader's letters are larger. */
const ROW_REM = 32 / 14;
const ROW_TOUCH_REM = 46 / 15;
const HATCH = 'tree-hatch';
const phone = matchMedia('(width <= 48rem)');
const heightNow = (): number => Math.round(
    parseFloat(getComputedStyle(document.documentElement).fontSize) * (phone.matches ? ROW_TOUCH_REM : ROW_REM));
const rowHeight = signal(heightNow());
phone.addEventListener('change', () => {
    rowHeight.value = heightNow();
});
const ZEROS: readonly View[] = [1, 2, 3];
const TYPE_AHEAD_MS = 700;

export interface TreeTableProps {
    columns: Columns;
    rows: Rows;
    year: string;
    toggle: (unit: number) => void;
}

export function TreeTable({ columns, rows, year, toggle }: TreeTableProps) {
    const w = words.value;
    const body = useRef<HTMLDivElement>(null);
    const shown = useSignal({ first: 0, count: 40 });
    const current = useSignal<number>(rows.units[0] ?? 0); /* the unit whose row has the tab stop */
    const cell = useSignal(-1); /* -1: the row itself; else its cell, after Ctrl+→ */
    const wanted = useRef(false); /* the focus goes to the current row with the next drawing */
    const height = rowHeight.value;
    const count = rows.units.length;
    const rowOf = (unit: number): number => rows.units.indexOf(unit);
    const currentRow = Math.max(0, rowOf(current.value));

    useScroll(body, shown, height, count);
    useBusy(body);
    useLayoutEffect(() => {
        if (!wanted.current) return;
        wanted.current = false;
        focusRow(body.current, rows.units[currentRow]!, cell.value);
    });

    const goTo = (row: number): void => {
        current.value = rows.units[row]!;
        wanted.current = true;
        reveal(body.current, row, height);
    };
    const typed = useRef({ text: '', at: 0 });
    const search = (event: KeyboardEvent): boolean => {
        const now = event.timeStamp;
        const going = now - typed.current.at < TYPE_AHEAD_MS;
        const text = (going ? typed.current.text : '') + event.key;
        const row = findRow(text, currentRow, count, (at) => [nameOf(columns, rows.units[at]!), codeOf(columns, rows.units[at]!)]);
        if (row < 0) return going;
        typed.current = { text, at: now };
        goTo(row);
        return true;
    };
    const onKeyDown = (event: KeyboardEvent): void => {
        if (event.altKey || event.metaKey) return;
        if (event.ctrlKey) {
            const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
            if (step === 0) return;
            event.preventDefault();
            cell.value = Math.max(-1, Math.min(7, cell.value + step));
            focusRow(body.current, rows.units[currentRow]!, cell.value);
            return;
        }
        if (event.key.length === 1 && event.key !== ' ' && event.key !== '/' && event.key !== '?') {
            if (search(event)) {
                event.preventDefault();
                event.stopPropagation();
            }
            return;
        }
        const screen = Math.max(1, Math.floor(innerHeight / height) - 6);
        const step = treeStep(event.key, { row: currentRow, page: screen }, rows, columns);
        if (step === null) return;
        event.preventDefault();
        cell.value = -1;
        if ('row' in step) return goTo(step.row);
        if ('open' in step) return open(href({ path: `/units/${codeOf(columns, rows.units[step.open]!)}` }));
        wanted.current = true;
        toggle(rows.units[step.toggle]!);
    };

    const printing = usePrinting();
    const { first, count: visible } = shown.value;
    const drawn = Array.from({ length: Math.min(visible, Math.max(0, count - first)) }, (_, i) => first + i);
    /* The focused row stays in the document when it is scrolled away. */
    if (count > 0 && (currentRow < first || currentRow >= first + visible)) drawn.push(currentRow);
    const slots = useSlots(drawn, rows);
    return (
        <div class="tree" role="treegrid" aria-label={w.treeLabel} aria-rowcount={count + 1} aria-colcount={8} aria-describedby="tree-keys"
            onKeyDown={onKeyDown}>
            <p class="unseen" id="tree-keys">{w.treeKeys}</p>
            <SmallHatch id={HATCH} />
            <Head />
            <div class="tree-body" role="rowgroup" ref={body} style={{ height: `${count * height}px` }}>
                {(printing ? rowsOnPaper(count) : slots).map((row, slot) => row >= 0 && (
                    <Row key={printing ? `paper${row}` : slot} columns={columns} rows={rows} row={row} year={year} height={height} current={row === currentRow}
                        take={() => (current.value = rows.units[row]!)} toggle={toggle} />
                ))}
            </div>
        </div>
    );
}

/* Rows that scroll in take the elements of rows that scrolled out: nothing is built while scrolling, texts change. A row
 * that stays keeps its element, and with it the focus. The row of each slot; -1: none. Their order in the document is
 * not that on the screen, which aria-rowindex tells. */
function useSlots(drawn: readonly number[], rows: Rows): number[] {
    const slots = useRef<number[]>([]); /* the unit of each slot; -1: free */
    const rowOf = new Map(drawn.map((row) => [rows.units[row]!, row]));
    const kept = slots.current.map((unit) => (rowOf.has(unit) ? unit : -1));
    const there = new Set(kept);
    let free = 0;
    for (const unit of rowOf.keys()) {
        if (there.has(unit)) continue;
        while (free < kept.length && kept[free] !== -1) free++;
        kept[free] = unit;
    }
    slots.current = kept;
    return kept.map((unit) => rowOf.get(unit) ?? -1);
}

const MOST_ON_PAPER = 5000; /* about a hundred sheets; the rest is for the spreadsheet */
const rowsOnPaper = (count: number): number[] => Array.from({ length: Math.min(count, MOST_ON_PAPER) }, (_, row) => row);

/* True while the page is being printed: paper does not scroll, so all rows are there. */
function usePrinting(): boolean {
    const printing = useSignal(false);
    useEffect(() => {
        const begin = (): void => {
            printing.value = true;
        };
        const end = (): void => {
            printing.value = false;
        };
        addEventListener('beforeprint', begin);
        addEventListener('afterprint', end);
        return () => {
            removeEventListener('beforeprint', begin);
            removeEventListener('afterprint', end);
        };
    }, []);
    return printing.value;
}

/* Keeps `shown` at the rows in view, once a frame. */
function useScroll(body: { current: HTMLDivElement | null }, shown: { value: { first: number; count: number } }, height: number, count: number): void {
    useLayoutEffect(() => {
        let frame = 0;
        const measure = (): void => {
            frame = 0;
            if (!body.current) return;
            const next = windowOf(-body.current.getBoundingClientRect().top, innerHeight, height, count);
            if (next.first !== shown.value.first || next.count !== shown.value.count) shown.value = next;
        };
        const soon = (): void => {
            frame ||= requestAnimationFrame(measure);
        };
        measure();
        addEventListener('scroll', soon, { passive: true });
        addEventListener('resize', soon);
        return () => {
            cancelAnimationFrame(frame);
            removeEventListener('scroll', soon);
            removeEventListener('resize', soon);
        };
    }, [height, count]);
}

/* While the tree is scrolled into or a row of it has the focus, its order does not change under the reader. */
function useBusy(body: { current: HTMLDivElement | null }): void {
    useEffect(() => {
        let release: (() => void) | null = null;
        const look = (): void => {
            const node = body.current;
            const busy = node !== null && (node.getBoundingClientRect().top < 0 || node.contains(document.activeElement));
            if (busy && release === null) release = holdUpdates();
            if (!busy && release !== null) {
                release();
                release = null;
            }
        };
        addEventListener('scroll', look, { passive: true });
        document.addEventListener('focusin', look);
        document.addEventListener('focusout', look);
        return () => {
            removeEventListener('scroll', look);
            document.removeEventListener('focusin', look);
            document.removeEventListener('focusout', look);
            release?.();
        };
    }, []);
}

/* Scrolls as little as makes the row visible below what is sticky at the top. */
function reveal(body: HTMLElement | null, row: number, height: number): void {
    if (!body) return;
    const top = body.getBoundingClientRect().top + row * height;
    const above = 150;
    const below = 90;
    if (top < above) scrollBy(0, top - above);
    else if (top + height > innerHeight - below) scrollBy(0, top + height - innerHeight + below);
}

function focusRow(body: HTMLElement | null, unit: number, cell: number): void {
    const row = body?.querySelector<HTMLElement>(`[data-unit="${unit}"]`);
    const target = cell < 0 ? row : row?.querySelectorAll<HTMLElement>('[role=rowheader],[role=gridcell]')[cell];
    target?.focus({ preventScroll: true });
}

function Head() {
    const w = words.value;
    const names = [w.treeColumns['unit'], w.treeColumns['code'], w.treeColumns['kind'], w.zeroPetition, w.zeroAccident, w.zeroCase,
        w.treeColumns['until'], w.treeColumns['gap']];
    return (
        <div role="rowgroup" class="tree-head">
            <div role="row" aria-rowindex={1}>
                {names.map((name, i) => <span key={i} role="columnheader" class={`tree-cell tree-${CELLS[i]}`}>{name}</span>)}
            </div>
        </div>
    );
}

const CELLS = ['name', 'code', 'kind', 'zero', 'zero', 'zero', 'until', 'gap'] as const;

interface RowProps {
    columns: Columns;
    rows: Rows;
    row: number;
    year: string;
    height: number;
    current: boolean;
    take: () => void;
    toggle: (unit: number) => void;
}

function Row({ columns: c, rows, row, year, height, current, take, toggle }: RowProps) {
    const w = words.value;
    const unit = rows.units[row]!;
    const opened = rows.open[row]!;
    const counted = isCounted(c, unit);
    const code = codeOf(c, unit);
    const until = c.verifiedUntil[unit]!;
    const total = sumOf(c, unit, 0).total;
    const level = c.level[unit]! + 1;
    return (
        <div role="row" data-unit={unit} class="tree-row" style={{ top: `${row * height}px`, height: `${height}px` }} tabIndex={current ? 0 : -1}
            aria-rowindex={row + 2} aria-level={level} aria-posinset={rows.place[row]} aria-setsize={rows.siblings[row]}
            aria-expanded={opened === 0 ? undefined : opened === 2} onFocus={take}>
            <span role="rowheader" class="tree-cell tree-name" tabIndex={-1} data-level={Math.min(level, 7)}>
                <button type="button" class="twisty" tabIndex={-1} aria-hidden="true" disabled={opened === 0} data-open={opened}
                    onClick={() => toggle(unit)}>{opened === 0 ? '' : opened === 2 ? '▾' : '▸'}</button>
                <a class="door" tabIndex={-1} href={href({ path: `/units/${code}` })}>{nameOf(c, unit)}</a>
                {c.silent[unit] !== 0 && <span class="tag tag-soft">{w.silentTag}</span>}
            </span>
            <span role="gridcell" class="tree-cell tree-code" tabIndex={-1}>{code}</span>
            <span role="gridcell" class="tree-cell tree-kind" tabIndex={-1}>{kindWord(c, unit)}{!counted && total > 0 ? ` · ${integer(total)}` : ''}</span>
            {ZEROS.map((view) => (counted ? own(c, unit, view) : below(c, unit, view)))}
            <span role="gridcell" class="tree-cell tree-until" tabIndex={-1}>{until > 0 ? monthDay(dayText(until), year) : w.noDays}</span>
            <span role="gridcell" class="tree-cell tree-gap" tabIndex={-1}>{gapCell(c, unit, counted, year)}</span>
        </div>
    );
}

function gapCell(c: Columns, unit: number, counted: boolean, year: string) {
    const w = words.value;
    const own = counted ? gapWords(c, unit, year) : '';
    if (own !== '') return own;
    if (!counted && c.gaps[unit]! > 0) return w.gapPlaces(integer(c.gaps[unit]!));
    return <span class="quiet">{w.gapNone}</span>;
}

/* Cells are plain functions: sixty rows of components of their own would cost more than their content.
 * A unit's own zero: mark and verified days; the word is for who does not see the mark. */
function own(c: Columns, unit: number, view: View) {
    const w = words.value;
    const state = stateAt(c, unit, view);
    const days = c.streak[unit * 3 + view - 1]!;
    return (
        <span key={`own${view}`} role="gridcell" class="tree-cell tree-zero" tabIndex={-1} aria-label={w.stateOf(zeroWord(zeroAt(view)), stateWord(state), integer(days))}>
            {Mark({ state })} <span class="tree-days">{days > 0 ? w.daysShort(integer(days)) : w.noDays}</span>
        </span>
    );
}

/* Opens the units behind a part of a sum; no tab stop of its own, the keys go through the rows and cells. */
function sumDoor(c: Columns, unit: number, view: View, part: 'unverified' | 'broken', count: number) {
    if (count === 0) return null;
    return (
        <a class="door" tabIndex={-1} href={href({ keys: { why: `zeros.${VIEWS[view]}.${part}`, whose: codeOf(c, unit) } })}>
            {Mark({ state: part === 'broken' ? 'BROKEN' : 'UNVERIFIED', size: 11 })} {integer(count)}
        </a>
    );
}

/* The sum of what lives below a node. */
function below(c: Columns, unit: number, view: View) {
    const sum = sumOf(c, unit, view);
    const label = words.value.sumOf(zeroWord(zeroAt(view)), integer(sum.zero), integer(sum.unverified), integer(sum.broken));
    if (sum.total === 0) return <span key={`none${view}`} role="gridcell" class="tree-cell tree-zero quiet" tabIndex={-1}>–</span>;
    return (
        <span key={`sum${view}`} role="gridcell" class="tree-cell tree-zero tree-sum" tabIndex={-1} aria-label={label}>
            {SmallBar({ ...sum, hatch: HATCH, width: phone.matches ? 58 : SMALL_BAR })}
            <span class="tree-counts">
                {sumDoor(c, unit, view, 'unverified', sum.unverified)}
                {sumDoor(c, unit, view, 'broken', sum.broken)}
            </span>
        </span>
    );
}
