/* A month of days: one tab stop, arrows by day and week, PgUp and PgDn by month. Days with events that can break a zero
 * carry a dot. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { address } from '../address';
import { get } from '../api/client';
import type { TrendAnswer } from '../api/types';
import { addDays } from '../components/number';
import { words } from '../words';

function addMonths(day: string, count: number): string {
    const at = new Date(`${day.slice(0, 7)}-01T00:00:00Z`);
    at.setUTCMonth(at.getUTCMonth() + count);
    const month = at.toISOString().slice(0, 7);
    const lastDay = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
    return `${month}-${String(Math.min(Number(day.slice(8)), lastDay)).padStart(2, '0')}`;
}

/* Weeks from Monday that show the whole month of `day`. */
function weeksOf(day: string): string[][] {
    const first = `${day.slice(0, 7)}-01`;
    const weekday = (new Date(`${first}T00:00:00Z`).getUTCDay() + 6) % 7;
    const start = addDays(first, -weekday);
    return [0, 1, 2, 3, 4, 5].map((week) => [0, 1, 2, 3, 4, 5, 6].map((offset) => addDays(start, week * 7 + offset)));
}

/* Days of the month on which something was recorded that can break a zero. */
function useMarked(month: string, last: string): ReadonlySet<string> {
    const [marked, setMarked] = useState<ReadonlySet<string>>(new Set());
    useEffect(() => {
        setMarked(new Set());
        const abort = new AbortController();
        const first = `${month}-01`;
        const end = addDays(addMonths(first, 1), -1);
        const params = {
            unit: address.value.unit, of: 'petitions.registered,accidents.reported,cases.filed', by: 'day', from: first,
            to: end < last ? end : last,
        };
        get<TrendAnswer>('trends', params, abort.signal).then((answer) => {
            const days = answer.periods.filter((_, index) => answer.series.some((series) => (series.counts[index] ?? '0') !== '0'));
            setMarked(new Set(days.map((period) => period.fromDay)));
        }, () => undefined);
        return () => abort.abort();
    }, [month, last]);
    return marked;
}

export function Calendar({ day, last, onChoose }: { day: string; last: string; onChoose: (day: string) => void }) {
    const w = words.value;
    const grid = useRef<HTMLTableElement>(null);
    const move = useRef(false); /* the focus follows the day after a key */
    const month = day.slice(0, 7);
    const marked = useMarked(month, last);
    useEffect(() => {
        if (!move.current) return;
        move.current = false;
        grid.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    }, [day]);
    const choose = (next: string): void => onChoose(next > last ? last : next);
    const onKeyDown = (event: KeyboardEvent): void => {
        const steps: Record<string, string> = {
            ArrowLeft: addDays(day, -1), ArrowRight: addDays(day, 1), ArrowUp: addDays(day, -7), ArrowDown: addDays(day, 7),
            PageUp: addMonths(day, -1), PageDown: addMonths(day, 1), Home: `${month}-01`, End: addDays(addMonths(`${month}-01`, 1), -1),
        };
        const next = steps[event.key];
        if (next === undefined) return;
        event.preventDefault();
        move.current = true;
        choose(next);
    };
    return (
        <div class="calendar">
            <div class="calendar-head">
                <button type="button" aria-label={w.previousMonth} onClick={() => choose(addMonths(day, -1))}>‹</button>
                <span aria-live="polite">{w.month(Number(day.slice(0, 4)), Number(day.slice(5, 7)))}</span>
                <button type="button" aria-label={w.nextMonth} disabled={month >= last.slice(0, 7)} onClick={() => choose(addMonths(day, 1))}>›</button>
            </div>
            <table role="grid" ref={grid} aria-label={w.whichDay} onKeyDown={onKeyDown}>
                <thead><tr>{w.weekdays.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
                <tbody>
                    {weeksOf(day).map((week) => (
                        <tr key={week[0]}>
                            {week.map((cell) => (
                                <td key={cell} role="gridcell" aria-selected={cell === day}>
                                    <button type="button" tabIndex={cell === day ? 0 : -1} data-first={cell === day ? '' : undefined} disabled={cell > last} aria-label={cell}
                                        class={`${cell === day ? 'chosen' : ''} ${cell.slice(0, 7) === month ? '' : 'other-month'} ${marked.has(cell) ? 'marked' : ''}`}
                                        onClick={() => choose(cell)}>
                                        {Number(cell.slice(8))}
                                    </button>
                                </td>
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
            <p class="quiet calendar-hint">{w.calendarHint} · <span class="calendar-dot" /> {w.calendarDot}</p>
        </div>
    );
}
