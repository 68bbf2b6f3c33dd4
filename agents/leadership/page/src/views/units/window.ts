// Which rows of a long list of fixed row height are in the document.
export const ROWS_IN_DOCUMENT = 60;

export interface Window {
    first: number;
    count: number;
}

// `above`: pixels of the list that are scrolled out at the top; `height`: visible pixels. Rows are kept ready on both
// sides as far as the limit allows; a screen that shows more than the limit gets what it shows.
export function windowOf(above: number, height: number, rowHeight: number, total: number): Window {
    const visible = Math.ceil(Math.max(0, height) / rowHeight) + 1;
    const top = Math.floor(Math.max(0, above) / rowHeight);
    const spare = Math.max(0, Math.floor((ROWS_IN_DOCUMENT - 1 - visible) / 2));
    const first = Math.max(0, Math.min(top - spare, total - 1));
    const last = Math.min(total, top + visible + spare);
    return { first, count: Math.max(0, last - first) };
}
