/* What a screen reader hears of live figures: breaks at once, a summary at most every 30 s. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { integer } from '../components/number';
import { summary } from '../live';
import { words } from '../words';

const EVERY_MS = 30_000;

export function Announcer() {
    const w = words.value;
    const now = summary.value;
    const said = useRef({ position: '', at: 0, broken: -1 });
    const [text, setText] = useState('');
    const [urgent, setUrgent] = useState('');
    useEffect(() => {
        if (!now) return undefined;
        const joint = now.zeros.counts.find((count) => count.group === 'ALL' && count.zero === 'UNSPECIFIED');
        const broken = now.changes.newlyBroken;
        if (said.current.broken >= 0 && broken > said.current.broken) setUrgent(w.announceBroken(broken));
        said.current.broken = broken;
        if (said.current.position === '') said.current = { ...said.current, position: now.position, at: Date.now() };
        if (!joint || said.current.position === now.position) return undefined;
        const timer = setTimeout(() => {
            said.current = { ...said.current, position: now.position, at: Date.now() };
            setText(w.announceSummary(integer(joint.zeroUnits), integer(joint.unverified), integer(joint.broken), integer(now.position)));
        }, Math.max(0, said.current.at + EVERY_MS - Date.now()));
        return () => clearTimeout(timer);
    }, [now, w]);
    return (
        <>
            <p class="unseen" role="status" aria-live="polite">{text}</p>
            <p class="unseen" role="alert">{urgent}</p>
        </>
    );
}
