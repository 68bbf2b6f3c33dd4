/* A group of figures: each with its word, each a door to its events. */
import type { ComponentChildren } from 'preact';
import type { Rate } from '../../api/types';
import { Door } from '../../components/door';
import { integer, percent } from '../../components/number';
import { words } from '../../words';

export interface FigureLine {
    name: string; /* its word */
    figure: string; /* as the hub calls it */
    value: number | string;
    text?: string; /* instead of the plain integer */
    hint?: ComponentChildren;
}

export function Figures({ lines }: { lines: readonly FigureLine[] }) {
    return (
        <dl class="figures">
            {lines.map((line) => (
                <div key={line.figure}>
                    <dt>{line.name}</dt>
                    <dd><Door figure={line.figure}><b>{line.text ?? integer(line.value)}</b></Door>{line.hint !== undefined && <span class="quiet"> {line.hint}</span>}</dd>
                </div>
            ))}
        </dl>
    );
}

/* 整改率 99.40% (3 167/3 186): a rate is never shown without its integers. */
export function Share({ name, rate, part, whole }: { name: string; rate: Rate | null; part: string; whole: string }) {
    const w = words.value;
    if (!rate || rate.text === '') return <p class="share">{name} <span class="quiet">{w.noRate}</span></p>;
    return (
        <p class="share">
            {name} <b class="interval">{percent(rate.text)}</b>{' '}
            <span class="quiet">(<Door figure={part}>{integer(rate.part)}</Door>/<Door figure={whole}>{integer(rate.whole)}</Door>)</span>
        </p>
    );
}
