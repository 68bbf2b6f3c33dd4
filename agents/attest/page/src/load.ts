/* What a screen asks for when it comes, and again when told to. */
import { useEffect, useState } from 'preact/hooks';
import type { Answer } from './shared/ask';

const AGAIN_MS = 5000;

export type Loaded<T> = { answer: Answer<T> | null; again: () => void }; /* null: not answered yet */

export function useAnswer<T>(ask: () => Promise<Answer<T>>): Loaded<T> {
    const [answer, setAnswer] = useState<Answer<T> | null>(null);
    const [round, setRound] = useState(0);
    useEffect(() => {
        let gone = false;
        setAnswer(null);
        void ask().then((found) => { if (!gone) setAnswer(found); });
        return () => { gone = true; };
    }, [round]);
    /* What is away is asked again by itself, behind what stands there. */
    useEffect(() => {
        if (answer?.kind !== 'away') return undefined;
        let gone = false;
        const timer = setTimeout(() => void ask().then((found) => { if (!gone) setAnswer(found); }), AGAIN_MS);
        return () => { gone = true; clearTimeout(timer); };
    }, [answer]);
    return { answer, again: () => setRound(round + 1) };
}
