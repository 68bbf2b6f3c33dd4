/* The names of figures in words, and which figures make one rate. */
import { word, words } from './words';

/* "zeros.CASE.AREA.broken" → 零案件 · 村（社区） · 破零. */
export function figureName(figure: string): string {
    const w = words.value;
    const steps = figure.split('.');
    if (steps[0] === 'zeros') {
        const zero = ({ PETITION: w.zeroPetition, ACCIDENT: w.zeroAccident, CASE: w.zeroCase } as Record<string, string>)[steps[1] ?? ''] ?? w.joint;
        const group = steps[2] === 'AREA' ? w.areas : steps[2] === 'ENTERPRISE' ? w.enterprises : '';
        const state = ({ zero: w.zero, broken: w.broken, unverified: w.unverified, total: w.total } as Record<string, string>)[steps[steps.length - 1] ?? ''];
        return [zero, group, state ?? ''].filter(Boolean).join(' · ');
    }
    if (steps[0] === 'units') return `${w.units} · ${word(w.unitKinds, steps[1])}`;
    return word(w.figures, figure);
}

export interface Family {
    part: string;
    whole: string;
    rest: string; /* figure of what the part lacks; empty: the rows of the whole that the part does not have */
}

const families: readonly Family[] = [
    { part: 'hazards.struck_off', whole: 'hazards.found', rest: 'hazards.open' },
    { part: 'petitions.on_time', whole: 'petitions.closed', rest: '' },
    { part: 'disputes.mobile', whole: 'disputes.succeeded', rest: '' },
    { part: 'cases.resolved', whole: 'cases.filed', rest: '' },
    { part: 'cases.previous_resolved', whole: 'cases.previous_filed', rest: '' },
    { part: 'levels.at_county', whole: 'levels.settled', rest: '' },
];

/* The figures beside this one: the parts of its rate, or of its zero. */
export function tabsOf(figure: string): { figure: string; label: string }[] {
    const w = words.value;
    if (figure.startsWith('zeros.')) {
        const stem = figure.slice(0, figure.lastIndexOf('.'));
        return ([['zero', w.zero], ['unverified', w.unverified], ['broken', w.broken], ['total', w.total]] as const)
            .map(([part, label]) => ({ figure: `${stem}.${part}`, label }));
    }
    const family = familyOf(figure);
    if (!family) return [];
    return [
        { figure: family.part, label: w.numerator },
        { figure: family.whole, label: w.denominator },
        { figure: family.rest || `${family.whole}-${family.part}`, label: w.difference },
    ];
}

export function familyOf(figure: string): Family | undefined {
    return families.find((family) => family.part === figure || family.whole === figure || family.rest === figure);
}
