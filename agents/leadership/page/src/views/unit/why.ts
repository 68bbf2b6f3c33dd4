/* A status in sentences, from the hub's reasons: each with the positions of the records that it rests on. */
import type { Reason, ReasonKind } from '../../api/unit';
import { daysIn, dayNumber, dayRange, shortDay } from '../../days';
import type { Words } from '../../words';

export interface Sentence {
    zero: Reason['zero'];
    kind: ReasonKind;
    text: string;
    positions: string[];
}

const ORDER: readonly ReasonKind[] = [
    'BREAK', 'BREAK_LIFTED', 'PENDING_APPROVAL', 'CONTRADICTED', 'GAP', 'NOT_COUNTING', 'ATTESTED', 'NOT_DUE', 'UNSPECIFIED',
];

const rank = (kind: ReasonKind): number => {
    const at = ORDER.indexOf(kind);
    return at < 0 ? ORDER.length : at;
};

const ZEROS: readonly Reason['zero'][] = ['PETITION', 'ACCIDENT', 'CASE'];
const zeroRank = (zero: Reason['zero']): number => (ZEROS.indexOf(zero) + ZEROS.length + 1) % (ZEROS.length + 1);

function compare(a: Reason, b: Reason): number {
    return (
        zeroRank(a.zero) - zeroRank(b.zero) ||
        rank(a.kind) - rank(b.kind) || compareText(a.office, b.office) || compareText(a.basis, b.basis) || Number(a.bySystem) - Number(b.bySystem) ||
        compareText(a.day, b.day) || Number(a.position) - Number(b.position)
    );
}
/* As `word` of the dictionary, which stands on the address and so on a browser. */
const word = (table: Record<string, string>, code: string): string => table[code] ?? code;
const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const positionsOf = (reason: Reason): string[] => [reason.position, reason.other].filter((position) => position !== '' && position !== '0');

/* Reports of one office, zero and basis whose days touch are one sentence. */
function stretchFrom(reasons: readonly Reason[], begin: number): Reason[] {
    const first = reasons[begin]!;
    const stretch = [first];
    let last = dayNumber(first.toDay || first.day);
    for (let i = begin + 1; i < reasons.length; i++) {
        const next = reasons[i]!;
        const same = next.kind === 'ATTESTED' && next.zero === first.zero && next.office === first.office &&
            next.basis === first.basis && next.bySystem === first.bySystem;
        if (!same || dayNumber(next.day) > last + 1) break;
        stretch.push(next);
        last = Math.max(last, dayNumber(next.toDay || next.day));
    }
    return stretch;
}

/* `typeName` gives an event type its word; `year` is the one whose days are written without it. */
export function sentencesOf(reasons: readonly Reason[], w: Words, typeName: (type: string) => string, year: string): Sentence[] {
    const sorted = [...reasons].sort(compare);
    const sentences: Sentence[] = [];
    for (let i = 0; i < sorted.length; ) {
        const reason = sorted[i]!;
        const group = reason.kind === 'ATTESTED' ? stretchFrom(sorted, i) : [reason];
        sentences.push({
            zero: reason.zero,
            kind: reason.kind,
            text: group.length > 1 || reason.kind === 'ATTESTED' ? attested(group, w, year) : single(reason, w, typeName, year),
            positions: group.flatMap(positionsOf),
        });
        i += group.length;
    }
    return sentences;
}

function attested(group: readonly Reason[], w: Words, year: string): string {
    const first = group[0]!;
    const last = group.reduce((day, reason) => (reason.toDay > day ? reason.toDay : day), first.toDay || first.day);
    return w.whyAttested(officeOf(first, w), group.length, basisOf(first, w), dayRange(first.day, last, year));
}

const basisOf = (reason: Reason, w: Words): string => (reason.bySystem ? w.basisBySystem : word(w.bases, reason.basis));
const officeOf = (reason: Reason, w: Words): string => (reason.office === 'UNSPECIFIED' ? '' : word(w.offices, reason.office));

function eventOf(reason: Reason, w: Words, typeName: (type: string) => string): string {
    const matter = reason.matter === '' ? '' : w.whyMatter(reason.matter);
    return typeName(reason.type) + matter + (reason.unit === '' ? '' : w.whyElsewhere(reason.unit));
}

function single(reason: Reason, w: Words, typeName: (type: string) => string, year: string): string {
    const days = dayRange(reason.day, reason.toDay, year);
    const office = officeOf(reason, w);
    const ground = word(w.grounds, reason.text);
    switch (reason.kind) {
        case 'BREAK':
            return w.whyBreak(shortDay(reason.day, year), eventOf(reason, w, typeName), office, reason.policyVersion, reason.rule);
        case 'BREAK_LIFTED':
            return w.whyLifted(shortDay(reason.day, year), eventOf(reason, w, typeName), ground);
        case 'NOT_COUNTING':
            return w.whyNotCounting(office, days, basisOf(reason, w), ground);
        case 'CONTRADICTED':
            return w.whyContradicted(office, days);
        case 'GAP':
            return w.whyGap(office, days, daysIn(reason.day, reason.toDay));
        case 'NOT_DUE':
            return w.whyNotDue(office, days);
        case 'PENDING_APPROVAL':
            return w.whyPending(shortDay(reason.day, year), eventOf(reason, w, typeName), ground);
        case 'ATTESTED':
        case 'UNSPECIFIED':
            return reason.text;
    }
}
