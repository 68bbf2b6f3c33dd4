/* The state map: towns with a dot for each village, a bar for the enterprises, coverage and gaps. */
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { href, open } from '../../address';
import type { UnitStatus, ZeroCount } from '../../api/types';
import { Bar } from '../../components/bar';
import { Door } from '../../components/door';
import { Mark } from '../../components/mark';
import { integer, percent } from '../../components/number';
import { words } from '../../words';
import { codeOf, type Columns, enterprisesOf, isArea, isCounted, nameOf, sumOf, type View, VIEWS } from './columns';
import { dotSentence, stateAt, zeroAt } from './words';

const DOTS_IN_ROW = 11;
const DOTS_AT_MOST = 660; /* of one node; a city is looked at county by county */

/* The nodes of the map: those right below the root that are sums of others; the root itself where it has none. */
export function townsOf(c: Columns): number[] {
    if (c.count === 0) return [];
    const towns = [...c.children.subarray(c.childStart[0]!, c.childStart[1]!)].filter((unit) => !isCounted(c, unit));
    return towns.length > 0 ? towns : [0];
}

/* Villages and communities of a subtree, in the order of the answer: a subtree need not be one stretch of it. */
function areasOf(c: Columns, town: number): number[] {
    const areas: number[] = [];
    const visit = (unit: number): void => {
        if (isArea(c.kind[unit]!)) areas.push(unit);
        for (let k = c.childStart[unit]!; k < c.childStart[unit + 1]!; k++) if (c.childStart[c.children[k]!]! < c.childStart[c.children[k]! + 1]! || isArea(c.kind[c.children[k]!]!)) visit(c.children[k]!);
    };
    visit(town);
    return areas;
}

export interface MapProps {
    columns: Columns;
    view: View;
    statuses: readonly UnitStatus[]; /* of the towns, with the server's rates; empty until they are there */
    year: string;
}

export function StateMap({ columns, view, statuses, year }: MapProps) {
    const reading = useSignal('');
    const box = useRef<HTMLDivElement>(null);
    return (
        <div ref={box} onFocusOut={() => (reading.value = '')} onPointerLeave={() => (reading.value = '')}>
            <p class="map-reading" aria-hidden="true">{reading.value || '\u00a0'}</p>
            <div class="map">
                {townsOf(columns).map((town) => (
                    <Town key={codeOf(columns, town)} columns={columns} town={town} view={view} year={year}
                        status={statuses.find((status) => status.unit === codeOf(columns, town))} read={(text) => (reading.value = text)}
                        leave={(step) => toGrid(box.current, step)} />
                ))}
            </div>
        </div>
    );
}

/* To the next or previous town's grid, when the arrows run over an edge. */
function toGrid(box: HTMLElement | null, step: 1 | -1): void {
    const grids = [...(box?.querySelectorAll<HTMLElement>('[role=grid]') ?? [])];
    const at = grids.findIndex((grid) => grid.contains(document.activeElement));
    grids[at + step]?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
}

interface TownProps {
    columns: Columns;
    town: number;
    view: View;
    year: string;
    status: UnitStatus | undefined;
    read: (sentence: string) => void;
    leave: (step: 1 | -1) => void;
}

function Town({ columns, town, view, year, status, read, leave }: TownProps) {
    const w = words.value;
    const code = codeOf(columns, town);
    const enterprises = enterprisesOf(columns, town, view);
    const all = sumOf(columns, town, view);
    const count = status?.below?.counts.find((found: ZeroCount) => found.group === 'ALL' && found.zero === zeroAt(view));
    return (
        <section class="map-town" data-code={code}>
            <header>
                <a class="door" href={href({ path: '/units', keys: { under: code } })}><b>{nameOf(columns, town)}</b></a>
                <span class="quiet">{count && all.total > 0 ? percent(count.coverage?.text || '0') : ''}</span>
            </header>
            <Dots columns={columns} town={town} view={view} year={year} read={read} leave={leave} />
            {enterprises.total > 0 && (
                <Bar zero={enterprises.zero} unverified={enterprises.unverified} broken={enterprises.broken} total={enterprises.total} height={7} />
            )}
            <footer class="quiet">
                <span>{w.enterpriseCount(integer(enterprises.total))}</span>
                <Door figure={`zeros.${VIEWS[view]}.unverified`} unit={code}>{w.gapCount(integer(all.unverified))}</Door>
            </footer>
        </section>
    );
}

