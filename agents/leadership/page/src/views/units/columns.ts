// The tree in typed arrays: what the worker makes of /v1/tree once, and what the main thread reads rows from. Everything
// in `Columns` is transferred, never copied row by row. Sums are integers; nothing here divides.
import type { TreeAnswer } from '../../api/tree';

// Numbers of proto/status.proto, Status.Kind.
export const ZERO = 1;
export const BROKEN = 2;
export const UNVERIFIED = 3;
export const NOT_COUNTED = 4;

export const KINDS = [
    'UNSPECIFIED',
    'PROVINCE',
    'CITY',
    'COUNTY',
    'TOWN',
    'VILLAGE',
    'COMMUNITY',
    'GRID',
    'ENTERPRISE',
    'INSTITUTION',
] as const;
export const OFFICES = [
    'UNSPECIFIED',
    'PETITIONS',
    'WORK_SAFETY',
    'PUBLIC_SECURITY',
    'GOVERNANCE',
    'LEADERSHIP',
    'OPERATOR',
    'HUB',
    'DISCIPLINE',
] as const;
const STATUSES = ['UNSPECIFIED', 'ZERO', 'BROKEN', 'UNVERIFIED', 'NOT_COUNTED'] as const;

// The joint status first, then the three zeros: how `status`, `sums` and `enterprises` are strided.
export const VIEWS = ['JOINT', 'PETITION', 'ACCIDENT', 'CASE'] as const;
export type View = 0 | 1 | 2 | 3;
export const PARTS = 3; // zero, broken, unverified

export interface Columns {
    count: number;
    parent: Int32Array; // -1: none
    level: Uint8Array; // 0: the root of the answer
    kind: Uint8Array;
    status: Uint8Array; // 4 of each unit, by VIEWS
    streak: Uint32Array; // 3 of each unit: petition, accident, case
    verifiedUntil: Int32Array; // of a node: the earliest of its counted units that are not broken; 0: one has none
    gapOffice: Uint8Array; // of the unit itself
    gapFrom: Int32Array; // of a node: the earliest below; 0: none
    gapTo: Int32Array;
    gaps: Uint32Array; // counted units of the subtree that owe days
    silent: Uint8Array;
    silents: Uint32Array; // silent units of the subtree
    sums: Uint32Array; // 12 of each unit: VIEWS x (zero, broken, unverified), whole subtree
    enterprises: Uint32Array; // the same, of enterprises and institutions alone
    childStart: Uint32Array; // count + 1; children of i: children[childStart[i]] up to childStart[i + 1]
    children: Uint32Array; // in the order of the answer
    text: Uint8Array; // UTF-8: code and name of unit 0, of unit 1, …
    textStart: Uint32Array; // 2 * count + 1
}

function numbersOf(names: readonly string[], column: readonly string[], count: number, other: number): Uint8Array {
    const number = new Map(names.map((name, index) => [name, index]));
    const out = new Uint8Array(count);
    for (let i = 0; i < count; i++) out[i] = number.get(column[i] ?? '') ?? other;
    return out;
}

function encodeTexts(
    codes: readonly string[],
    names: readonly string[],
    count: number,
): Pick<Columns, 'text' | 'textStart'> {
    const encoder = new TextEncoder();
    const textStart = new Uint32Array(2 * count + 1);
    let text = new Uint8Array(count * 40 + 1024);
    let size = 0;
    for (let i = 0; i < 2 * count; i++) {
        const word = (i % 2 === 0 ? codes : names)[i >> 1] ?? '';
        if (text.length - size < word.length * 3) {
            const larger = new Uint8Array(text.length * 2 + word.length * 3);
            larger.set(text);
            text = larger;
        }
        size += encoder.encodeInto(word, text.subarray(size)).written;
        textStart[i + 1] = size;
    }
    return { text: text.slice(0, size), textStart };
}

function linkChildren(parent: Int32Array): Pick<Columns, 'childStart' | 'children'> {
    const count = parent.length;
    const childStart = new Uint32Array(count + 1);
    for (let i = 0; i < count; i++) if (parent[i]! >= 0) childStart[parent[i]! + 1]!++;
    for (let i = 0; i < count; i++) childStart[i + 1]! += childStart[i]!;
    const next = childStart.slice();
    const children = new Uint32Array(childStart[count]!);
    for (let i = 0; i < count; i++) if (parent[i]! >= 0) children[next[parent[i]!]!++] = i;
    return { childStart, children };
}

const isEnterprise = (kind: number): boolean => kind === 8 || kind === 9;
const isArea = (kind: number): boolean => kind === 5 || kind === 6;
export { isArea, isEnterprise };

