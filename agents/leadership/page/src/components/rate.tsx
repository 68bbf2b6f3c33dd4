/* A rate is one piece: the interval, its coverage and the integers. None of them is ever shown without the others. */
import type { ZeroCount } from '../api/types';
import { words } from '../words';
import { Digits } from './digits';
import { Door } from './door';
import { Mark } from './mark';
import { integer, percent } from './number';

/* 97.53%–99.93%, one number where everything is covered, words where nothing is. */
export function Interval({ count }: { count: ZeroCount }) {
    const lower = count.lower?.text ?? '';
    const upper = count.upper?.text ?? '';
    if (count.total === 0 || count.zeroUnits + count.broken === 0) return <b class="interval">{words.value.notKnown}</b>;
    if (count.unverified === 0) return <b class="interval">{percent(lower)}</b>;
    return (
        <b class="interval">
            {percent(lower)}<i class="dash">–</i>{percent(upper)}
        </b>
    );
}

export function Coverage({ count }: { count: ZeroCount }) {
    const text = count.coverage?.text ?? '';
    return (
        <span class="coverage">
            {words.value.coverage} <b>{percent(text === '' ? '0' : text)}</b>
        </span>
    );
}

/* zeros.JOINT.zero, zeros.CASE.AREA.broken: the figure behind one integer of a count. */
export function zeroFigure(count: ZeroCount, part: 'zero' | 'broken' | 'unverified' | 'total'): string {
    const zero = count.zero === 'UNSPECIFIED' ? 'JOINT' : count.zero;
    return `zeros.${zero}${count.group === 'ALL' ? '' : `.${count.group}`}.${part}`;
}

/* The integers, each a door. */
export function Integers({ count, doors = true, unit }: { count: ZeroCount; doors?: boolean; unit?: string }) {
    const w = words.value;
    const part = (name: 'zero' | 'unverified' | 'broken', value: number) => {
        const text = <b><Digits value={value} /></b>;
        return doors ? <Door figure={zeroFigure(count, name)} unit={unit}>{text}</Door> : text;
    };
    return (
        <span class="integers">
            <span><Mark state="ZERO" /> {w.zero} {part('zero', count.zeroUnits)}</span>{' '}
            <span><Mark state="UNVERIFIED" /> {w.unverified} {part('unverified', count.unverified)}</span>{' '}
            <span><Mark state="BROKEN" /> {w.broken} {part('broken', count.broken)}</span>{' '}
            <span class="quiet">{w.of(integer(count.total))}</span>
        </span>
    );
}

export function Rate({ count, doors = true, unit }: { count: ZeroCount; doors?: boolean; unit?: string }) {
    return (
        <span class="rate">
            <Interval count={count} /> <Coverage count={count} />
            <Integers count={count} doors={doors} unit={unit} />
        </span>
    );
}
