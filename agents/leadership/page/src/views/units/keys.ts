/* Where the keys of the tree lead: pure, so that every key is tested without a browser. */
import type { Columns } from './columns';
import type { Rows } from './select';

export type Step = { row: number } | { toggle: number } | { open: number } | null;

export interface Place {
    row: number; /* index in the rows */
    page: number; /* rows on a screen */
}

/* What a key does while a row has the focus; null: nothing of ours. */
export function treeStep(key: string, at: Place, rows: Rows, c: Columns): Step {
    const last = rows.units.length - 1;
    const { row, page } = at;
    switch (key) {
        case 'ArrowDown':
            return { row: Math.min(last, row + 1) };
        case 'ArrowUp':
            return { row: Math.max(0, row - 1) };
        case 'Home':
            return { row: 0 };
        case 'End':
            return { row: last };
        case 'PageDown':
            return { row: Math.min(last, row + page) };
        case 'PageUp':
            return { row: Math.max(0, row - page) };
        case 'ArrowRight':
            if (rows.open[row] === 1) return { toggle: row };
            return rows.open[row] === 2 && row < last ? { row: row + 1 } : { row };
        case 'ArrowLeft':
            return rows.open[row] === 2 ? { toggle: row } : { row: parentRow(row, rows, c) };
        case 'Enter':
            return { open: row };
        default:
            return null;
    }
}

function parentRow(row: number, rows: Rows, c: Columns): number {
    const parent = c.parent[rows.units[row]!]!;
    for (let at = row - 1; at >= 0; at--) if (rows.units[at] === parent) return at;
    return row;
}

/* The next row from `row` whose name or code begins with what was typed, around the end; -1: none. */
export function findRow(typed: string, row: number, count: number, texts: (row: number) => readonly string[]): number {
    const wanted = typed.toLowerCase();
    for (let step = typed.length > 1 ? 0 : 1; step <= count; step++) {
        const at = (row + step) % count;
        if (texts(at).some((text) => text.toLowerCase().startsWith(wanted))) return at;
    }
    return -1;
}
