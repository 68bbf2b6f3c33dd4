/* The bar of a table row: a fixed width, no measuring, so that sixty rows of three scroll without a stall. */
import { partWidths } from '../../components/bar';

export const SMALL_BAR = 72;
const SEAM = 2;

/* The hatch of all small bars of a table; it stands in the table once. */
export function SmallHatch({ id }: { id: string }) {
    return (
        <svg class="unseen" aria-hidden="true" width="0" height="0">
            <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <rect class="hatch-tint" width="6" height="6" />
                <rect class="hatch-line" width="1.6" height="6" />
            </pattern>
        </svg>
    );
}

interface SmallBarProps {
    zero: number;
    unverified: number;
    broken: number;
    hatch: string;
    width?: number;
}

export function SmallBar({ zero, unverified, broken, hatch, width = SMALL_BAR }: SmallBarProps) {
    const parts = partWidths({ zero, unverified, broken }, width);
    return (
        <svg class="small-bar" aria-hidden="true" focusable="false" width={width} height={10}>
            {parts.zero > 0 && <rect class="fill-zero" y="1" width={parts.zero} height="8" />}
            {parts.unverified > 0 && (
                <rect class="fill-unverified" x={(parts.zero > 0 ? parts.zero + SEAM : 0) + 0.5} y="1.5"
                    width={Math.max(0, parts.unverified - 1)} height="7" fill={`url(#${hatch})`} />
            )}
            {parts.broken > 0 && <rect class="fill-broken" x={width - parts.broken} width={parts.broken} height="10" />}
        </svg>
    );
}
