import { useEffect, useState } from 'preact/hooks';
import { words } from '../words';

/* The frame of something that is on its way, with its final height in rem; grey bars only after 150 ms. */
export function Loading({ height, lines = 3 }: { height: number; lines?: number }) {
    const [slow, setSlow] = useState(false);
    useEffect(() => {
        const timer = setTimeout(() => setSlow(true), 150);
        return () => clearTimeout(timer);
    }, []);
    return (
        <div class="loading" style={{ minHeight: `${height}rem` }} role="status" aria-label={words.value.loading}>
            {slow && Array.from({ length: lines }, (_, line) => <span key={line} class="loading-bar" />)}
        </div>
    );
}
