/* The mark of a state: shape before colour. It is hidden from screen readers, which read the word beside it. */
import type { StatusKind, ZeroKind } from '../api/types';
import { words } from '../words';

export function Mark({ state, size = 12 }: { state: StatusKind; size?: number }) {
    return (
        <svg class={`mark mark-${state.toLowerCase().replace('_', '-')}`} viewBox="0 0 12 12" width={size} height={size}
            aria-hidden="true" focusable="false">
            {state === 'ZERO' && <circle cx="6" cy="6" r="5" />}
            {state === 'BROKEN' && <path d="M6 0 12 6 6 12 0 6Z" />}
            {state === 'UNVERIFIED' && <circle cx="6" cy="6" r="4.6" pathLength="32" />}
            {(state === 'NOT_COUNTED' || state === 'UNSPECIFIED') && <path d="M3 6H9" />}
        </svg>
    );
}

export function stateWord(state: StatusKind): string {
    const w = words.value;
    return state === 'ZERO' ? w.zero : state === 'BROKEN' ? w.broken : state === 'UNVERIFIED' ? w.unverified : w.notCounted;
}

export function zeroWord(zero: ZeroKind): string {
    const w = words.value;
    return zero === 'PETITION' ? w.zeroPetition : zero === 'ACCIDENT' ? w.zeroAccident : zero === 'CASE' ? w.zeroCase : w.joint;
}

/* Mark and word; with `zero` the zero's name before it: ● 零上访 · 零. */
export function State({ state, zero }: { state: StatusKind; zero?: ZeroKind }) {
    return (
        <span class={`state state-${state.toLowerCase().replace('_', '-')}`}>
            <Mark state={state} /> {zero ? `${zeroWord(zero)} · ` : ''}{stateWord(state)}
        </span>
    );
}
