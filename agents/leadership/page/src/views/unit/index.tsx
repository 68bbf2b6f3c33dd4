/* 单位页: how long, vouched by whom, why this state? */
import { href } from '../../address';
import type { EventsDocument, UnitDocument } from '../../api/unit';
import type { Shown, UnitStatus } from '../../api/types';
import { Card } from '../../components/card';
import { UnitDoor } from '../../components/door';
import { Loading } from '../../components/loading';
import { Mark, stateWord } from '../../components/mark';
import { integer } from '../../components/number';
import { ProblemNotice } from '../../components/problem';
import { Rate } from '../../components/rate';
import { useDocument } from '../../view';
import { word, words } from '../../words';
import { Exports } from '../shared/exports';
import { useExport } from '../shared/use-export';
import { MatterTable } from '../shared/matters';
import { Differences } from './difference';
import { UnitEvents } from './events';
import { DayStrip } from './strip';
import { Why } from './why-card';
import { ZeroCard } from './zero-card';
import '../views.css';

export function Unit({ code }: { code: string }) {
    const found = useDocument<UnitDocument>(`units/${encodeURIComponent(code)}`, { unit: undefined });
    const events = useDocument<EventsDocument>('events', { unit: code, limit: '8' });
    useExport('matters', { unit: code, open: 'true', sort: 'due' });
    const { value, problem } = found;
    if (value === null) return problem ? <ProblemNotice problem={problem} retry={found.retry} /> : <Loading height={50} lines={9} />;
    /* A node is only a sum: what made it stands with the units below. */
    const ownState = (value.status?.zeros.length ?? 0) > 0;
    return (
        <div class={found.stale ? 'view-unit stale' : 'view-unit'}>
            {problem && <ProblemNotice problem={problem} retry={found.retry} kept />}
            <Head document={value} />
            <Differences document={value} />
            <States document={value} />
            {value.days && value.days.zeros.length > 0 && <DayStrip days={value.days} now={value.daysNow} moment={value.moment} />}
            <div class={ownState ? 'unit-foot' : undefined}>
                {ownState && <Why reasons={value.reasons} year={value.moment.day.slice(0, 4)} />}
                <UnitEvents document={events.value} code={code} status={value.status} year={value.moment.day.slice(0, 4)} />
            </div>
            <Card title={words.value.openMatters} aside={<Exports name="matters" params={{ unit: code, open: 'true', sort: 'due' }} />}>
                <MatterTable matters={value.matters?.matters ?? []} empty={words.value.noOpenMatters} />
            </Card>
        </div>
    );
}

function Head({ document: { unit, path, status } }: { document: UnitDocument }) {
    const w = words.value;
    const a = unit.attributes;
    const teams = a ? [a.teamCadres, a.teamGridHead, a.teamGridWorker, a.teamProperty, a.teamBuildingHead].filter(Boolean).length : 0;
    const facts = [unit.code, word(w.unitKinds, unit.kind), a && a.gridCount > 0 && w.grids(integer(a.gridCount)),
        a && a.blockHeadCount > 0 && w.blocks(integer(a.blockHeadCount)), a && a.patrollerCount > 0 && w.patrollers(integer(a.patrollerCount)),
        teams > 0 && w.teams(String(teams)), unit.validTo && w.lived(unit.validFrom, unit.validTo)].filter(Boolean);
    return (
        <header class="unit-head">
            <nav aria-label={w.breadcrumb} class="crumbs">
                {path.map((above, i) => (
                    <span key={above.code}>
                        {i > 0 && ' › '}
                        {above.code === unit.code ? <span aria-current="page">{above.name}</span> : <a href={href({ path: `/units/${above.code}` })}>{above.name}</a>}
                    </span>
                ))}
            </nav>
            <div class="unit-title">
                <h1>{unit.name}</h1>
                <p class="quiet">{facts.join(' · ')}</p>
                {status && status.zeros.length > 0 && <JointMarks status={status} />}
            </div>
            <Relations document={{ unit, status }} />
        </header>
    );
}

function JointMarks({ status }: { status: UnitStatus }) {
    const w = words.value;
    return (
        <p class="joint-marks">
            {w.joint} {status.zeros.map((zero) => <Mark key={zero.zero} state={zero.status} size={14} />)}{' '}
            <b class={`state-${status.joint.toLowerCase()}`}>{status.joint === 'BROKEN' ? w.yearBroken : stateWord(status.joint)}</b>
            {status.jointStreakDays > 0 && <span class="quiet"> · {w.jointStreak(integer(status.jointStreakDays))}</span>}
        </p>
    );
}

/* Predecessors, successors, and what an earlier policy would have said. */
function Relations({ document: { unit, status } }: { document: Pick<UnitDocument, 'unit' | 'status'> }) {
    const w = words.value;
    const list = (codes: readonly string[]) => codes.map((code) => <span key={code}><UnitDoor code={code}>{code}</UnitDoor> </span>);
    return (
        <div class="soft">
            {status && status.predecessors.length > 0 && <p>{w.predecessors} {list(status.predecessors)}</p>}
            {unit.successors.length > 0 && <p>{w.successors} {list(unit.successors)}</p>}
            {status?.others.map((other) => <p key={other.beforePosition}>{w.otherPolicy(other.policyVersion, stateWord(other.joint))}</p>)}
            {status?.notValid && <p class="notice">{w.notAlive}{w.colon}{status.notValid}</p>}
        </div>
    );
}

/* Three cards of a unit's own zeros; of a node the sums of what lives below it. */
function States({ document }: { document: UnitDocument & Shown }) {
    const w = words.value;
    const { status, unit, moment } = document;
    if (!status) return null;
    if (status.zeros.length > 0)
        return (
            <div class="zero-cards">
                {status.zeros.map((zero) => <ZeroCard key={zero.zero} zero={zero} moment={moment} />)}
            </div>
        );
    return (
        <Card title={w.below} hint={w.sumOnly} aside={<a href={href({ path: '/units', keys: { under: unit.code } })}>{w.toTree} ›</a>}>
            <div class="zero-cards">
                {status.below?.counts.filter((count) => count.group === 'ALL').map((count) => (
                    <div key={count.zero}>
                        <h3>{count.zero === 'PETITION' ? w.zeroPetition : count.zero === 'ACCIDENT' ? w.zeroAccident : count.zero === 'CASE' ? w.zeroCase : w.joint}</h3>
                        <Rate count={count} unit={unit.code} />
                    </div>
                ))}
            </div>
        </Card>
    );
}
