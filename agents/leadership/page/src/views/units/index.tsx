/* 单位: which units? The state map and the tree. */
import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { address, go, momentParams } from '../../address';
import { url } from '../../api/client';
import type { Shown, UnitStatus } from '../../api/types';
import { Card } from '../../components/card';
import { Loading } from '../../components/loading';
import { Mark, stateWord } from '../../components/mark';
import { integer } from '../../components/number';
import { ProblemNotice } from '../../components/problem';
import { version } from '../../live';
import { shownMoment, useDocument } from '../../view';
import { word, words } from '../../words';
import { Exports } from '../shared/exports';
import { useExport } from '../shared/use-export';
import { TreeClient } from './client';
import { KINDS, type View, VIEWS } from './columns';
import { StateMap } from './map';
import { AREA_KINDS, ENTERPRISE_KINDS, isFiltered, type Sort, type StateFilter, type TreeQuery } from './select';
import { TreeTable } from './table';
import '../views.css';

const STATES: readonly StateFilter[] = ['all', 'gap', 'broken', 'silent', 'zero', 'unverified'];
const SORTS: readonly Sort[] = ['coverage', 'name', 'code', 'until', 'gap'];
const oneOf = <T extends string>(known: readonly T[], text: string | null, other: T): T => known.find((value) => value === text) ?? other;

interface Chosen extends Omit<TreeQuery, 'toggled'> {
    under: string;
}

/* The view's own keys of the address. */
function chosenOf(keys: URLSearchParams, unit: string): Chosen {
    const view = Math.max(0, (VIEWS as readonly string[]).indexOf(keys.get('zero') ?? '')) as View;
    const kind = keys.get('kind') ?? '';
    return {
        under: keys.get('under') ?? unit,
        view,
        state: oneOf(STATES, keys.get('state')?.toLowerCase() ?? null, 'all'),
        kind: kind === 'AREA' ? AREA_KINDS : kind === 'ENTERPRISES' ? ENTERPRISE_KINDS : Math.max(0, (KINDS as readonly string[]).indexOf(kind)),
        text: keys.get('q') ?? '',
        sort: oneOf(SORTS, keys.get('sort'), 'coverage'),
    };
}

export function Units() {
    const chosen = chosenOf(address.value.keys, address.value.unit);
    const client = useTree(chosen.under);
    const status = useDocument<Shown & { units: UnitStatus[] }>('status', { unit: chosen.under, depth: '1' });
    const columns = client.columns.value;
    const problem = client.problem.value;
    const year = client.moment.value?.day.slice(0, 4) ?? '';
    const reload = () => client.load(treeUrl(chosen.under));
    if (columns === null) return problem ? <ProblemNotice problem={problem} retry={reload} /> : <Loading height={40} lines={8} />;
    return (
        <div class="view-units">
            {problem && <ProblemNotice problem={problem} retry={reload} kept />}
            <Card title={words.value.stateMap} class="card-map" hint={<MapTools view={chosen.view} />} aside={<span class="quiet">{words.value.mapHint}</span>}>
                <StateMap columns={columns} view={chosen.view} statuses={status.value?.units ?? []} year={year} />
            </Card>
            <TreeCard client={client} chosen={chosen} year={year} />
        </div>
    );
}

const treeUrl = (under: string): string => url('tree', { unit: under, ...momentParams.peek() });

/* One worker for the view; it loads again for another unit or moment, and when the log has moved on. */
function useTree(under: string): TreeClient {
    const client = useMemo(() => new TreeClient(), []);
    useEffect(() => () => client.close(), []);
    const target = treeUrl(under);
    const before = useRef('');
    const changes = address.value.past ? 0 : version.value;
    useEffect(() => {
        if (before.current !== target) client.forget();
        before.current = target;
        client.load(target);
    }, [target, changes]);
    const moment = client.moment.value;
    useEffect(() => {
        if (moment) shownMoment.value = moment;
    }, [moment]);
    return client;
}

function MapTools({ view }: { view: View }) {
    return <span class="map-tools"><ZeroSwitch view={view} /> <Legend /></span>;
}

function Legend() {
    return (
        <span class="legend">
            {(['ZERO', 'UNVERIFIED', 'BROKEN'] as const).map((state) => <span key={state}><Mark state={state} /> {stateWord(state)}</span>)}
        </span>
    );
}

function ZeroSwitch({ view }: { view: View }) {
    const w = words.value;
    const names = [w.jointShort, w.zeroPetition, w.zeroAccident, w.zeroCase];
    return (
        <div class="switch" role="group" aria-label={w.state}>
            {VIEWS.map((zero, i) => (
                <button key={zero} type="button" aria-pressed={view === i} onClick={() => go({ keys: { zero: i === 0 ? null : zero } }, true)}>
                    {names[i]}
                </button>
            ))}
        </div>
    );
}

