import type { Summary } from '../../api/types';
import { Card } from '../../components/card';
import { Door } from '../../components/door';
import { integer, percent, signed } from '../../components/number';
import { words } from '../../words';
import { TrendLink } from '../shared/trend-link';
import { Figures } from './figures';
import { MatterList } from './list';

const STEPS = ['FILED', 'RESOLVED', 'WITHDRAWN'];

export function Cases({ summary: { cases, asOf } }: { summary: Summary }) {
    const w = words.value;
    return (
        <>
            <Card title={w.cases} hint={w.casesHint(asOf)} aside={<TrendLink of={['cases.filed', 'cases.resolved']} />}>
                <Figures lines={[
                    { name: w.filed, figure: 'cases.filed', value: cases.filed, hint: change(cases) },
                    { name: w.samePeriodFiled, figure: 'cases.previous_filed', value: cases.previousFiled },
                    { name: w.solved, figure: 'cases.resolved', value: cases.resolved },
                    { name: w.samePeriodSolved, figure: 'cases.previous_resolved', value: cases.previousResolved },
                ]} />
                <Clearance cases={cases} />
                {cases.otherDefinition && <p><span class="tag">{w.otherDefinition}</span> <span class="quiet">{w.otherDefinitionHint}</span></p>}
            </Card>
            <MatterList title={w.caseList} kind="CASE" steps={STEPS} offered={['open', 'all']} />
        </>
    );
}

/* A count changes in percent; where there was none last year, that is said instead. */
function change(cases: Summary['cases']): string {
    const w = words.value;
    return cases.previousFiled === 0 ? w.lastYearNone : `${w.yearOnYear} ${signed(cases.filedChange)}%`;
}

/* Rates change in points, with both pairs of integers. */
function Clearance({ cases }: { cases: Summary['cases'] }) {
    const w = words.value;
    const pair = (rate: Summary['cases']['clearance'], part: string, whole: string) =>
        rate && rate.text !== '' ? (
            <>
                <b>{percent(rate.text)}</b> <span class="quiet">(<Door figure={part}>{integer(rate.part)}</Door>/<Door figure={whole}>{integer(rate.whole)}</Door>)</span>
            </>
        ) : <span class="quiet">{w.noRate}</span>;
    return (
        <p class="share">
            {w.clearance} {pair(cases.clearance, 'cases.resolved', 'cases.filed')} · {w.lastYear} {pair(cases.previousClearance, 'cases.previous_resolved', 'cases.previous_filed')}
            {cases.clearanceChangePoints !== '' && <> · <b>{signed(cases.clearanceChangePoints)} {w.points}</b></>}
            <span class="quiet"> · {cases.basis === 'COHORT' ? w.basisCohort : w.basisPeriod}</span>
        </p>
    );
}
