import type { Summary } from '../../api/types';
import { Card } from '../../components/card';
import { integer } from '../../components/number';
import { word, words } from '../../words';
import { TrendLink } from '../shared/trend-link';
import { type FigureLine, Figures } from './figures';

/* 余 is a lower bound: the exact number stands beside it. */
function lineOf(tally: Summary['tallies'][number]): FigureLine {
    const rounded = tally.rounded !== tally.count && tally.rounded !== '';
    return {
        name: word(words.value.figures, tally.kind), figure: tally.kind, value: tally.count,
        ...(rounded ? { text: tally.rounded, hint: integer(tally.count) } : {}),
    };
}

export function Tallies({ summary }: { summary: Summary }) {
    const w = words.value;
    const { tallies, teams, cameras, units } = summary;
    const of = (prefix: string) => tallies.filter((tally) => tally.kind.startsWith(prefix)).map(lineOf);
    const publicity = of('publicity.');
    const rest = tallies.filter((tally) => !/^(publicity|patrol|volunteer)\./.test(tally.kind)).map(lineOf);
    return (
        <>
            <Card title={w.publicity} hint={w.publicityHint} aside={<TrendLink of={['publicity.LEAFLETS']} by="month" />}><Figures lines={publicity} /></Card>
            <Card title={w.patrols} aside={<TrendLink of={['patrol.rounds', 'patrol.findings']} />}><Figures lines={of('patrol.')} /></Card>
            <Card title={w.volunteers} hint={w.volunteersHint}><Figures lines={of('volunteer.')} /></Card>
            <Card title={w.inspections} aside={<TrendLink of={['inspections', 'sweeps']} />}><Figures lines={rest} /></Card>
            <Card title={w.camerasTitle} hint={w.camerasHint}>
                <Figures lines={[
                    { name: w.camerasInService, figure: 'cameras.in_service', value: cameras.inService },
                    { name: w.camerasOwners, figure: 'cameras.owners', value: cameras.owners },
                    { name: w.camerasPosted, figure: 'cameras.sign_posted', value: cameras.signPosted },
                ]} />
            </Card>
            <Card title={w.teamsTitle} hint={w.teamsHint}>
                <Figures lines={[
                    { name: w.teamGrids, figure: 'teams.grids', value: teams.grids },
                    { name: w.teamBlockHeads, figure: 'teams.block_heads', value: teams.blockHeads },
                    { name: w.teamPatrollers, figure: 'teams.patrollers', value: teams.patrollers },
                    { name: w.teamComplete, figure: 'teams.complete_teams', value: teams.completeTeams },
                    { name: w.teamParts, figure: 'teams.team_parts', value: teams.teamParts },
                ]} />
            </Card>
            <Card title={w.unitCounts}>
                <Figures lines={units.map(({ kind, count }) => ({ name: word(w.unitKinds, kind), figure: `units.${kind}`, value: count }))} />
            </Card>
        </>
    );
}
