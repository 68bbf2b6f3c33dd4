/* A live figure: its text changes in place, and a line under it says for a moment that it did. */
import { useEffect, useRef } from 'preact/hooks';
import { integer } from './number';

export function Digits({ value }: { value: number | string }) {
    const text = integer(value);
    const node = useRef<HTMLSpanElement>(null);
    const before = useRef(text);
    useEffect(() => {
        if (before.current === text) return;
        before.current = text;
        const span = node.current;
        if (!span) return;
        span.classList.remove('changed');
        void span.offsetWidth; /* the animation starts anew */
        span.classList.add('changed');
    }, [text]);
    return <span class="digits" ref={node}>{text}</span>;
}
