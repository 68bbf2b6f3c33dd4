/* The counts of a summary under their figures' names, in the summary's own order. */
import type { Summary } from '../../api/types';

const GROUPS = ['hazards', 'petitions', 'disputes', 'cases', 'accidents', 'joint', 'supervisions', 'discrepancies', 'programme', 'levels', 'cameras', 'teams'] as const;
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

export function figuresOf(summary: Summary): [figure: string, value: string][] {
    const figures: [string, string][] = [];
    for (const group of GROUPS)
        for (const [name, value] of Object.entries(summary[group]))
            if (typeof value === 'number') figures.push([`${group}.${snake(name)}`, String(value)]);
    for (const tally of summary.tallies) figures.push([tally.kind, tally.count]);
    return figures;
}