/* Adds every unit to the node above it, from the last to the first: parents stand before their children. */
function addUp(c: Columns): void {
    const stride = VIEWS.length * PARTS;
    const judgedBelow = new Uint8Array(c.count);
    for (let i = c.count - 1; i >= 0; i--) {
        for (let view = 0; view < VIEWS.length; view++) {
            const status = c.status[i * VIEWS.length + view]!;
            if (status < ZERO || status > UNVERIFIED) continue;
            c.sums[i * stride + view * PARTS + status - 1]!++;
            if (isEnterprise(c.kind[i]!)) c.enterprises[i * stride + view * PARTS + status - 1]!++;
        }
        if (c.gapOffice[i]! > 0) c.gaps[i]!++;
        if (c.silent[i]! > 0) c.silents[i]!++;
        const above = c.parent[i]!;
        if (above < 0) continue;
        for (let k = 0; k < stride; k++) {
            c.sums[above * stride + k]! += c.sums[i * stride + k]!;
            c.enterprises[above * stride + k]! += c.enterprises[i * stride + k]!;
        }
        c.gaps[above]! += c.gaps[i]!;
        c.silents[above]! += c.silents[i]!;
        if (c.status[above * VIEWS.length] !== NOT_COUNTED) continue; // a village keeps its own dates beside its enterprises'
        /* A broken unit's days end with its break: that says nothing of what is verified. */
        const judged = c.status[i * VIEWS.length] === NOT_COUNTED ? judgedBelow[i] === 1 : c.status[i * VIEWS.length] !== BROKEN;
        if (judged) {
            const until = c.verifiedUntil[i]!;
            if (judgedBelow[above] === 0 || until < c.verifiedUntil[above]!) c.verifiedUntil[above] = until;
            judgedBelow[above] = 1;
        }
        const from = c.gapFrom[i]!;
        if (from > 0 && (c.gapFrom[above] === 0 || from < c.gapFrom[above]!)) c.gapFrom[above] = from;
    }
}

export class TreeShapeError extends Error {}

export function parseTree(tree: TreeAnswer): Columns {
    const count = tree.codes.length;
    const columns = [
        tree.names,
        tree.parents,
        tree.kinds,
        tree.joint,
        tree.petitionStatus,
        tree.accidentStatus,
        tree.caseStatus,
        tree.petitionStreaks,
        tree.accidentStreaks,
        tree.caseStreaks,
        tree.verifiedUntil,
        tree.gapOffices,
        tree.gapFrom,
        tree.gapTo,
        tree.silent,
    ];
    if (columns.some((column) => column.length !== count)) throw new TreeShapeError('columns of different lengths');
    const parent = new Int32Array(count);
    const level = new Uint8Array(count);
    for (let i = 0; i < count; i++) {
        parent[i] = tree.parents[i]! - 1;
        if (parent[i]! >= i) throw new TreeShapeError(`unit ${i} stands before its parent`);
        level[i] = parent[i]! < 0 ? 0 : level[parent[i]!]! + 1;
    }
    const status = new Uint8Array(count * VIEWS.length);
    const streak = new Uint32Array(count * 3);
    [tree.joint, tree.petitionStatus, tree.accidentStatus, tree.caseStatus].forEach((column, view) => {
        const numbers = numbersOf(STATUSES, column, count, NOT_COUNTED);
        for (let i = 0; i < count; i++) status[i * VIEWS.length + view] = numbers[i] || NOT_COUNTED;
    });
    [tree.petitionStreaks, tree.accidentStreaks, tree.caseStreaks].forEach((column, zero) => {
        for (let i = 0; i < count; i++) streak[i * 3 + zero] = column[i]!;
    });
    const stride = VIEWS.length * PARTS;
    const result: Columns = {
        count,
        parent,
        level,
        kind: numbersOf(KINDS, tree.kinds, count, 0),
        status,
        streak,
        verifiedUntil: Int32Array.from(tree.verifiedUntil),
        gapOffice: numbersOf(OFFICES, tree.gapOffices, count, 0),
        gapFrom: Int32Array.from(tree.gapFrom),
        gapTo: Int32Array.from(tree.gapTo),
        gaps: new Uint32Array(count),
        silent: Uint8Array.from(tree.silent, Number),
        silents: new Uint32Array(count),
        sums: new Uint32Array(count * stride),
        enterprises: new Uint32Array(count * stride),
        ...linkChildren(parent),
        ...encodeTexts(tree.codes, tree.names, count),
    };
    addUp(result);
    return result;
}

export interface Sum {
    zero: number;
    broken: number;
    unverified: number;
    total: number;
}

function sumAt(values: Uint32Array, unit: number, view: View): Sum {
    const at = unit * VIEWS.length * PARTS + view * PARTS;
    const [zero, broken, unverified] = [values[at]!, values[at + 1]!, values[at + 2]!];
    return { zero, broken, unverified, total: zero + broken + unverified };
}
export const sumOf = (c: Columns, unit: number, view: View): Sum => sumAt(c.sums, unit, view);
export const enterprisesOf = (c: Columns, unit: number, view: View): Sum => sumAt(c.enterprises, unit, view);
export const statusOf = (c: Columns, unit: number, view: View): number => c.status[unit * VIEWS.length + view]!;
export const isCounted = (c: Columns, unit: number): boolean => statusOf(c, unit, 0) !== NOT_COUNTED;
export const childCount = (c: Columns, unit: number): number => c.childStart[unit + 1]! - c.childStart[unit]!;

const decoder = new TextDecoder();
const textAt = (c: Columns, at: number): string =>
    decoder.decode(c.text.subarray(c.textStart[at]!, c.textStart[at + 1]!));
export const codeOf = (c: Columns, unit: number): string => textAt(c, 2 * unit);
export const nameOf = (c: Columns, unit: number): string => textAt(c, 2 * unit + 1);

export function transferablesOf(c: Columns): ArrayBufferLike[] {
    return Object.values(c)
        .filter((value) => ArrayBuffer.isView(value))
        .map((value) => (value as Uint8Array).buffer);
}
