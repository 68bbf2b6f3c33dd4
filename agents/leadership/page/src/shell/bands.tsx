/* What stands between the time bar and the view: a lost connection, waiting updates, values that could not be read. */
import { useEffect, useState } from 'preact/hooks';
import { address } from '../address';
import { integer, timeOn } from '../components/number';
import { applyUpdates, live, waiting } from '../live';
import { shownMoment } from '../view';
import { words } from '../words';

const GRACE_MS = 1500; /* a connection that comes back at once is no news */

function useSeconds(since: number): number {
    const [now, setNow] = useState(Date.now());
    useEffect(() => {
        if (since === 0) return undefined;
        setNow(Date.now());
        const timer = setInterval(() => setNow(Date.now()), 1000);
        return () => clearInterval(timer);
    }, [since]);
    return since === 0 ? 0 : Math.max(0, Math.round((now - since) / 1000));
}

export function ConnectionBand() {
    const w = words.value;
    const { state, hub, lostSince, healed, position, time } = live.value;
    const seconds = useSeconds(lostSince);
    const lost = state === 'lost' || hub === 'lost';
    if (lost && lostSince > 0 && seconds * 1000 >= GRACE_MS) {
        const day = shownMoment.value?.day ?? '';
        return (
            <div class="band band-lost" role="status" data-state="lost">
                {hub === 'lost' ? w.hubLost : w.lostFor(seconds)}
                {position !== '' && <b>{w.lostKnown(integer(position), timeOn(time, day))}</b>}
            </div>
        );
    }
    if (!lost && healed >= 0)
        return (
            <div class="band band-updates" role="status" data-state="healed">
                {healed > 0 ? w.healed(integer(healed)) : w.healedNone}
            </div>
        );
    return null;
}

export function UpdatesBand() {
    const w = words.value;
    const count = waiting.value;
    if (count === 0) return null;
    return (
        <div class="band band-updates" data-state="updates">
            {w.updates(count)}{w.comma}#{integer(live.value.position)}{w.stop}{' '}
            <button type="button" class="plain door" onClick={applyUpdates}>{w.updateNow}</button>
        </div>
    );
}

export function AddressFaults() {
    const w = words.value;
    const { faults } = address.value;
    if (faults.length === 0) return null;
    const names: Record<string, string> = { at: w.statusDay, known: w.knownTo, unit: w.unit, lang: w.languageKey, why: w.figureEvents };
    return (
        <p class="notice notice-problem address-faults" role="alert">
            {w.wrongAddress}
            {faults.map((fault) => `${names[fault.key] ?? fault.key} “${fault.value.slice(0, 40)}”`).join(w.listComma)}
        </p>
    );
}
