/* Every figure is a door: a dotted underline opens the events that made it. */
import type { ComponentChildren } from 'preact';
import { href } from '../address';
import { integer } from './number';

/* Opens the drawer with the records behind a figure of the summary, of another unit if `unit` names one. */
export function Door({ figure, unit, children }: { figure: string; unit?: string; children: ComponentChildren }) {
    return (
        <a class="door" data-figure={figure} href={href({ keys: { why: figure, whose: unit ?? null } })}>
            {children}
        </a>
    );
}

/* Opens one record of the log. */
export function EventDoor({ position, children }: { position: string | number; children?: ComponentChildren }) {
    return (
        <a class="door" href={href({ path: `/events/${position}` })}>
            {children ?? `#${integer(position)}`}
        </a>
    );
}

/* Opens a unit's page. */
export function UnitDoor({ code, children }: { code: string; children: ComponentChildren }) {
    return <a class="door" href={href({ path: `/units/${code}` })}>{children}</a>;
}
