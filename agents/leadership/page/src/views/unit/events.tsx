/* The unit's own records, newest first. */
import { href } from '../../address';
import type { EventsDocument } from '../../api/unit';
import type { EventRecord, UnitStatus } from '../../api/types';
import { Card } from '../../components/card';
import { EventDoor, UnitDoor } from '../../components/door';
import { Loading } from '../../components/loading';
import { Mark } from '../../components/mark';
import { dateTime, monthDay } from '../../components/number';
import { Table } from '../../components/table';
import { word, words } from '../../words';
import { eventDetail } from '../shared/event-detail';
import { payloadOf, useTypeNames } from '../shared/events';

interface UnitEventsProps {
    document: EventsDocument | null;
    code: string;
    status: UnitStatus | null;
    year: string;
}

export function UnitEvents({ document, code, status, year }: UnitEventsProps) {
    const w = words.value;
    const typeName = useTypeNames();
    const time = (text: string): string => monthDay(dateTime(text), year);
    const rows = document?.records ?? [];
    return (
        <Card title={w.event} hint={w.newestFirst} class="card-events" aside={<a href={href({ path: '/events', keys: { unit: code } })}>{w.all} ›</a>}>
            {!document && <Loading height={12} />}
            {document && rows.length === 0 && <p class="quiet">{w.noEventsOfUnit}</p>}
            {rows.length > 0 && (
                <Table<EventRecord> caption={w.event} class="stack events" rows={rows} rowKey={(record) => record.position}
                    columns={[
                        { name: 'position', head: w.position, class: 'stack-head', cell: (record) => <EventDoor position={record.position} /> },
                        { name: 'occurred', head: w.occurred, class: 'nowrap', cell: (record) => time(record.event.occurredAt).slice(0, -9) },
                        { name: 'recorded', head: w.recorded, class: 'nowrap', cell: (record) => time(record.recordedAt).slice(0, -3) },
                        { name: 'event', head: w.event, class: 'stack-main', cell: (record) => <What record={record} status={status} code={code} year={year} name={typeName(payloadOf(record).type)} /> },
                        { name: 'publisher', head: w.publisher, class: 'stack-aside', cell: (record) => word(w.offices, record.publisher.office) },
                    ]} />
            )}
        </Card>
    );
}

interface WhatProps {
    record: EventRecord;
    status: UnitStatus | null;
    code: string;
    year: string;
    name: string;
}

/* The event with the mark of what it does to this unit, as the unit's status says: it attests, breaks, or was denied. */
function What({ record, status, code, year, name }: WhatProps) {
    const w = words.value;
    const { position, event } = record;
    const zeros = status?.zeros ?? [];
    const breaks = zeros.some((zero) => zero.breaks.includes(position));
    const denied = zeros.some((zero) => zero.contradicted.includes(position));
    const attests = !denied && zeros.some((zero) => zero.attestations.includes(position));
    return (
        <>
            {breaks && <Mark state="BROKEN" />}{attests && <Mark state="ZERO" />} {name}{eventDetail(record, year)}
            {event.unit !== undefined && event.unit !== '' && event.unit !== code && <> · <UnitDoor code={event.unit}>{event.unit}</UnitDoor></>}
            {denied && <> <span class="tag">{w.deniedTag}</span></>}
        </>
    );
}
