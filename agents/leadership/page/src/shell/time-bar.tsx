/* Never out of sight: live or looking back, which day, known to where, by which rules, of whom. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { address, go } from '../address';
import { session } from '../api/client';
import { integer, timeOn } from '../components/number';
import { live, summary } from '../live';
import { scope, shownMoment } from '../view';
import { words } from '../words';
import { copyLink } from './copy-link';
import { exportAddress } from './export';

/* Whether the time machine is open. */
export const choosingTime = signal(false);

/* Back to now, from whatever moment. */
export function backToLive(): void {
    go({ keys: { at: null, known: null } });
}

function Clock() {
    return (
        <svg width="15" height="15" viewBox="0 0 16 16" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="1.8">
            <circle cx="8" cy="8" r="6.5" /><path d="M8 4V8.4L10.6 10" />
        </svg>
    );
}

export function TimeBar() {
    const w = words.value;
    const { past, at } = address.value;
    /* The moment of a document that is no longer asked for says nothing about the one that is on its way. */
    const shown = shownMoment.value;
    const moment = shown && shown.past === past && (at === '' || shown.day === at) ? shown : null;
    const { hub, position, time } = live.value;
    const state = hub === 'lost' ? 'lost' : live.value.state;
    const newer = !past && position !== '' && (!moment || BigInt(position) >= BigInt(moment.position));
    const knownTo = newer ? position : (moment?.position ?? '');
    const knownAt = newer ? time : (moment?.time ?? '');
    const day = (!past && summary.value?.asOf) || (moment?.day ?? (past ? at || '…' : ''));
    const policy = past ? moment?.policyVersion : (summary.value?.policyVersion ?? moment?.policyVersion);
    const looked = scope();
    /* Until the first answer there is nothing to say; what comes then comes as a whole and moves nothing. */
    const known = day !== '' && session.value !== undefined;
    return (
        <>
            <section class={past ? 'time time-past' : 'time'} aria-label={past ? w.lookingBack : w.live}>
                <dl>
                    <div>
                        {past ? (
                            <Clock />
                        ) : <span class={`dot dot-${state}`} aria-hidden="true" />}
                        <b class="live-text">{past ? w.lookingBack : state === 'lost' ? w.lost : state === 'connecting' ? w.connecting : w.live}</b>
                        {session.value?.demonstration && <span class="tag" title={w.demonstration}>{w.demonstrationShort}</span>}
                    </div>
                    {known && <>
                    <div class="day"><dt>{w.statusDay}</dt><dd><b class="day-text">{day}</b></dd></div>
                    {(newer || moment) && <>
                    <div>
                        <dt>{!past ? w.knownTo : address.value.known === 'now' ? w.knownNow : w.knownThen}</dt>
                        <dd>
                            <b class="position-text">{knownTo === '' ? '…' : `#${integer(knownTo)}`}</b>
                            <span class="clock"> · {timeOn(knownAt, day) || '…'}</span>
                        </dd>
                    </div>
                    <div class="policy"><dt>{w.policy}</dt><dd><b>{policy || '…'}</b></dd></div>
                    <div class="scope"><dt>{w.scope}</dt><dd><b>{looked.name || looked.code}</b> {looked.name && <span class="scope-code">{looked.code}</span>}</dd></div>
                    </>}
                    </>}
                </dl>
                <div class="buttons">
                    <button type="button" class="choose-time" onClick={() => (choosingTime.value = true)} aria-label={past ? w.changeTime : w.chooseTime}>
                        {!past && <Clock />}<span>{past ? w.changeTime : w.chooseTime}</span>
                    </button>
                    {past ? (
                        <>
                            <a class="button wide" href={compareAddress()} title={w.compareNowLong}>{w.compareNow}</a>
                            <button type="button" class="primary" onClick={backToLive}>{w.backToLive}</button>
                        </>
                    ) : (
                        <>
                            <ExportMenu />
                            <button type="button" class="wide" onClick={() => void copyLink()}>{w.copyLink}</button>
                        </>
                    )}
                    <button type="button" class="wide" onClick={() => print()}>{w.print}</button>
                </div>
            </section>
        </>
    );
}

function compareAddress(): string {
    const moment = shownMoment.value;
    return `/compare?a=${moment?.position ?? address.value.known}&b=now`;
}

/* The table or figures in view as a spreadsheet. */
export function ExportMenu() {
    const w = words.value;
    const box = useRef<HTMLDetailsElement>(null);
    useEffect(() => {
        const close = (event: Event): void => {
            const node = box.current;
            if (node?.open && event.target instanceof Node && !node.contains(event.target)) node.open = false;
        };
        document.addEventListener('pointerdown', close);
        return () => document.removeEventListener('pointerdown', close);
    }, []);
    const close = (): void => {
        if (box.current) box.current.open = false;
    };
    return (
        <details class="menu wide export" ref={box}>
            <summary class="button">{w.export}</summary>
            <div>
                <a class="button" href={exportAddress('xlsx')} download onClick={close}>{w.exportXlsx}</a>
                <a class="button" href={exportAddress('csv')} download onClick={close}>{w.exportCsv}</a>
            </div>
        </details>
    );
}