function Dots({ columns, town, view, year, read, leave }: Omit<TownProps, 'status'>) {
    const w = words.value;
    const at = useSignal(0);
    const areas = areasOf(columns, town);
    if (areas.length === 0) return <p class="quiet map-dots">{w.noAreas}</p>;
    if (areas.length > DOTS_AT_MOST) return <p class="quiet map-dots">{w.mapTooMany(integer(areas.length))}</p>;
    const sum = { ZERO: 0, UNVERIFIED: 0, BROKEN: 0 } as Record<string, number>;
    for (const unit of areas) sum[stateAt(columns, unit, view)]! += 1;
    const rows = Array.from({ length: Math.ceil(areas.length / DOTS_IN_ROW) }, (_, row) => areas.slice(row * DOTS_IN_ROW, (row + 1) * DOTS_IN_ROW));
    const grid = useRef<HTMLDivElement>(null);
    const indexOf = (event: Event): number => Number((event.target as HTMLElement).closest('a')?.dataset['dot'] ?? -1);
    const move = (event: KeyboardEvent): void => {
        if (event.key === ' ') {
            event.preventDefault();
            return open(targetOf(areas[at.value]!));
        }
        const to = nextDot(event, at.value, areas.length);
        if (to === null) return;
        event.preventDefault();
        if (to < 0 || to >= areas.length) return leave(to < 0 ? -1 : 1);
        at.value = to;
        grid.current?.querySelector<HTMLElement>(`[data-dot="${to}"]`)?.focus();
    };
    const look = (event: Event): void => {
        const index = indexOf(event);
        if (index < 0) return;
        if (event.type === 'focusin') at.value = index;
        read(dotSentence(columns, areas[index]!, view, year));
    };
    /* One address for all dots, with the code put in: there may be thousands. */
    const target = href({ path: '/units/CODE' });
    const targetOf = (unit: number): string => target.replace('CODE', codeOf(columns, unit));
    const current = Math.min(at.value, areas.length - 1);
    const label = `${w.mapTown(nameOf(columns, town))}${w.colon}${w.dotsSummary(integer(sum['ZERO']!), integer(sum['UNVERIFIED']!), integer(sum['BROKEN']!))}`;
    return (
        <div class="map-dots" role="grid" aria-label={label} ref={grid} onKeyDown={move} onFocusIn={look} onPointerOver={look}>
            {rows.map((row, y) => (
                <div role="row" key={y}>
                    {row.map((unit, x) => (
                        <span role="gridcell" key={unit}>
                            <a href={targetOf(unit)} data-dot={y * DOTS_IN_ROW + x} aria-label={dotSentence(columns, unit, view, year)}
                                tabIndex={current === y * DOTS_IN_ROW + x ? 0 : -1}>
                                {Mark({ state: stateAt(columns, unit, view), size: 11 })}
                            </a>
                        </span>
                    ))}
                </div>
            ))}
        </div>
    );
}

function nextDot(event: KeyboardEvent, at: number, count: number): number | null {
    if (event.altKey || event.ctrlKey || event.metaKey) return null;
    const below = at + DOTS_IN_ROW;
    switch (event.key) {
        case 'ArrowRight':
            return at + 1;
        case 'ArrowLeft':
            return at - 1;
        case 'ArrowDown':
            return below < count || Math.floor(at / DOTS_IN_ROW) === Math.floor((count - 1) / DOTS_IN_ROW) ? below : count - 1;
        case 'ArrowUp':
            return at - DOTS_IN_ROW;
        case 'Home':
            return 0;
        case 'End':
            return count - 1;
        default:
            return null;
    }
}
