import type { Summary } from '../../api/types';
import { Card } from '../../components/card';
import { words } from '../../words';
import { TrendLink } from '../shared/trend-link';
import { Figures, Share } from './figures';
import { MatterList } from './list';

const STEPS = ['FOUND', 'ORDERED', 'EXTENDED', 'RECTIFIED', 'STRUCK_OFF'];

export function Hazards({ summary: { hazards, accidents } }: { summary: Summary }) {
    const w = words.value;
    return (
        <>
            <Card title={w.hazards} hint={w.hazardsHint} aside={<TrendLink of={['hazards.found', 'hazards.struck_off']} />}>
                <Share name={w.hazardRate} rate={hazards.rate} part="hazards.struck_off" whole="hazards.found" />
                <Figures lines={[
                    { name: w.hazardsFound, figure: 'hazards.found', value: hazards.found },
                    { name: w.hazardsGeneral, figure: 'hazards.general', value: hazards.general },
                    { name: w.hazardsMajorAll, figure: 'hazards.major', value: hazards.major },
                    { name: w.hazardsFixed, figure: 'hazards.fixed_on_spot', value: hazards.fixedOnSpot },
                    { name: w.hazardsOrdered, figure: 'hazards.ordered', value: hazards.ordered },
                    { name: w.hazardsStruckOff, figure: 'hazards.struck_off', value: hazards.struckOff },
                    { name: w.hazardsOpen, figure: 'hazards.open', value: hazards.open },
                    { name: w.hazardsPlacarded, figure: 'hazards.placarded', value: hazards.placarded },
                    { name: w.dueSoon, figure: 'hazards.due_soon', value: hazards.dueSoon },
                    { name: w.overdue, figure: 'hazards.overdue', value: hazards.overdue },
                ]} />
            </Card>
            <Card title={w.accidents} hint={w.accidentsHint} aside={<TrendLink of={['accidents.reported']} />}>
                <Figures lines={[
                    { name: w.accidentsReported, figure: 'accidents.reported', value: accidents.reported },
                    { name: w.accidentsGeneral, figure: 'accidents.general', value: accidents.general },
                    { name: w.accidentsLarger, figure: 'accidents.larger', value: accidents.larger },
                    { name: w.accidentsMajor, figure: 'accidents.major', value: accidents.major },
                    { name: w.accidentsExtraMajor, figure: 'accidents.extra_major', value: accidents.extraMajor },
                    { name: w.late, figure: 'accidents.late', value: accidents.late },
                ]} />
            </Card>
            <MatterList title={w.hazardList} kind="HAZARD" steps={STEPS} offered={['open', 'dueSoon', 'overdue', 'joint', 'supervised', 'all']} />
        </>
    );
}
