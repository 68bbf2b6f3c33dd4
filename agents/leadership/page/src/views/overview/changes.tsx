import type { Summary } from '../../api/types';
import { Digits } from '../../components/digits';
import { Door } from '../../components/door';
import { words } from '../../words';

/* 昨日以来: between the close of the day before and the moment shown. */
export function Changes({ summary, past }: { summary: Summary; past: boolean }) {
    const w = words.value;
    const { changes, discrepancies } = summary;
    const items = [
        ['changes.newly_broken', changes.newlyBroken, w.newlyBroken],
        ['changes.newly_verified', changes.newlyVerified, w.newlyVerified],
        ['changes.newly_unverified', changes.newlyUnverified, w.newlyUnverified],
        ['changes.late', changes.late, w.late],
        ['changes.unbroken', changes.unbroken, w.unbroken],
        ['discrepancies.open', discrepancies.open, w.suspected, w.suspectedHint],
    ] as const;
    return (
        <section class="card changes" aria-label={past ? w.sinceDayBefore : w.sinceYesterday}>
            <h2>{past ? w.sinceDayBefore : w.sinceYesterday}</h2>
            <ul>
                {items.map(([figure, value, word, hint]) => (
                    <li key={figure}>
                        <b><Door figure={figure}><Digits value={value} /></Door></b>
                        <span>{word}{hint && <small>{hint}</small>}</span>
                    </li>
                ))}
            </ul>
        </section>
    );
}
