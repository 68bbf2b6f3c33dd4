/* 疑似漏报: where two offices' records contradict each other. */
import { address, go } from '../../address';
import type { DiscrepanciesDocument, Discrepancy } from '../../api/lists';
import { Card } from '../../components/card';
import { EventDoor, UnitDoor } from '../../components/door';
import { Loading } from '../../components/loading';
import { ProblemNotice } from '../../components/problem';
import { Table } from '../../components/table';
import { useDocument } from '../../view';
import { word, words } from '../../words';
import { Exports } from '../shared/exports';
import { useExport } from '../shared/use-export';

export function Suspected() {
    const w = words.value;
    const open = address.value.keys.get('only') === 'open';
    const found = useDocument<DiscrepanciesDocument>('discrepancies', open ? { open: 'true' } : {});
    useExport('discrepancies', { open: open ? 'true' : undefined });
    const rows = found.value?.discrepancies ?? [];
    return (
        <Card title={w.suspected} hint={w.suspectedListHint} aside={<Exports name="discrepancies" params={{ open: open ? 'true' : undefined }} />}>
            <div class="tree-tools">
                <div class="switch" role="group" aria-label={w.state}>
                    <button type="button" aria-pressed={!open} onClick={() => go({ keys: { only: null } }, true)}>{w.all}</button>
                    <button type="button" aria-pressed={open} onClick={() => go({ keys: { only: 'open' } }, true)}>{w.suspectedHint}</button>
                </div>
            </div>
            {found.problem && <ProblemNotice problem={found.problem} retry={found.retry} kept={found.value !== null} />}
            {found.loading && <Loading height={12} />}
            {found.value && rows.length === 0 && <p>{open ? w.filterEmpty : w.listEmpty}</p>}
            {rows.length > 0 && (
                <Table<Discrepancy> caption={w.suspected} class="stack" rows={rows} rowKey={(row) => row.discrepancy}
                    columns={[
                        { name: 'unit', head: w.unit, class: 'stack-head', cell: (row) => <UnitDoor code={row.unit}>{row.unitName || row.unit}</UnitDoor> },
                        { name: 'rule', head: w.suspectedRule, cell: (row) => word(w.discrepancyRules, row.rule) },
                        { name: 'day', head: w.occurred, cell: (row) => row.day },
                        { name: 'offices', head: w.office, cell: (row) => row.offices.map((office) => word(w.offices, office)).join(w.listComma) },
                        { name: 'evidence', head: w.evidence, cell: (row) => <EventDoor position={row.evidence} /> },
                        { name: 'raised', head: w.raised, cell: (row) => <EventDoor position={row.raisedAt} /> },
                        {
                            name: 'finding', head: w.finding, class: 'stack-aside',
                            cell: (row) => (row.resolvedAt === '0' ? <span class="tag tag-late">{w.suspectedHint}</span> : <>{word(w.findings, row.finding)} <EventDoor position={row.resolvedAt} /></>),
                        },
                    ]} />
            )}
        </Card>
    );
}
