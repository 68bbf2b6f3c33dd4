/* Two moments side by side. The page compares what the hub gave for each; it computes no figure of its own. */
import { useRef } from 'preact/hooks';
import { address, go, href, isDay, isKnown } from '../../address';
import type { DifferenceDocument } from '../../api/compare';
import type { DifferenceRow, MomentShown, Shown, Summary, ZeroCount } from '../../api/types';
import { Card } from '../../components/card';
import { EventDoor, UnitDoor } from '../../components/door';
import { Loading } from '../../components/loading';
import { State, zeroWord } from '../../components/mark';
import { addDays, dateTime, integer } from '../../components/number';
import { ProblemNotice } from '../../components/problem';
import { Coverage, Interval } from '../../components/rate';
import { Table } from '../../components/table';
import { type Document, shownMoment, useDocument } from '../../view';
import { word, words } from '../../words';
import { Exports } from '../shared/exports';
import { figuresOf } from './summary-figures';

type SummaryDocument = Shown & { summary: Summary };

/* "2020-08-19", "2020-08-19@184203", "#184203", "184203", "now": a moment as the address writes it. */
export function momentOf(text: string): { at?: string; known?: string } {
    const [day = '', known = ''] = text.replace('#', '').split('@');
    if (isDay(day)) return known !== '' && isKnown(known) ? { at: day, known } : { at: day, known: 'end' };
    return isKnown(day) && day !== 'now' && day !== 'end' ? { known: day } : {};
}

/* Live and nothing chosen: yesterday beside now. */
function dayBefore(): string {
    const moment = shownMoment.value;
    return moment ? addDays(moment.today, -1) : '';
}

export function Moments() {
    const { keys, at, known } = address.value;
    const a = keys.get('a') ?? (at && known && known !== 'end' ? `${at}@${known}` : at || known || dayBefore());
    const b = keys.get('b') ?? 'now';
    const params = (text: string) => ({ at: undefined, known: undefined, ...momentOf(text) });
    const first = useDocument<SummaryDocument>('summary', params(a));
    const second = useDocument<SummaryDocument>('summary', params(b));
    const sameDay = first.value !== null && second.value !== null && first.value.moment.day === second.value.moment.day;
    return (
        <>
            <Choice a={a} b={b} />
            {[first, second].map((found, i) => found.problem && <ProblemNotice key={i} problem={found.problem} retry={found.retry} kept={found.value !== null} />)}
            {(first.loading || second.loading) && <Loading height={24} lines={6} />}
            {first.value && second.value && <Sides first={first} second={second} />}
            {first.value && second.value && <Figures a={first.value} b={second.value} />}
            {first.value?.moment.past && <Changed params={params(a)} sameDay={sameDay} />}
        </>
    );
}

function Choice({ a, b }: { a: string; b: string }) {
    const w = words.value;
    const form = useRef<HTMLFormElement>(null);
    const take = (event: Event): void => {
        event.preventDefault();
        const values = new FormData(form.current!);
        go({ keys: { a: String(values.get('a') ?? '').trim(), b: String(values.get('b') ?? '').trim() } });
    };
    return (
        <form ref={form} class="card moments-choice" onSubmit={take}>
            <label>{w.momentA} <input name="a" defaultValue={a} key={`a${a}`} placeholder="2020-08-19@184203" /></label>
            <label>{w.momentB} <input name="b" defaultValue={b} key={`b${b}`} placeholder="now" /></label>
            <button type="submit">{w.compareThem}</button>
            <span class="quiet">{w.momentHint}</span>
        </form>
    );
}

function MomentHead({ moment }: { moment: MomentShown }) {
    const w = words.value;
    return (
        <p class="soft">
            {w.statusDay} <b>{moment.day}</b> · {moment.past ? w.knownThen : w.knownTo} <EventDoor position={moment.position} /> · {dateTime(moment.time)} · {w.policy} {moment.policyVersion}
        </p>
    );
}

