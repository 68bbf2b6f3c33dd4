/* 趋势: how has it moved, against the same days last year? */
import { address, go, isDay } from '../address';
import type { Shown, TrendAnswer } from '../api/types';
import { Card } from '../components/card';
import { Loading } from '../components/loading';
import { ProblemNotice } from '../components/problem';
import { useDocument } from '../view';
import { words, word } from '../words';
import { useExport } from './shared/use-export';
import { TrendCard } from './trends/card';
import { COUNT_FIGURES, figureName, MOST_FIGURES, STATUS_FIGURES } from './trends/figures';
import type { By } from './trends/option';
import './views.css';

const BYS = ['day', 'week', 'month'] as const;
const USUAL = ['zeros.JOINT', 'hazards.found', 'hazards.struck_off', 'petitions.registered', 'disputes.opened', 'cases.filed', 'cases.resolved', 'publicity.LEAFLETS'];

export function Trends() {
    const w = words.value;
    const { keys } = address.value;
    const named = (keys.get('of') ?? '').split(',').filter((figure) => /^[A-Za-z0-9_.]{1,64}$/.test(figure));
    const figures = (named.length > 0 ? named : USUAL).slice(0, MOST_FIGURES);
    const by = BYS.find((name) => name === keys.get('by')) ?? 'month';
    const day = (key: string): string | undefined => (isDay(keys.get(key) ?? '') ? keys.get(key)! : undefined);
    const params = { of: figures.join(','), by, from: day('from'), to: day('to') };
    useExport('trends', params);
    const found = useDocument<Shown & TrendAnswer>('trends', params);
    const { value } = found;
    return (
        <div class={found.stale ? 'view-trends stale' : 'view-trends'}>
            <Card title={w.trends} hint={w.trendsHint}>
                <Tools by={by} from={params.from ?? ''} to={params.to ?? ''} figures={figures} />
            </Card>
            {found.problem && <ProblemNotice problem={found.problem} retry={found.retry} kept={value !== null} />}
            {found.loading && <Loading height={40} lines={8} />}
            {value && (
                <div class="trend-cards">
                    {value.series.map((series) => <TrendCard key={series.figure} series={series} periods={value.periods} by={by.toUpperCase() as By} params={params} />)}
                </div>
            )}
        </div>
    );
}

function Tools({ by, from, to, figures }: { by: string; from: string; to: string; figures: readonly string[] }) {
    const w = words.value;
    const toggle = (figure: string): void => {
        const next = figures.includes(figure) ? figures.filter((other) => other !== figure) : [...figures, figure];
        go({ keys: { of: next.slice(0, MOST_FIGURES).join(',') } }, true);
    };
    const box = (figure: string) => (
        <label key={figure}>
            <input type="checkbox" checked={figures.includes(figure)} disabled={!figures.includes(figure) && figures.length >= MOST_FIGURES} onChange={() => toggle(figure)} /> {figureName(figure, w)}
        </label>
    );
    return (
        <>
            <div class="tree-tools">
                <div class="switch" role="group" aria-label={w.period}>
                    {BYS.map((name) => <button key={name} type="button" aria-pressed={by === name} onClick={() => go({ keys: { by: name } }, true)}>{word(w.byWords, name)}</button>)}
                </div>
                <label>{w.fromDay} <input type="date" class="choice" value={from} onChange={(event) => go({ keys: { from: event.currentTarget.value } }, true)} /></label>
                <label>{w.toDay} <input type="date" class="choice" value={to} onChange={(event) => go({ keys: { to: event.currentTarget.value } }, true)} /></label>
            </div>
            <details class="figure-choice">
                <summary>{w.chooseFigures(String(figures.length), String(MOST_FIGURES))}</summary>
                <fieldset><legend>{w.statusFigures}</legend>{STATUS_FIGURES.map(box)}</fieldset>
                <fieldset><legend>{w.countFigures}</legend>{COUNT_FIGURES.map(box)}</fieldset>
            </details>
        </>
    );
}
