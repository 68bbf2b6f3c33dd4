/* Matters in a table: which, where, at which step, with whom, until when. Overdue is a reversed tag, soon an outlined one. */
import { href } from '../../address';
import type { MatterRow } from '../../api/matters';
import type { Matter } from '../../api/types';
import { UnitDoor } from '../../components/door';
import { integer } from '../../components/number';
import { type Column, Table } from '../../components/table';
import { word, words } from '../../words';

export function Due({ matter }: { matter: Pick<Matter, 'dueDay' | 'daysLeft'> }) {
    const w = words.value;
    if (matter.dueDay === '') return <span class="quiet">{w.noClock}</span>;
    if (matter.daysLeft < 0) return <span class="tag tag-overdue">{w.overdueDays(integer(-matter.daysLeft))}</span>;
    return <span class="tag">{matter.daysLeft === 0 ? w.dueToday : w.daysLeft(integer(matter.daysLeft))}</span>;
}

/* The step's word; two kinds of matters share names of steps with other meanings. */
export function stepWord(kind: string, step: string): string {
    const w = words.value;
    if (step === 'NONE') return w.noDays; /* the move left the matter where it was */
    return w.stepsOf[`${kind}.${step}`] ?? word(w.steps, step);
}

export function officesOf(matter: Matter): string {
    const w = words.value;
    if (matter.lead === 'UNSPECIFIED' || matter.lead === undefined) return word(w.offices, matter.handler === 'UNSPECIFIED' ? matter.openedBy : matter.handler);
    return `${word(w.offices, matter.lead)}${w.leads}${matter.members.map((office) => ` + ${word(w.offices, office)}`).join('')}`;
}

function notes(matter: MatterRow): string {
    const w = words.value;
    const open = matter.supervisions?.filter((supervision) => supervision.answeredAt === '0') ?? [];
    return [
        matter.hazardGrade === 'MAJOR' && w.gradeMajor,
        matter.placarded && w.placarded,
        matter.accidentGrade && word(w.accidentGrades, matter.accidentGrade),
        matter.kind === 'CASE' && (matter.caseClass === 2 ? w.caseCriminal : w.caseAdministrative),
        matter.late && w.late,
        matter.lead !== 'UNSPECIFIED' && matter.tasks?.length > 0 && w.tasksDone(String(matter.tasks.filter((task) => task.doneAt !== '0').length), String(matter.tasks.length)),
        open.length > 0 && w.supervisedLevel(String(Math.max(...open.map((supervision) => supervision.level)))),
        matter.escalation > 1 && w.escalatedTo(String(matter.escalation)),
        matter.campaign,
    ].filter(Boolean).join(' · ');
}

export function MatterTable({ matters, empty, kinds = true }: { matters: readonly MatterRow[]; empty: string; kinds?: boolean }) {
    const w = words.value;
    if (matters.length === 0) return <p class="quiet">{empty}</p>;
    const columns: Column<MatterRow>[] = [
        {
            name: 'matter', head: w.matter, class: 'stack-head',
            cell: (row) => <>{kinds && `${word(w.matterKinds, row.kind)} `}<a class="door" href={href({ path: `/matters/${encodeURIComponent(row.matter)}` })}>{row.matter}</a></>,
        },
        { name: 'unit', head: w.unit, cell: (row) => <UnitDoor code={row.unit}>{row.unitName || row.unit}</UnitDoor> },
        { name: 'handler', head: w.handler, cell: (row) => officesOf(row) },
        { name: 'step', head: w.step, cell: (row) => <>{stepWord(row.kind, row.step)}{row.clock !== 'UNSPECIFIED' && <span class="quiet"> · {word(w.clocks, row.clock)}</span>}</> },
        { name: 'notes', head: w.note, class: 'soft', cell: (row) => notes(row) },
        { name: 'dueDay', head: w.dueDay, cell: (row) => row.dueDay || (row.closedDay ? w.closedOn(row.closedDay) : '') },
        { name: 'due', head: w.overdue, numeric: true, class: 'stack-aside', cell: (row) => (row.closedDay ? '' : <Due matter={row} />) },
    ];
    return <Table<MatterRow> caption={w.matter} class="stack matters" columns={columns} rows={matters} rowKey={(row) => `${row.kind}${row.matter}`} />;
}
