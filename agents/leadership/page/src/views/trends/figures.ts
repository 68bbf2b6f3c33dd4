/* The figures that have a course over time, by subject. */
import { word, type Words } from '../../words';

export const MOST_FIGURES = 8;

export const STATUS_FIGURES = ['JOINT', 'PETITION', 'ACCIDENT', 'CASE'].flatMap((zero) => [`zeros.${zero}`, `zeros.${zero}.AREA`, `zeros.${zero}.ENTERPRISE`]);
export const COUNT_FIGURES: readonly string[] = [
    'hazards.found', 'hazards.major', 'hazards.fixed_on_spot', 'hazards.ordered', 'hazards.struck_off',
    'petitions.registered', 'petitions.closed', 'petitions.escalated',
    'disputes.opened', 'disputes.succeeded', 'disputes.mobile', 'disputes.ended', 'disputes.performed',
    'cases.filed', 'cases.resolved', 'accidents.reported',
    'publicity.PEOPLE', 'publicity.LEAFLETS', 'publicity.BANNERS', 'publicity.MEDIA', 'patrol.rounds', 'patrol.findings',
    'volunteer.VOLUNTEER', 'inspections', 'sweeps', 'explosives.checks', 'explosives.problems',
];

/* "zeros.CASE.AREA" as 零案件 · 村（社区）; other figures by the dictionary. */
export function figureName(figure: string, w: Words): string {
    const [group, zero = '', units] = figure.split('.');
    if (group !== 'zeros') return word(w.figures, figure);
    const name = { JOINT: w.joint, PETITION: w.zeroPetition, ACCIDENT: w.zeroAccident, CASE: w.zeroCase }[zero] ?? zero;
    return units === 'AREA' ? `${name} · ${w.areas}` : units === 'ENTERPRISE' ? `${name} · ${w.enterprises}` : name;
}
