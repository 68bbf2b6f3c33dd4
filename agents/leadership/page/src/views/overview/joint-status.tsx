import type { Summary, ZeroCount } from '../../api/types';
import { Bar } from '../../components/bar';
import { Card } from '../../components/card';
import { Digits } from '../../components/digits';
import { Door } from '../../components/door';
import { Mark } from '../../components/mark';
import { integer, percent } from '../../components/number';
import { Coverage, Interval, zeroFigure } from '../../components/rate';
import { words } from '../../words';
import { countOf } from '../overview';

export function JointStatus({ summary }: { summary: Summary }) {
    const w = words.value;
    const count = countOf(summary.zeros.counts, 'ALL', 'UNSPECIFIED');
    if (!count) return null;
    return (
        <Card title={w.joint} hint={w.countedUnits(integer(count.total))} class="joint-status">
            <div class="joint-figures">
                <p class="joint-rate"><Interval count={count} /> <Coverage count={count} /></p>
                <Bar zero={count.zeroUnits} unverified={count.unverified} broken={count.broken} total={count.total} lens />
                <Targets summary={summary} />
            </div>
            <div class="joint-numbers">
                <Numbers count={count} />
                <p class="silence"><b>{w.noReportIsNotZero}</b>{w.intervalExplained}</p>
            </div>
        </Card>
    );
}

function Numbers({ count }: { count: ZeroCount }) {
    const w = words.value;
    const parts = [
        ['ZERO', 'zero', w.allZero, count.zeroUnits],
        ['UNVERIFIED', 'unverified', w.unverified, count.unverified],
        ['BROKEN', 'broken', w.broken, count.broken],
    ] as const;
    return (
        <dl class="numbers">
            {parts.map(([state, part, word, value]) => (
                <div key={part}>
                    <dt><Mark state={state} /> {word}</dt>
                    <dd><Door figure={zeroFigure(count, part)}><Digits value={value} /></Door></dd>
                </div>
            ))}
        </dl>
    );
}

/* The year's targets, if the policy names any: held against the lower bound. */
function Targets({ summary }: { summary: Summary }) {
    const w = words.value;
    if (summary.targets.length === 0) return null;
    return (
        <p class="soft targets">
            {summary.targets.map((target) => (
                <span key={target.group}>
                    {w.target(target.group === 'AREA' ? w.areas : target.group === 'ENTERPRISE' ? w.enterprises : w.all, String(target.percent))}{' '}
                    <b>{target.met ? w.targetMet : w.targetNotMet}</b> {target.joint?.text ? `(${percent(target.joint.text)})` : ''}
                </span>
            ))}
        </p>
    );
}
