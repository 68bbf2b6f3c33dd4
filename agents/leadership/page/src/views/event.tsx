/* One record of the log: what it says, when, by whom, and its proof once there is one. */
import type { ComponentChildren } from 'preact';
import { href } from '../address';
import type { EventDocument, EventRecord } from '../api/types';
import { Card } from '../components/card';
import { UnitDoor } from '../components/door';
import { Loading } from '../components/loading';
import { dateTime, integer } from '../components/number';
import { ProblemNotice } from '../components/problem';
import { copyText } from '../shell/copy-link';
import { useDocument } from '../view';
import { lang, spelled, word, words } from '../words';
import './event.css';

const envelope: readonly string[] = ['source', 'sequence', 'occurredAt', 'utcOffsetMinutes', 'unit', 'matter', 'mode', 'campaign', 'note'];

/* The typed payload: the one member of the event that is not of its envelope. */
function payloadOf(event: EventRecord['event']): { type: string; payload: Record<string, unknown> } {
    const name = Object.keys(event).find((key) => !envelope.includes(key) && typeof event[key] === 'object' && event[key] !== null) ?? '';
    return { type: name.charAt(0).toUpperCase() + name.slice(1), payload: (event[name] ?? {}) as Record<string, unknown> };
}

/* What the hub signed, and the file with which anybody checks it elsewhere: this page vouches for nothing. */
function Proof({ position, proof }: { position: string; proof: NonNullable<EventDocument['proof']> }) {
    const w = words.value;
    const file = `data:text/plain;charset=utf-8,${encodeURIComponent(proof.file)}`;
    return (
        <>
            <dl class="facts">
                <div><dt>{w.proofCheckpoint}</dt><dd>{proof.origin}</dd></div>
                <div><dt>{w.proofCovers}</dt><dd>{integer(proof.size)}</dd></div>
                <div><dt>{w.proofRoot}</dt><dd>{proof.root}</dd></div>
            </dl>
            <p><a class="button" href={file} download={`${position}.proof`}>{w.proofDownload}</a></p>
            <p class="quiet">{w.proofHint}</p>
        </>
    );
}

export function EventView({ position }: { position: string }) {
    const w = words.value;
    const { value, problem, loading, retry, retryAt } = useDocument<EventDocument>(`events/${position}`, {}, { moment: false, live: false });
    if (loading) return <div class="card"><Loading height={30} lines={9} /></div>;
    if (!value) return problem ? <ProblemNotice problem={problem} retry={retry} retryAt={retryAt} /> : null;
    const { record, label } = value;
    const { event, publisher } = record;
    const { type, payload } = payloadOf(event);
    const json = JSON.stringify(record, null, 2);
    const rows: [string, ComponentChildren][] = [
        [w.position, `#${integer(record.position)}`],
        [w.occurred, <time dateTime={event.occurredAt}>{dateTime(event.occurredAt)}</time>],
        [w.recorded, <time dateTime={record.recordedAt}>{dateTime(record.recordedAt)}</time>],
        [w.publisher, `${word(w.offices, publisher.office)} · ${w.identity} ${publisher.identity}`],
        [w.unit, event.unit ? <UnitDoor code={event.unit}>{event.unit}</UnitDoor> : w.none],
        [w.matter, event.matter ? <a class="door" href={href({ path: `/matters/${encodeURIComponent(event.matter)}` })}>{event.matter}</a> : w.none],
        [w.source, `${event.source} · ${w.sequence} ${integer(event.sequence)}`],
        [w.mode, word(w.modes, event.mode ?? 'ACTUAL')],
        [w.campaign, event.campaign || w.none],
        [w.note, event.note || w.none],
        [w.routedTo, record.routedTo && record.routedTo.length > 0 ? record.routedTo.map((office) => word(w.offices, office)).join(w.listComma) : w.none],
    ];
    return (
        <div class="event-page">
            <p class="event-steps">
                <button type="button" onClick={() => history.back()}>‹ {w.back}</button>
                {record.position !== '1' && <a class="button" href={href({ path: `/events/${BigInt(record.position) - 1n}` })}>{w.olderRecord}</a>}
                <a class="button" href={href({ path: `/events/${BigInt(record.position) + 1n}` })}>{w.newerRecord}</a>
            </p>
            <h1>#{integer(record.position)} {lang.value === 'en' ? spelled(type) : label}</h1>
            <div class="event-cards">
                <Card title={w.record}>
                    <dl class="facts">
                        {rows.map(([name, text]) => <div key={name}><dt>{name}</dt><dd>{text}</dd></div>)}
                    </dl>
                </Card>
                <div class="event-side">
                <Card title={w.payload} hint={type}>
                    <dl class="facts">
                        {Object.entries(payload).map(([name, text]) => (
                            <div key={name}>
                                <dt>{name}</dt>
                                <dd>{typeof text === 'object' ? JSON.stringify(text) : String(text)}</dd>
                            </div>
                        ))}
                    </dl>
                    {Object.keys(payload).length === 0 && <p class="quiet">{w.none}</p>}
                </Card>
                <Card title={w.proof} class="event-proof">
                    {value.proof ? <Proof position={record.position} proof={value.proof} /> : <p>{w.noProof}</p>}
                    {value.digest && <p class="quiet break">{w.digest} {value.digest}</p>}
                </Card>
                </div>
                <Card title={w.json} class="event-json" aside={<button type="button" class="plain" onClick={() => void copyText(json)}>{w.copyJson}</button>}>
                    <pre tabIndex={0}>{json}</pre>
                </Card>
            </div>
        </div>
    );
}
