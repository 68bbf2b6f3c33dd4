/* The day strip's geometry: spans of days become pieces of a row, in parts of its width. Kinds 1 to 5 lie side by side;
 * a break and what it contradicts lie over them. A piece is never narrower than what can be seen, whatever the screen. */
import type { DaysAnswer, Span } from '../../api/days';
import type { ZeroKind } from '../../api/types';
import { dayNumber } from '../../days';

/* Pixels that a piece has at least. NOT_DUE and NOT_ENROLLED say nothing that could be overlooked. */
const LEAST: Record<Span['kind'], number> = {
    COVERED: 1,
    GAP: 6,
    NOT_DUE: 0,
    NOT_ENROLLED: 0,
    CLAIMED: 4,
    BREAK: 4,
    CONTRADICTED: 6,
};

export interface Piece {
    span: Span;
    left: number; /* 0–1 of the row's width */
    width: number;
}

export interface Axis {
    first: number; /* day numbers */
    last: number;
}

const at = (axis: Axis, day: number): number => (day - axis.first) / (axis.last - axis.first + 1);

/* `pixels`: the row's width on the screen, from which the least widths follow; 0: not known yet. */
export function piecesOf(spans: readonly Span[], axis: Axis, pixels: number): Piece[] {
    const pieces: Piece[] = [];
    for (const span of spans) {
        const from = Math.max(dayNumber(span.fromDay), axis.first);
        const to = Math.min(dayNumber(span.toDay), axis.last);
        if (from > to) continue;
        const left = at(axis, from);
        const width = at(axis, to + 1) - left;
        const least = pixels > 0 ? LEAST[span.kind] / pixels : 0;
        pieces.push(least > width ? widened(span, left, width, least) : { span, left, width });
    }
    return pieces;
}

/* Grows to both sides around its days, within the row. */
function widened(span: Span, left: number, width: number, least: number): Piece {
    const begin = Math.min(Math.max(0, left - (least - width) / 2), 1 - least);
    return { span, left: begin, width: least };
}

export interface StripRow {
    zero: ZeroKind;
    now: boolean; /* what is known now, where that is otherwise than then */
    spans: Span[];
}

const differs = (a: readonly Span[], b: readonly Span[]): boolean =>
    a.length !== b.length ||
    a.some((span, i) => {
        const other = b[i]!;
        return span.kind !== other.kind || span.fromDay !== other.fromDay || span.toDay !== other.toDay;
    });

/* A row for each zero, and below it what is known now of the same days, where that differs. */
export function rowsOf(then: DaysAnswer, now: DaysAnswer | null): StripRow[] {
    const rows: StripRow[] = [];
    for (const { zero, spans } of then.zeros) {
        rows.push({ zero, now: false, spans });
        const other = now?.zeros.find((known) => known.zero === zero);
        if (other && differs(spans, other.spans)) rows.push({ zero, now: true, spans: other.spans });
    }
    return rows;
}

/* Looking back, the axis goes on to where the year stands now, so that one sees what is not shown. */
export function axisOf(days: DaysAnswer, today: string, past: boolean): Axis {
    const end = `${days.toDay.slice(0, 4)}-12-31`;
    const last = past && today > days.toDay ? (today < end ? today : end) : days.toDay;
    return { first: dayNumber(days.fromDay), last: dayNumber(last) };
}

/* What a row says of a day: the span that holds it, and what lies over it. */
export function spansAt(spans: readonly Span[], day: string): Span[] {
    return spans.filter((span) => span.fromDay <= day && day <= span.toDay);
}