function Sides({ first, second }: { first: Document<SummaryDocument>; second: Document<SummaryDocument> }) {
    const w = words.value;
    const documents = [first.value!, second.value!] as const;
    const keyOf = (count: ZeroCount): string => `${count.zero}|${count.group}`;
    const others = new Map(documents[1].summary.zeros.counts.map((count) => [keyOf(count), count]));
    const rows = documents[0].summary.zeros.counts;
    const part = (count: ZeroCount | undefined) => (count ? <><Interval count={count} /> <Coverage count={count} /> <span class="quiet nowrap">{integer(count.zeroUnits)} · {integer(count.unverified)} · {integer(count.broken)}</span></> : w.noDays);
    return (
        <Card title={w.twoMoments} class="card-sides">
            <div class="sides">{documents.map((document, i) => <div key={i}><h3>{i === 0 ? w.momentA : w.momentB}</h3><MomentHead moment={document.moment} /></div>)}</div>
            <Table<ZeroCount> caption={w.twoMoments} class="stack" rows={rows} rowKey={keyOf}
                columns={[
                    { name: 'zero', head: w.state, class: 'stack-head', cell: (count) => `${zeroWord(count.zero)} · ${count.group === 'AREA' ? w.areas : count.group === 'ENTERPRISE' ? w.enterprises : w.all}` },
                    { name: 'a', head: w.momentA, cell: (count) => part(count) },
                    { name: 'b', head: w.momentB, cell: (count) => part(others.get(keyOf(count))) },
                    { name: 'differs', head: w.sameOrNot, class: 'stack-aside', cell: (count) => <SameTag same={sameCount(count, others.get(keyOf(count)))} /> },
                ]} />
        </Card>
    );
}

const sameCount = (a: ZeroCount, b: ZeroCount | undefined): boolean =>
    b !== undefined && a.total === b.total && a.zeroUnits === b.zeroUnits && a.broken === b.broken;

function SameTag({ same }: { same: boolean }) {
    const w = words.value;
    return <span class={same ? 'tag' : 'tag tag-overdue'} data-same={same}>{same ? w.same : w.notSame}</span>;
}

/* The records behind a figure as they stood at its moment. */
function MomentDoor({ moment, figure, value }: { moment: MomentShown; figure: string; value: string }) {
    const when = moment.past ? { at: moment.day, known: moment.position } : { at: null, known: null };
    return <a class="door" href={href({ keys: { why: figure, ...when } })}>{integer(value)}</a>;
}

function Figures({ a, b }: { a: SummaryDocument; b: SummaryDocument }) {
    const w = words.value;
    const others = new Map(figuresOf(b.summary));
    const rows = figuresOf(a.summary).filter(([figure, value]) => others.get(figure) !== value);
    return (
        <Card title={w.figuresDiffer} hint={w.figuresDifferHint}>
            {rows.length === 0 ? <p class="quiet">{w.noFigureDiffers}</p> : (
                <Table<[string, string]> caption={w.figuresDiffer} class="stack" rows={rows} rowKey={([figure]) => figure}
                    columns={[
                        { name: 'figure', head: w.item, class: 'stack-head', cell: ([figure]) => word(w.figures, figure) },
                        { name: 'a', head: w.momentA, numeric: true, cell: ([figure, value]) => <MomentDoor moment={a.moment} figure={figure} value={value} /> },
                        { name: 'b', head: w.momentB, numeric: true, cell: ([figure]) => <b><MomentDoor moment={b.moment} figure={figure} value={others.get(figure) ?? '0'} /></b> },
                    ]} />
            )}
        </Card>
    );
}

/* What became known of the first moment's day only later. */
function Changed({ params, sameDay }: { params: Record<string, string | undefined>; sameDay: boolean }) {
    const w = words.value;
    const found = useDocument<DifferenceDocument>('difference', { ...params, limit: '100' });
    const rows = found.value?.rows ?? [];
    return (
        <Card title={w.changedSince} hint={sameDay ? undefined : w.changedSinceHint} aside={<Exports name="difference" params={params} />}>
            {found.problem && <ProblemNotice problem={found.problem} retry={found.retry} kept={found.value !== null} />}
            {found.loading && <Loading height={12} />}
            {found.value && rows.length === 0 && <p class="quiet">{w.differsNot}</p>}
            {rows.length > 0 && <p class="quiet">{w.differsMore(found.value!.total)}</p>}
            {rows.length > 0 && (
                <Table<DifferenceRow> caption={w.changedSince} class="stack" rows={rows} rowKey={(row) => row.unit + row.zero}
                    columns={[
                        { name: 'unit', head: w.unit, class: 'stack-head', cell: (row) => <UnitDoor code={row.unit}>{row.name}</UnitDoor> },
                        { name: 'zero', head: w.zeroHead, cell: (row) => zeroWord(row.zero) },
                        { name: 'then', head: w.knownThen, cell: (row) => <State state={row.then} /> },
                        { name: 'now', head: w.knownNow, cell: (row) => <State state={row.now} /> },
                        { name: 'records', head: w.becauseOf, cell: (row) => row.positions.map((position) => <span key={position}><EventDoor position={position} /> </span>) },
                    ]} />
            )}
        </Card>
    );
}
