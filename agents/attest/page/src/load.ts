/* What a screen asks for when it comes, and again when told to. */
import { useEffect, useState } from 'preact/hooks';
import type { Answer } from './shared/ask';

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
    return { answer, again: () => setRound(round + 1) };
}
