/* The events behind a figure: beside the view at the desk, over it on a phone. Esc closes and returns to the figure. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { address, go, href, momentParams } from '../address';
import { get, Problem } from '../api/client';
import type { Figure, FigureRecord, FigureRow, Shown, Summary } from '../api/types';
import { EventDoor, UnitDoor } from '../components/door';
import { Loading } from '../components/loading';
import { integer, monthDay, timeOn } from '../components/number';
import { ProblemNotice } from '../components/problem';
import { usePaged } from '../components/rows';
import { VirtualList } from '../components/virtual-list';
import { familyOf, figureName, tabsOf } from '../figure-name';
import { holdUpdates } from '../live';
import { scope, shownMoment, useDocument } from '../view';
import { lang, spelled, word, words } from '../words';
import { exportAddress } from './export';
import './drawer.css';

interface Row extends FigureRow {
    record: FigureRecord | undefined;
}

function rowsOf(answer: Figure): Row[] {
    const records = new Map(answer.records.map((record) => [record.position, record]));
    return answer.rows.map((row) => ({ ...row, record: records.get(row.position) }));
}

/* The figure's door in the view, or that of another part of its rate. */
function doorOf(figure: string): HTMLElement | null {
    const family = familyOf(figure);
    for (const name of [figure, family?.part, family?.whole]) {
        const door = name ? document.querySelector<HTMLElement>(`main [data-figure="${CSS.escape(name)}"]`) : null;
        if (door) return door;
    }
    return null;
}

export function Drawer() {
    const figure = address.value.why;
    const box = useRef<HTMLDivElement>(null);
    const opener = useRef(document.activeElement);
    const close = (): void => {
        go({ keys: { why: null, whose: null } });
        const from = opener.current;
        const door = from instanceof HTMLElement && from.isConnected && from !== document.body
            ? from : doorOf(figure);
        (door ?? document.getElementById('main'))?.focus();
    };
    useEffect(() => holdUpdates(), []);
    useEffect(() => {
        /* Another figure of the page was opened meanwhile: that is where the focus goes back to. */
        const active = document.activeElement;
        if (box.current?.contains(active)) return;
        opener.current = active;
        box.current?.focus();
    }, [figure]);
    useEffect(() => {
        const onKey = (event: KeyboardEvent): void => {
            if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
            event.preventDefault();
            close();
        };
        document.addEventListener('keydown', onKey);
        return () => document.removeEventListener('keydown', onKey);
    });
    const w = words.value;
    return (
        <div class="drawer" ref={box} tabIndex={-1} role="dialog" aria-modal="false" aria-label={`${w.figureEvents}${w.colon}${figureName(figure)}`}>
            <header class="drawer-head">
                <h2>{w.figureEvents}</h2>
                <button type="button" onClick={close}>{w.close_} <kbd>Esc</kbd></button>
            </header>
            <FigureRows figure={figure} />
        </div>
    );
}

/* The offices that owe what a figure of unverified units lacks: those that the policy has attest this zero. */
function useOwing(figure: string, unit: string): string {
    const w = words.value;
    const zero = /^zeros\.(PETITION|ACCIDENT|CASE)\.([A-Z]+\.)?unverified$/.exec(figure)?.[1];
    const found = useDocument<Shown & { summary: Summary }>(zero ? 'summary' : null, { unit });
    const offices = found.value?.summary.freshness.filter((office) => zero && office.attests?.includes(zero as never)) ?? [];
    return offices.map((office) => word(w.offices, office.office)).join(w.listComma);
}

