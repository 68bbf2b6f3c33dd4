/* The three-part bar: zero from the left, what nobody reported hatched, broken at the right end. The edges of the hatch
 * are the two bounds. Widths are pixels of the measured width, so that one silent unit among thousands is seen. */
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { words } from '../words';
import { integer } from './number';

const MINIMUM_HATCH = 6;
const MINIMUM_BROKEN = 4;
const SEAM = 2; /* of card colour between fills that touch */

export interface Parts {
    zero: number;
    unverified: number;
    broken: number;
}

/* Pixel widths of the three parts in `width` pixels, seams taken off. A part that is not empty keeps its minimum; zero
 * gives up the room, and where there is none, the largest other part does. */
export function partWidths(parts: Parts, width: number): Parts {
    const total = parts.zero + parts.unverified + parts.broken;
    if (total === 0 || width <= 0) return { zero: 0, unverified: 0, broken: 0 };
    const used = [parts.zero, parts.unverified, parts.broken].filter((part) => part > 0).length;
    const room = width - SEAM * (used - 1);
    let broken = parts.broken > 0 ? Math.max(MINIMUM_BROKEN, (room * parts.broken) / total) : 0;
    let unverified = parts.unverified > 0 ? Math.max(MINIMUM_HATCH, (room * parts.unverified) / total) : 0;
    const minimumZero = parts.zero > 0 ? 2 : 0;
    const over = broken + unverified + minimumZero - room;
    if (over > 0) {
        if (unverified >= broken) unverified -= over;
        else broken -= over;
    }
    return { zero: Math.max(0, room - broken - unverified), unverified, broken };
}

/* Where the magnified twin begins: the last part that shows everything which is not zero. 0: none is needed. */
export function lensFrom(parts: Parts): number {
    const total = parts.zero + parts.unverified + parts.broken;
    const other = parts.unverified + parts.broken;
    if (total === 0 || other === 0 || other * 10 >= total) return 0;
    for (const from of [99.8, 99.5, 99, 98, 95, 90])
        if (other * 100 <= total * (100 - from)) return from;
    return 90;
}

let patterns = 0;

function Fills({ parts, width, height, top = 0 }: { parts: Parts; width: number; height: number; top?: number }) {
    const [pattern] = useState(() => `hatch-${(patterns += 1)}`);
    const { zero, unverified, broken } = partWidths(parts, width);
    const hatchAt = zero > 0 ? zero + SEAM : 0;
    /* The pattern's own units are pixels: the hatch is the same at every width. */
    return (
        <g>
            {unverified > 0 && (
                <pattern id={pattern} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                    <rect class="hatch-tint" width="6" height="6" />
                    <rect class="hatch-line" width="1.6" height="6" />
                </pattern>
            )}
            {zero > 0 && <rect class="fill-zero" data-part="zero" x="0" y={top} width={zero} height={height} />}
            {unverified > 0 && (
                <rect class="fill-unverified" data-part="unverified" x={hatchAt + 0.5} y={top + 0.5}
                    width={Math.max(0, unverified - 1)} height={height - 1} fill={`url(#${pattern})`} />
            )}
            {broken > 0 && (
                <rect class="fill-broken" data-part="broken" x={width - broken} y={top - 1} width={broken} height={height + 2} />
            )}
        </g>
    );
}

export interface BarProps {
    zero: number;
    unverified: number;
    broken: number;
    total: number;
    lens?: boolean; /* draw the magnified twin where less than a tenth is not zero */
    height?: number;
}

const LENS_HEIGHT = 14;
const THIN_HEIGHT = 6;
const LENS_TOP = 22;

export function Bar({ zero, unverified, broken, total, lens = false, height = 8 }: BarProps) {
    const box = useRef<HTMLSpanElement>(null);
    const [width, setWidth] = useState(0);
    useLayoutEffect(() => {
        const node = box.current;
        if (!node) return undefined;
        const measure = (): void => setWidth(Math.floor(node.clientWidth));
        measure();
        const watcher = new ResizeObserver(measure);
        watcher.observe(node);
        return () => watcher.disconnect();
    }, []);
    const w = words.value;
    const label = w.barLabel(integer(zero), integer(unverified), integer(broken), integer(total));
    const parts = { zero, unverified, broken };
    const from = lens ? lensFrom(parts) : 0;
    /* The view box is the measured width, so a pixel is a pixel; on paper, which nobody measures, the bar is squeezed as a
     * whole instead of running out of its column. */
    const all = lens ? 2 + LENS_TOP + LENS_HEIGHT : height + 2;
    return (
        <span class={lens ? 'bar bar-lens' : 'bar'} ref={box}>
            <svg role="img" aria-label={label} width="100%" height={all} focusable="false"
                viewBox={width > 0 ? `0 0 ${width} ${all}` : undefined} preserveAspectRatio="none">
                {width > 0 && from === 0 && (
                    <Fills parts={parts} width={width} height={lens ? LENS_HEIGHT : height} top={lens ? 1 + (LENS_TOP - 6) / 2 : 1} />
                )}
                {width > 0 && from > 0 && <Lens parts={parts} from={from} width={width} />}
            </svg>
            {lens && (
                <span class="bar-scale" aria-hidden="true">
                    <span>{from}%</span>
                    {from > 0 && <span>{w.magnified(String(from), '100')}</span>}
                    <span>100%</span>
                </span>
            )}
        </span>
    );
}

/* The thin bar of the whole, a bracket from its last part, and that part magnified. Only the thin bar keeps it honest. */
function Lens({ parts, from, width }: { parts: Parts; from: number; width: number }) {
    const total = parts.zero + parts.unverified + parts.broken;
    const shown = (total * (100 - from)) / 100;
    const magnified = { ...parts, zero: Math.max(0, shown - parts.unverified - parts.broken) };
    const left = (width * from) / 100;
    return (
        <g>
            <Fills parts={parts} width={width} height={THIN_HEIGHT} top={1} />
            <path class="bracket" d={`M${left} ${THIN_HEIGHT + 3}L0.5 ${LENS_TOP - 2}M${width - 0.5} ${THIN_HEIGHT + 3}V${LENS_TOP - 2}`} />
            <Fills parts={magnified} width={width} height={LENS_HEIGHT} top={LENS_TOP} />
        </g>
    );
}
