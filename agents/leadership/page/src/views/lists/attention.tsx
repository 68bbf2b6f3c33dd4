/* One attention list, page by page. */
import { address, type ListName } from '../../address';
import type { AttentionDocument, AttentionRow } from '../../api/lists';
import { Card } from '../../components/card';
import { EventDoor, UnitDoor } from '../../components/door';
import { Loading } from '../../components/loading';
import { zeroWord } from '../../components/mark';
import { integer } from '../../components/number';
import { ProblemNotice } from '../../components/problem';
import { type Column, Table } from '../../components/table';
import { dayRange } from '../../days';
import { word, words } from '../../words';
import { Exports } from '../shared/exports';
import { usePaged } from '../shared/paged';
import { useExport } from '../shared/use-export';

const PAGE = 100;

/* The address says 由破转零 "corrected"; the hub calls that list UNBROKEN. */
const nameOf = (list: ListName): string => (list === 'corrected' ? 'unbroken' : list);

export function Attention({ list }: { list: ListName }) {
    const w = words.value;
    const name = nameOf(list);
    const year = address.value.keys.get('year') ?? undefined;
    useExport(`attention-${name}`, { year });
    const { first, rest, more, problem } = usePaged<AttentionDocument>(`attention/${name}`, { year, limit: String(PAGE) });
    const rows = [first.value, ...rest].flatMap((page) => page?.rows ?? []);
    const total = first.value?.total ?? 0;
    const shownYear = first.value?.moment.day.slice(0, 4) ?? '';
    return (
        <Card title={word(w.listNames, list)} hint={word(w.listHints, list)} aside={<Exports name={`attention-${name}`} params={{ year }} />}>
            {first.problem && <ProblemNotice problem={first.problem} retry={first.retry} kept={first.value !== null} />}
            {first.loading && <Loading height={20} lines={6} />}
            {first.value && <p class="quiet">{w.rowsCount(integer(total))}</p>}
            {first.value && rows.length === 0 && <p>{w.listEmpty}</p>}
            {rows.length > 0 && (
                <Table<AttentionRow> caption={word(w.listNames, list)} class="stack" rows={rows} columns={columnsOf(list, shownYear)}
                    rowKey={(row) => `${row.unit}|${row.zero}|${row.office}|${row.day}|${row.position}|${row.text}`} />
            )}
            {problem && <ProblemNotice problem={problem} kept />}
            {rows.length < total && (
                <p class="buttons"><button type="button" disabled={more === null} onClick={() => more?.(String(rows.length))}>{w.loadMore} {w.shownOf(integer(rows.length), integer(total))}</button></p>
            )}
        </Card>
    );
}

type Cell = Column<AttentionRow>;

function columnsOf(list: ListName, year: string): Cell[] {
    const w = words.value;
    const unit: Cell = { name: 'unit', head: w.unit, class: 'stack-head', cell: (row) => <UnitDoor code={row.unit}>{row.name || row.unit}</UnitDoor> };
    const kind: Cell = { name: 'kind', head: w.kindHead, cell: (row) => <span class="soft">{word(w.unitKinds, row.kind)}</span> };
    const zero: Cell = { name: 'zero', head: w.zeroHead, cell: (row) => (row.zero === 'UNSPECIFIED' ? w.noDays : zeroWord(row.zero)) };
    const office: Cell = { name: 'office', head: w.office, cell: (row) => word(w.offices, row.office) };
    const days = (head: string): Cell => ({ name: 'days', head, cell: (row) => (row.day ? dayRange(row.day, row.toDay, year) : w.noDays) });
    const count = (head: string): Cell => ({ name: 'count', head, numeric: true, class: 'stack-aside', cell: (row) => w.daysShort(integer(row.days)) });
    const record: Cell = { name: 'record', head: w.record, cell: (row) => (row.position === '0' ? w.noDays : <EventDoor position={row.position} />) };
    const target = (head: string): Cell => ({ name: 'target', head, cell: (row) => (row.target === '0' ? w.noDays : <EventDoor position={row.target} />) });
    const text = (head: string): Cell => ({ name: 'text', head, cell: (row) => word(w.amendments, row.text) });
    const approval: Cell = {
        name: 'approval', head: w.approval, class: 'stack-aside',
        cell: (row) => (row.pending ? <span class="tag tag-late">{w.pendingApproval}</span> : row.byTwo ? <span class="tag">{w.approvedByTwo}</span> : w.noDays),
    };
    switch (list) {
        case 'unverified':
            return [unit, kind, zero, office, days(w.gap), count(w.owedDays)];
        case 'silent':
            return [unit, kind, days(w.lastHeardDay), count(w.silentFor)];
        case 'unswept':
            return [unit, kind, days(w.lastSwept), count(w.daysHead)];
        case 'late':
            return [unit, kind, zero, office, days(w.period), count(w.lateBy), record];
        case 'contradicted':
            return [unit, kind, zero, office, days(w.attestedDays), record, target(w.deniedBy), count(w.delay)];
        case 'corrected':
        case 'amended':
            return [unit, zero, office, text(w.amendment), days(w.dayOfIt), record, target(w.changedRecord), approval];
        case 'withdrawn':
            return [unit, office, { name: 'text', head: w.matter, cell: (row) => row.text }, days(w.dayOfIt), record];
        default:
            return [unit, kind,
                { name: 'met', head: w.asPublished, cell: (row) => (row.met ? w.met : w.notMet) },
                { name: 'now', head: w.asKnownNowList, cell: (row) => (row.met === row.metNow ? w.sameNow : <span class="tag">{w.revised}{w.colon}{row.metNow ? w.met : w.notMet}</span>) },
                { name: 'policy', head: w.policy, cell: (row) => row.text }, record];
    }
}