function FigureRows({ figure }: { figure: string }) {
    const w = words.value;
    const { unit, keys } = address.value;
    const params = { ...momentParams.value, unit: keys.get('whose') ?? unit };
    const [total, setTotal] = useState<{ figure: string; text: string; position: string } | null>(null);
    const [difference, setDifference] = useState(false);
    const owing = useOwing(figure, params.unit);
    const paged = usePaged<Figure, Row>(`figures/${figure}`, params, (answer) => {
        setTotal({ figure, text: answer.total, position: answer.moment.position });
        if (!keys.get('whose')) shownMoment.value ??= answer.moment;
        return { rows: rowsOf(answer), count: answer.rowCount };
    });
    const moment = shownMoment.value;
    const tabs = tabsOf(figure);
    const family = familyOf(figure);
    return (
        <>
            <div class="drawer-about">
                <p class="drawer-figure">
                    <span>{figureName(figure)}</span> <b>{difference || total?.figure !== figure ? '' : integer(total.text)}</b>
                </p>
                {tabs.length > 0 && (
                    <div class="tabs" role="group" aria-label={w.figureEvents}>
                        {tabs.map((tab) => {
                            const own = tab.figure.includes('-');
                            const pressed = own ? difference : !difference && tab.figure === figure;
                            return (
                                <button key={tab.figure} type="button" aria-pressed={pressed}
                                    onClick={() => { setDifference(own); if (!own) go({ keys: { why: tab.figure } }, true); }}>
                                    {tab.label}
                                </button>
                            );
                        })}
                    </div>
                )}
                <p class="quiet drawer-moment">{moment && <>
                    {whoseName(keys.get('whose') ?? '')}{w.statusDay} {moment.day} · {address.value.past ? w.knownThen : w.knownTo} #{integer(total?.position ?? moment.position)} · {w.policy} {moment.policyVersion}
                    {' · '}<a href={exportAddress('xlsx')} download>.xlsx</a> <a href={exportAddress('csv')} download>.csv</a></>}
                </p>
                {figure.endsWith('.unverified') && (
                    <p><a href={href({ path: '/lists/unverified', keys: { unit: params.unit } })}>{w.whoOwes} ›</a></p>
                )}
            </div>
            {paged.problem && <ProblemNotice problem={paged.problem} kept={paged.count >= 0} />}
            {difference && family
                ? <Difference part={family.part} whole={family.whole} params={params} />
                : paged.count < 0
                    ? !paged.problem && <div class="drawer-loading"><Loading height={12} lines={6} /></div>
                    : paged.count === 0
                        ? <p class="drawer-loading">{w.noEvents}</p>
                        : <Rows count={paged.count} row={paged.row} need={paged.need} owing={owing} />}
        </>
    );
}

function whoseName(code: string): string {
    const { name, code: root } = scope();
    return `${code || name || root} · `;
}

const ROW = 62; /* px: two lines and their air, at both base sizes */

function Rows({ count, row, need, owing = '' }: { count: number; row: (index: number) => Row | undefined; need?: (first: number, last: number) => void; owing?: string }) {
    const w = words.value;
    return (
        <VirtualList count={count} height={ROW} label={`${w.figureEvents}${w.comma}${w.eventsCount(integer(count))}`} onRange={need}
            row={(index) => <RecordRow row={row(index)} owing={owing} />} />
    );
}

function RecordRow({ row, owing }: { row: Row | undefined; owing: string }) {
    const w = words.value;
    if (!row) return <span class="loading-bar" />;
    const { record } = row;
    const year = shownMoment.value?.day.slice(0, 4) ?? '';
    return (
        <div class="event-row">
            <p>
                {row.position === '0' ? <span class="quiet">{w.noRecord}</span> : <EventDoor position={row.position} />}{' '}
                {record && <span>{lang.value === 'en' ? spelled(record.type) : record.label}</span>}
                {row.count !== '1' && row.count !== '0' && <b> × {integer(row.count)}</b>}
                <span class="event-day">{row.day ? monthDay(row.day, year) : ''}</span>
            </p>
            <p class="soft">
                {row.unit && <UnitDoor code={row.unit}>{record?.unitName || row.unit}</UnitDoor>}
                {row.matter && <> <span class="event-matter">{row.matter}</span></>}
                {row.position === '0'
                    ? owing && <span class="event-day">{w.owed}{w.colon}{owing}</span>
                    : record && <span class="event-day quiet">{word(w.offices, record.office)} · {timeOn(record.recordedAt, shownMoment.value?.day ?? '')}</span>}
            </p>
        </div>
    );
}

const MOST = 20_000; /* rows that a difference is worked out of in the page */

async function all(figure: string, params: Record<string, string | undefined>, abort: AbortSignal): Promise<Row[]> {
    const rows: Row[] = [];
    for (;;) {
        const answer = await get<Figure>(`figures/${figure}`, { ...params, after: String(rows.length), limit: '500' }, abort);
        rows.push(...rowsOf(answer));
        if (answer.rows.length === 0 || rows.length >= answer.rowCount || rows.length >= MOST) return rows;
    }
}

/* The rows of the whole that the part does not have, where no figure of the hub says that already. */
function Difference({ part, whole, params }: { part: string; whole: string; params: Record<string, string | undefined> }) {
    const w = words.value;
    const [rows, setRows] = useState<Row[] | null>(null);
    const [problem, setProblem] = useState<Problem | null>(null);
    useEffect(() => {
        const abort = new AbortController();
        Promise.all([all(part, params, abort.signal), all(whole, params, abort.signal)]).then(
            ([has, every]) => {
                const there = new Set(has.map((row) => row.matter || row.position));
                setRows(every.filter((row) => !there.has(row.matter || row.position)));
            },
            (error: unknown) => {
                if (error instanceof Problem) setProblem(error);
            },
        );
        return () => abort.abort();
    }, [part, whole]);
    if (problem) return <ProblemNotice problem={problem} />;
    if (!rows) return <div class="drawer-loading"><Loading height={12} lines={6} /></div>;
    if (rows.length === 0) return <p class="drawer-loading">{w.noEvents}</p>;
    return <Rows count={rows.length} row={(index) => rows[index]} />;
}

