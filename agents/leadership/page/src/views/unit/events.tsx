/* The unit's own records, newest first. */
import { href } from '../../address';
import type { EventsDocument } from '../../api/unit';
import type { EventRecord } from '../../api/types';
import { Card } from '../../components/card';
import { EventDoor } from '../../components/door';
import { Loading } from '../../components/loading';
import { dateTime, monthDay } from '../../components/number';
import { Table } from '../../components/table';
import { word, words } from '../../words';
import { payloadOf, useTypeNames } from '../shared/events';
import { eventDetail } from '../shared/event-detail';

export function UnitEvents({ document, code, year }: { document: EventsDocument | null; code: string; year: string }) {
    const w = words.value;
    const typeName = useTypeNames();
    const time = (text: string): string => monthDay(dateTime(text), year).slice(0, text ? undefined : 0);
    const rows = document?.records ?? [];
    return (
        <Card title={w.event} hint={w.newestFirst} aside={<a href={href({ path: '/events', keys: { unit: code } })}>{w.all} ›</a>} class="card-events">
            {!document && <Loading height={12} />}
            {document && rows.length === 0 && <p class="quiet">{w.noEventsOfUnit}</p>}
            {rows.length > 0 && (
                <Table<EventRecord> caption={w.event} class="stack events" rows={rows} rowKey={(record) => record.position}
                    columns={[
                        { name: 'position', head: w.position, class: 'stack-head', cell: (record) => <EventDoor position={record.position} /> },
                        { name: 'occurred', head: w.occurred, cell: (record) => time(record.event.occurredAt).slice(0, -9) || w.noDays },
                        { name: 'recorded', head: w.recorded, cell: (record) => time(record.recordedAt).slice(0, -3) },
                        { name: 'event', head: w.event, class: 'stack-main', cell: (record) => <>{typeName(payloadOf(record).type)}{eventDetail(record, year)}</> },
                        { name: 'publisher', head: w.publisher, class: 'stack-aside', cell: (record) => word(w.offices, record.publisher.office) },
                    ]} />
            )}
        </Card>
    );
}