function TreeCard({ client, chosen, year }: { client: TreeClient; chosen: Chosen; year: string }) {
    const w = words.value;
    const columns = client.columns.value!;
    const { view, state, kind, text, sort } = chosen;
    const filtered = isFiltered({ ...chosen, toggled: [] });
    const toggled = useSignal<readonly number[]>(filtered ? [] : [0]);
    const query: TreeQuery = { view, state, kind, text, sort, toggled: toggled.value };
    /* Another filter begins with all of its ways open, the whole tree with its root. */
    const filter = `${view}|${state}|${kind}|${text}`;
    const filterBefore = useRef(filter);
    if (filterBefore.current !== filter) {
        filterBefore.current = filter;
        query.toggled = filtered ? [] : [0];
        toggled.value = query.toggled;
    }
    useEffect(() => client.select(query), [columns, filter, sort, toggled.value]);
    const rows = client.rows.value;
    const toggle = (unit: number): void => {
        const open = toggled.peek();
        toggled.value = open.includes(unit) ? open.filter((other) => other !== unit) : [...open, unit];
    };
    const exportParams = { unit: chosen.under, zero: VIEWS[view], state: state === 'all' ? '' : state, kind: address.value.keys.get('kind') ?? '', q: text, sort };
    useExport('tree', exportParams);
    return (
        <Card title={w.unitTree} class="card-tree" aside={<Exports name="tree" params={exportParams} />}>
            <div class="tree-tools">
                <StateSwitch state={state} />
                <KindChoice kind={address.value.keys.get('kind') ?? ''} />
                <SortChoice sort={sort} />
                <TextFilter text={text} />
                <span class="quiet tree-count" role="status">
                    {rows && (filtered ? w.matchedOf(integer(rows.matched), integer(columns.count)) : w.rowsOf(integer(columns.count), integer(rows.units.length)))}
                </span>
            </div>
            {rows && rows.units.length === 0 ? <Empty chosen={chosen} /> : rows && <TreeTable columns={columns} rows={rows} year={year} toggle={toggle} />}
            {!rows && <Loading height={20} />}
        </Card>
    );
}

function StateSwitch({ state }: { state: StateFilter }) {
    const w = words.value;
    const names: [StateFilter, string][] = [['all', w.filterAll], ['gap', w.filterGap], ['broken', w.filterBroken], ['silent', w.filterSilent]];
    return (
        <div class="switch" role="group" aria-label={w.filterState}>
            {names.map(([value, name]) => (
                <button key={value} type="button" aria-pressed={state === value} onClick={() => go({ keys: { state: value === 'all' ? null : value } }, true)}>
                    {name}
                </button>
            ))}
        </div>
    );
}

function KindChoice({ kind }: { kind: string }) {
    const w = words.value;
    const kinds = KINDS.slice(3).filter((name) => name !== 'GRID');
    return (
        <select class="choice" aria-label={w.filterKind} value={kind} onChange={(event) => go({ keys: { kind: event.currentTarget.value } }, true)}>
            <option value="">{w.kindAll}</option>
            <option value="AREA">{w.kindAreas}</option>
            <option value="ENTERPRISES">{w.kindEnterprises}</option>
            {kinds.map((name) => <option key={name} value={name}>{word(w.unitKinds, name)}</option>)}
        </select>
    );
}

function SortChoice({ sort }: { sort: Sort }) {
    const w = words.value;
    return (
        <select class="choice" aria-label={w.sortBy} value={sort}
            onChange={(event) => go({ keys: { sort: event.currentTarget.value === 'coverage' ? null : event.currentTarget.value } }, true)}>
            {SORTS.map((name) => <option key={name} value={name}>{w.sortBy}{w.colon}{w.sorts[name]}</option>)}
        </select>
    );
}

const TYPING_MS = 60; /* one question for a burst of keys */

function TextFilter({ text }: { text: string }) {
    const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
    return (
        <input type="search" class="choice" placeholder={words.value.filterText} aria-label={words.value.filterText} defaultValue={text} key={text === '' ? 'empty' : 'text'}
            onInput={(event) => {
                const typed = event.currentTarget.value;
                clearTimeout(timer.current);
                timer.current = setTimeout(() => go({ keys: { q: typed } }, true), TYPING_MS);
            }} />
    );
}

function Empty({ chosen }: { chosen: Chosen }) {
    const w = words.value;
    const names: Partial<Record<StateFilter, string>> = { gap: w.filterGap, broken: w.filterBroken, silent: w.filterSilent, zero: w.zero, unverified: w.unverified };
    const parts = [names[chosen.state], word(w.unitKinds, address.value.keys.get('kind') ?? ''), chosen.text].filter(Boolean);
    return (
        <div class="empty">
            <p>{w.emptyTree(parts.join(w.listComma))}</p>
            <p><button type="button" onClick={() => go({ keys: { state: null, kind: null, q: null } })}>{w.clearFilter}</button></p>
            <p class="quiet">{w.filterEmpty}</p>
        </div>
    );
}
