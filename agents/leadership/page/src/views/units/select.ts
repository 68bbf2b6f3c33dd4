// Which rows of the tree are shown, and in which order: filters, sort and what is opened, over the whole tree at once.
import {
    type Columns,
    type View,
    codeOf,
    isArea,
    isCounted,
    isEnterprise,
    nameOf,
    statusOf,
    sumOf,
    BROKEN,
    ZERO,
    UNVERIFIED,
} from './columns';

export type StateFilter = 'all' | 'gap' | 'broken' | 'silent' | 'zero' | 'unverified';
export type Sort = 'coverage' | 'name' | 'code' | 'until' | 'gap';
export interface TreeQuery {
    view: View;
    state: StateFilter;
    kind: number; // of KINDS; 0: all; AREA_KINDS and ENTERPRISE_KINDS for the two groups
    text: string;
    sort: Sort;
    // Without a filter: the nodes that are open. With one: those that are closed, since the way to a match is open.
    toggled: readonly number[];
}
export const AREA_KINDS = 100;
export const ENTERPRISE_KINDS = 101;

export interface Rows {
    units: Uint32Array;
    place: Uint32Array; // aria-posinset, from 1
    siblings: Uint32Array; // aria-setsize
    open: Uint8Array; // 0: leaf, 1: closed, 2: open
    matched: number; // units that fit the filter themselves
}

export const isFiltered = (query: TreeQuery): boolean =>
    query.state !== 'all' || query.kind !== 0 || query.text.trim() !== '';

function stateFits(c: Columns, unit: number, query: TreeQuery): boolean {
    const status = statusOf(c, unit, query.view);
    switch (query.state) {
        case 'all':
            return true;
        case 'gap':
            return c.gapOffice[unit]! > 0;
        case 'broken':
            return status === BROKEN;
        case 'silent':
            return c.silent[unit]! > 0;
        case 'zero':
            return status === ZERO;
        case 'unverified':
            return status === UNVERIFIED;
    }
}

function kindFits(kind: number, wanted: number): boolean {
    if (wanted === AREA_KINDS) return isArea(kind);
    if (wanted === ENTERPRISE_KINDS) return isEnterprise(kind);
    return wanted === 0 || kind === wanted;
}

/* One tree with its texts and the orders it was asked for; it lives in the worker. */
export class TreeIndex {
    readonly columns: Columns;
    private readonly texts: string[];
    private readonly orders = new Map<string, Uint32Array>();
    private readonly match: Uint8Array;
    private readonly keep: Uint8Array;

    constructor(columns: Columns) {
        this.columns = columns;
        this.match = new Uint8Array(columns.count);
        this.keep = new Uint8Array(columns.count);
        this.texts = Array.from({ length: columns.count }, (_, i) =>
            `${codeOf(columns, i)}\n${nameOf(columns, i)}`.toLowerCase(),
        );
    }

    select(query: TreeQuery): Rows {
        const order = this.orderOf(query.sort, query.view);
        const filtered = isFiltered(query);
        const matched = filtered ? this.mark(query) : this.columns.count;
        return this.walk(order, filtered, new Set(query.toggled), matched);
    }

    private mark(query: TreeQuery): number {
        const c = this.columns;
        const text = query.text.trim().toLowerCase();
        this.keep.fill(0);
        let matched = 0;
        for (let i = c.count - 1; i >= 0; i--) {
            const fits =
                kindFits(c.kind[i]!, query.kind) &&
                (query.state === 'all' || (isCounted(c, i) && stateFits(c, i, query))) &&
                (text === '' || this.texts[i]!.includes(text));
            this.match[i] = fits ? 1 : 0;
            if (fits) matched++;
            if (!fits && !this.keep[i]) continue;
            this.keep[i] = 1;
            if (c.parent[i]! >= 0) this.keep[c.parent[i]!] = 1;
        }
        return matched;
    }

    private walk(order: Uint32Array, filtered: boolean, toggled: Set<number>, matched: number): Rows {
        const c = this.columns;
        const [units, place, siblings] = [new Uint32Array(c.count), new Uint32Array(c.count), new Uint32Array(c.count)];
        const open = new Uint8Array(c.count);
        let size = 0;
        const visit = (unit: number, at: number, of: number): void => {
            const row = size++;
            units[row] = unit;
            place[row] = at;
            siblings[row] = of;
            const kept = this.kept(order, unit, filtered);
            if (kept === 0) return;
            const opened = filtered ? !toggled.has(unit) : toggled.has(unit);
            open[row] = opened ? 2 : 1;
            if (!opened) return;
            let shown = 0;
            for (let k = c.childStart[unit]!; k < c.childStart[unit + 1]!; k++)
                if (!filtered || this.keep[order[k]!]) visit(order[k]!, ++shown, kept);
        };
        const roots: number[] = [];
        for (let i = 0; i < c.count; i++) if (c.parent[i]! < 0 && (!filtered || this.keep[i])) roots.push(i);
        roots.forEach((root, i) => visit(root, i + 1, roots.length));
        return {
            units: units.slice(0, size),
            place: place.slice(0, size),
            siblings: siblings.slice(0, size),
            open: open.slice(0, size),
            matched,
        };
    }

    private kept(order: Uint32Array, unit: number, filtered: boolean): number {
        const c = this.columns;
        const all = c.childStart[unit + 1]! - c.childStart[unit]!;
        if (!filtered) return all;
        let kept = 0;
        for (let k = c.childStart[unit]!; k < c.childStart[unit + 1]!; k++) kept += this.keep[order[k]!]!;
        return kept;
    }

    /* All children lists in this order, made once: filtering then sorts nothing. */
    private orderOf(sort: Sort, view: View): Uint32Array {
        const key = sort === 'coverage' ? `${sort}${view}` : sort;
        let order = this.orders.get(key);
        if (order === undefined) {
            order = this.sorted(this.comparator(sort, view));
            this.orders.set(key, order);
        }
        return order;
    }

    private sorted(compare: (a: number, b: number) => number): Uint32Array {
        const c = this.columns;
        const order = c.children.slice();
        for (let i = 0; i < c.count; i++) {
            const [from, to] = [c.childStart[i]!, c.childStart[i + 1]!];
            if (to - from > 1) order.subarray(from, to).sort((a, b) => compare(a, b) || a - b);
        }
        return order;
    }

    private comparator(sort: Sort, view: View): (a: number, b: number) => number {
        const c = this.columns;
        switch (sort) {
            case 'coverage':
                return (a, b) => compareCoverage(c, a, b, view);
            case 'until':
                return (a, b) => c.verifiedUntil[a]! - c.verifiedUntil[b]!;
            case 'gap':
                return (a, b) => (c.gapFrom[a] || 1e9) - (c.gapFrom[b] || 1e9) || c.gaps[b]! - c.gaps[a]!;
            case 'code':
                return (a, b) => compareText(codeOf(c, a), codeOf(c, b));
            case 'name': {
                const collator = new Intl.Collator('zh', { numeric: true });
                const names = Array.from({ length: c.count }, (_, i) => nameOf(c, i));
                return (a, b) => collator.compare(names[a]!, names[b]!);
            }
        }
    }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/* Known units of all, as two fractions multiplied out; the lower one first, nodes without units last. */
function compareCoverage(c: Columns, a: number, b: number, view: View): number {
    const [left, right] = [sumOf(c, a, view), sumOf(c, b, view)];
    if (left.total === 0 || right.total === 0) return Number(left.total === 0) - Number(right.total === 0);
    return (left.zero + left.broken) * right.total - (right.zero + right.broken) * left.total;
}
