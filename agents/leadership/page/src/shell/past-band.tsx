/* Looking back, a line under the time bar says what differs from what is known now; overview and unit have their own. */
import { address } from '../address';
import type { Difference, FigureDifference, Shown } from '../api/types';
import { useDocument } from '../view';
import { PastNotice } from '../views/overview/past';

interface DifferenceDocument extends Difference, Shown {
    figures: (FigureDifference & { positions: string[] })[];
}

export function PastBand() {
    const { past, view } = address.value;
    const own = view.name === 'overview' || view.name === 'unit' || view.name === 'event' || view.name === 'compare' || view.name === 'unknown';
    if (!past || own) return null;
    return <Band />;
}

function Band() {
    const { value } = useDocument<DifferenceDocument>('difference', { limit: '3' });
    if (!value) return null;
    return <PastNotice difference={value} figures={value.figures ?? []} moment={value.moment} />;
}
