import { href } from '../../address';
import type { Dot, Overview, StatusKind, UnitStatus } from '../../api/types';
import { Bar } from '../../components/bar';
import { Card } from '../../components/card';
import { Door, UnitDoor } from '../../components/door';
import { Mark, State, stateWord } from '../../components/mark';
import { compareParts, integer, percent } from '../../components/number';
import { words } from '../../words';
import { countOf, More } from '../overview';

interface Row {
    town: UnitStatus;
    dots: readonly Dot[];
    covered: number;
    total: number;
}

/* Lowest coverage first: who leaves most unsaid stands on top. Nothing is ordered by breaks. */
function rowsOf(towns: readonly UnitStatus[], dots: Overview['dots']): Row[] {
    const below = new Map(dots.map((entry) => [entry.town, entry.units]));
    return towns
        .filter((town) => town.level === 1 && town.below)
        .map((town) => {
            const count = countOf(town.below?.counts ?? [], 'ALL', 'UNSPECIFIED');
            return { town, dots: below.get(town.unit) ?? [], covered: (count?.zeroUnits ?? 0) + (count?.broken ?? 0), total: count?.total ?? 0 };
        })
        .sort((a, b) => compareParts(a.covered, a.total, b.covered, b.total));
}

export function Towns({ towns, dots }: { towns: readonly UnitStatus[]; dots: Overview['dots'] }) {
    const w = words.value;
    const rows = rowsOf(towns, dots);
    /* Below a town or a village stand units that have a status of their own. */
    const title = rows.some((row) => row.town.joint !== 'NOT_COUNTED') ? w.unitsBelow : w.towns;
    return (
        <Card title={title} hint={title === w.towns ? w.townsHint : undefined} class="towns" aside={<More path="/units">{w.unitTree}</More>}>
            <p class="legend" aria-hidden="true">
                {(['ZERO', 'UNVERIFIED', 'BROKEN'] as const).map((state) => (
                    <span key={state}><Mark state={state} /> {stateWord(state)}</span>
                ))}
            </p>
            {rows.length === 0 ? <p>{w.noTowns}</p> : (
                <table class="towns-table">
                    <caption class="unseen">{title}</caption>
                    <thead>
                        <tr>
                            <th scope="col">{title}</th>
                            <th scope="col">{title === w.towns ? w.areaDots : w.joint}</th>
                            <th scope="col" class="towns-bar">{w.enterpriseBars}</th>
                            <th scope="col">{w.coverage}</th>
                        </tr>
                    </thead>
                    <tbody>{rows.map((row) => <TownRow key={row.town.unit} row={row} />)}</tbody>
                </table>
            )}
        </Card>
    );
}

function TownRow({ row }: { row: Row }) {
    const w = words.value;
    const counts = row.town.below?.counts ?? [];
    const all = countOf(counts, 'ALL', 'UNSPECIFIED');
    const enterprises = countOf(counts, 'ENTERPRISE', 'UNSPECIFIED');
    return (
        <tr>
            <th scope="row" class="nowrap"><UnitDoor code={row.town.unit}>{row.town.name}</UnitDoor></th>
            <td>{row.town.joint === 'NOT_COUNTED' ? <Dots dots={row.dots} /> : <State state={row.town.joint} />}</td>
            <td class="towns-bar">
                {enterprises && enterprises.total > (row.town.joint === 'NOT_COUNTED' ? 0 : 1) && (
                    <Bar zero={enterprises.zeroUnits} unverified={enterprises.unverified} broken={enterprises.broken} total={enterprises.total} />
                )}
            </td>
            <td class="towns-coverage">
                <b>{percent(all?.coverage?.text || '0')}</b>{' '}
                <Door figure="zeros.JOINT.unverified" unit={row.town.unit}>{w.gapCount(integer(all?.unverified ?? 0))}</Door>
            </td>
        </tr>
    );
}

const shapes: readonly StatusKind[] = ['ZERO', 'UNVERIFIED', 'BROKEN'];

/* A dot for each village; the counts as words for who does not see them. One SVG symbol a dot, as links to the units. */
function Dots({ dots }: { dots: readonly Dot[] }) {
    const w = words.value;
    if (dots.length === 0) return <span class="quiet">{w.noAreas}</span>;
    const number = (state: StatusKind): string => integer(dots.filter((dot) => dot.joint === state).length);
    const [zero = '', unverified = '', broken = ''] = shapes.map(number);
    return (
        <>
            <span class="unseen">{w.dotsSummary(zero, unverified, broken)}</span>
            <span class="dots" aria-hidden="true">
                {dots.map((dot) => (
                    <a key={dot.code} href={href({ path: `/units/${dot.code}` })} tabIndex={-1} title={dot.name}><Mark state={dot.joint} size={11} /></a>
                ))}
            </span>
        </>
    );
}
