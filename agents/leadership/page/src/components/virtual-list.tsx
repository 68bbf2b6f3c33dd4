/* A list of rows of one height, of which only those in view are in the document. */
import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

const SPARE = 6; /* rows beyond the view at both ends */

export function VirtualList({ count, height, label, row, onRange }: {
    count: number; height: number; label: string; row: (index: number) => ComponentChildren;
    onRange?: (first: number, last: number) => void;
}) {
    const box = useRef<HTMLDivElement>(null);
    const [view, setView] = useState({ top: 0, tall: 600 });
    useLayoutEffect(() => {
        const node = box.current;
        if (!node) return undefined;
        const measure = (): void => setView({ top: node.scrollTop, tall: node.clientHeight });
        measure();
        node.addEventListener('scroll', measure, { passive: true });
        const watcher = new ResizeObserver(measure);
        watcher.observe(node);
        return () => {
            node.removeEventListener('scroll', measure);
            watcher.disconnect();
        };
    }, []);
    const first = Math.max(0, Math.floor(view.top / height) - SPARE);
    const last = Math.min(count - 1, Math.ceil((view.top + view.tall) / height) + SPARE);
    useLayoutEffect(() => {
        if (count > 0) onRange?.(first, Math.max(first, last));
    }, [first, last, count]);
    return (
        <div class="virtual" ref={box} tabIndex={0} role="list" aria-label={label}>
            <div class="virtual-all" style={{ height: `${count * height}px` }}>
                {Array.from({ length: Math.max(0, last - first + 1) }, (_, offset) => {
                    const index = first + offset;
                    return (
                        <div key={index} class="virtual-row" role="listitem" aria-posinset={index + 1} aria-setsize={count}
                            style={{ transform: `translateY(${index * height}px)`, height: `${height}px` }}>
                            {row(index)}
                        </div>
                    );
                })}
            </div>
        </div>
    );
}
