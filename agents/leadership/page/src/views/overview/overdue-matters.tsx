import { href } from '../../address';
import type { Matter } from '../../api/types';
import { Card } from '../../components/card';
import { integer } from '../../components/number';
import { Table } from '../../components/table';
import { word, words } from '../../words';
import { More } from '../overview';

/* How a running clock stands, on the day that is shown. */
export function DueTag({ matter }: { matter: Matter }) {
    const w = words.value;
    if (matter.dueDay === '') return <>–</>;
    if (matter.daysLeft < 0) return <span class="tag tag-overdue">{w.overdueDays(integer(-matter.daysLeft))}</span>;
    return <span class="tag">{matter.daysLeft === 0 ? w.dueToday : w.daysLeft(integer(matter.daysLeft))}</span>;
}

export function OverdueMatters({ matters, total }: { matters: readonly Matter[]; total: number }) {
    const w = words.value;
    const first = matters.slice(0, 8);
    return (
        <Card title={w.oldestOverdue} hint={w.byOverdueDays} class="overdue-matters"
            aside={<More path="/lists/overdue">{w.allCount(integer(total))}</More>}>
            {first.length === 0 ? <p>{w.noneOverdue}</p> : (
                <Table caption={w.oldestOverdue} rows={first} rowKey={(matter) => `${matter.kind}${matter.matter}`} class="stacked"
                    columns={[
                        {
                            name: 'matter', head: w.matter, class: 'stacked-title',
                            cell: (matter) => (
                                <a class="door" href={href({ path: `/matters/${encodeURIComponent(matter.matter)}` })}>
                                    {word(w.matterKinds, matter.kind)} {matter.matter}
                                </a>
                            ),
                        },
                        { name: 'handler', head: w.handler, cell: (matter) => (matter.handler === 'UNSPECIFIED' ? matter.unitName : word(w.offices, matter.handler)) },
                        {
                            name: 'step', head: w.step,
                            cell: (matter) => {
                                const clock = word(w.clocks, matter.clock);
                                return <>{word(w.steps, matter.step)}{clock && <span class="quiet">{w.open}{clock}{w.close}</span>}</>;
                            },
                        },
                        { name: 'due', head: w.overdue, numeric: true, class: 'stacked-tag', cell: (matter) => <DueTag matter={matter} /> },
                    ]} />
            )}
        </Card>
    );
}
