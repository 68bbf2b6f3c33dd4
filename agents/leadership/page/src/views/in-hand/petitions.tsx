import type { Summary } from '../../api/types';
import { Card } from '../../components/card';
import { words } from '../../words';
import { TrendLink } from '../shared/trend-link';
import { Figures, Share } from './figures';
import { MatterList } from './list';

const STEPS = [
    'REGISTERED', 'FORWARDED', 'ASSIGNED', 'OBJECTED', 'ACCEPTED', 'EXTENDED', 'MEDIATING', 'REPLIED', 'IN_REVIEW', 'REVIEWED',
    'IN_FINAL_REVIEW', 'CONCLUDED', 'CLOSED', 'NOT_ACCEPTED', 'DIVERTED', 'WITHDRAWN',
];

export function Petitions({ summary: { petitions, levels } }: { summary: Summary }) {
    const w = words.value;
    return (
        <>
            <Card title={w.petitions} hint={w.petitionsHint} aside={<TrendLink of={['petitions.registered', 'petitions.closed']} />}>
                <Share name={w.onTimeRate} rate={petitions.onTime} part="petitions.on_time" whole="petitions.closed" />
                <Figures lines={[
                    { name: w.petitionsRegistered, figure: 'petitions.registered', value: petitions.registered },
                    { name: w.petitionsOpen, figure: 'petitions.open', value: petitions.open },
                    { name: w.dueSoon, figure: 'petitions.due_soon', value: petitions.dueSoon },
                    { name: w.overdue, figure: 'petitions.overdue', value: petitions.overdue },
                    { name: w.petitionsClosed, figure: 'petitions.closed', value: petitions.closed },
                    { name: w.petitionsReview, figure: 'petitions.in_review', value: petitions.inReview },
                    { name: w.petitionsFinalReview, figure: 'petitions.in_final_review', value: petitions.inFinalReview },
                    { name: w.petitionsEscalated, figure: 'petitions.escalated', value: petitions.escalated },
                    { name: w.petitionsJoint, figure: 'petitions.joint', value: petitions.joint },
                ]} />
            </Card>
            <Card title={w.levels} hint={w.levelsHint}>
                <Share name={w.passedUp} rate={levels.passedUp} part="levels.at_county" whole="levels.settled" />
                <Figures lines={[
                    { name: w.settled, figure: 'levels.settled', value: levels.settled },
                    { name: w.atVillage, figure: 'levels.at_village', value: levels.atVillage },
                    { name: w.atTown, figure: 'levels.at_town', value: levels.atTown },
                    { name: w.atCounty, figure: 'levels.at_county', value: levels.atCounty },
                ]} />
            </Card>
            <MatterList title={w.petitionList} kind="PETITION" steps={STEPS} offered={['open', 'dueSoon', 'overdue', 'joint', 'supervised', 'all']} />
        </>
    );
}
