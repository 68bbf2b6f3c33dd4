/* One matter with its whole history: every move a door to its record. */
import { address } from '../address';
import type { Move, MattersDocument, Supervision, Task } from '../api/matters';
import { Card } from '../components/card';
import { EventDoor, UnitDoor } from '../components/door';
import { Loading } from '../components/loading';
import { ProblemNotice } from '../components/problem';
import { Table } from '../components/table';
import { useDocument } from '../view';
import { word, words } from '../words';
import { useTypeNames } from './shared/events';
import { Due, officesOf, stepWord } from './shared/matters';
import './views.css';

export function MatterView() {
    const { view } = address.value;
    const code = view.name === 'matter' ? view.matter : '';
    const found = useDocument<MattersDocument>(`matters/${encodeURIComponent(code)}`);
    const w = words.value;
    const matter = found.value?.matters[0];
    if (!found.value) return found.problem ? <ProblemNotice problem={found.problem} retry={found.retry} /> : <Loading height={30} lines={6} />;
    if (!matter) return <p class="card">{w.noMatter}</p>;
    return (
        <div class="view-matter">
            <header class="unit-title">
                <h1>{word(w.matterKinds, matter.kind)} {matter.matter}</h1>
                <p class="quiet">
                    <UnitDoor code={matter.unit}>{matter.unitName || matter.unit}</UnitDoor> · {stepWord(matter.kind, matter.step)} · {officesOf(matter)}
                    {matter.campaign && ` · ${matter.campaign}`}
                </p>
                <p>{matter.closedDay ? w.closedOn(matter.closedDay) : <>{matter.dueDay && `${word(w.clocks, matter.clock)} ${w.dueBy(matter.dueDay)} `}<Due matter={matter} /></>}</p>
            </header>
            <Card title={w.moves}><Moves moves={matter.moves} kind={matter.kind} /></Card>
            {matter.tasks.length > 0 && <Card title={w.tasks}><Tasks tasks={matter.tasks} /></Card>}
            {matter.supervisions.length > 0 && <Card title={w.supervisions}><Supervisions supervisions={matter.supervisions} /></Card>}
        </div>
    );
}

function Moves({ moves, kind }: { moves: readonly Move[]; kind: string }) {
    const w = words.value;
    const typeName = useTypeNames();
    const changed = (name: string, position: string) => (position !== '0' && position !== undefined ? <span class="tag">{name} <EventDoor position={position} /></span> : null);
    return (
        <Table<Move> caption={w.moves} class="stack" rows={moves} rowKey={(move) => move.position}
            columns={[
                { name: 'position', head: w.position, class: 'stack-head', cell: (move) => <EventDoor position={move.position} /> },
                { name: 'day', head: w.occurred, cell: (move) => move.day },
                { name: 'type', head: w.event, class: 'stack-main', cell: (move) => <>{typeName(move.type)}{move.clock !== 'UNSPECIFIED' && ` · ${word(w.clocks, move.clock)}`}</> },
                { name: 'step', head: w.step, cell: (move) => stepWord(kind, move.step) },
                { name: 'due', head: w.dueDay, cell: (move) => move.dueDay || w.noDays },
                { name: 'office', head: w.office, class: 'stack-aside', cell: (move) => word(w.offices, move.office) },
                {
                    name: 'changed', head: w.note,
                    cell: (move) => <>{changed(w.retractedWord, move.retractedAt)} {changed(w.correctedWord, move.correctedAt)} {changed(w.supplementedWord, move.supplementedAt)} {changed(w.pendingApproval, move.pendingAt)}</>,
                },
            ]} />
    );
}

function Tasks({ tasks }: { tasks: readonly Task[] }) {
    const w = words.value;
    return (
        <Table<Task> caption={w.tasks} class="stack" rows={tasks} rowKey={(task) => task.task}
            columns={[
                { name: 'task', head: w.tasks, class: 'stack-head', cell: (task) => task.task },
                { name: 'office', head: w.office, cell: (task) => word(w.offices, task.office) },
                { name: 'due', head: w.dueDay, cell: (task) => task.dueDay },
                { name: 'assigned', head: w.assigned, cell: (task) => <EventDoor position={task.assignedAt} /> },
                { name: 'done', head: w.state, class: 'stack-aside', cell: (task) => (task.doneAt !== '0' ? <>{task.released ? w.released : w.done} <EventDoor position={task.doneAt} /></> : <span class={task.overdue ? 'tag tag-overdue' : 'tag'}>{task.overdue ? w.overdue : w.petitionsOpen}</span>) },
            ]} />
    );
}

function Supervisions({ supervisions }: { supervisions: readonly Supervision[] }) {
    const w = words.value;
    return (
        <Table<Supervision> caption={w.supervisions} class="stack" rows={supervisions} rowKey={(row) => row.issuedAt}
            columns={[
                { name: 'level', head: w.levelHead, class: 'stack-head', cell: (row) => w.supervisedLevel(String(row.level)) },
                { name: 'from', head: w.byOffice, cell: (row) => word(w.offices, row.byOffice) },
                { name: 'to', head: w.toOffice, cell: (row) => word(w.offices, row.toOffice) },
                { name: 'due', head: w.dueDay, cell: (row) => row.dueDay },
                { name: 'issued', head: w.record, cell: (row) => <EventDoor position={row.issuedAt} /> },
                { name: 'answered', head: w.state, class: 'stack-aside', cell: (row) => (row.answeredAt !== '0' ? <>{w.answered} <EventDoor position={row.answeredAt} /></> : <span class={row.overdue ? 'tag tag-overdue' : 'tag'}>{row.overdue ? w.overdue : w.unanswered}</span>) },
            ]} />
    );
}
