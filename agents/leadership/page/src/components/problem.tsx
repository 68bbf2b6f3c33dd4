/* What went wrong, in one sentence, with what to do and the code. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Problem } from '../api/client';
import { session } from '../api/client';
import { address, href } from '../address';
import { lang, words } from '../words';

/* Seconds until the page tries again by itself. */
function Countdown({ until }: { until: number }) {
    const [now, setNow] = useState(Date.now());
    useEffect(() => {
        const timer = setInterval(() => setNow(Date.now()), 1000);
        return () => clearInterval(timer);
    }, [until]);
    return <>{words.value.retryIn(Math.max(0, Math.ceil((until - now) / 1000)))}</>;
}

export function ProblemNotice({ problem, retry, retryAt = 0, kept = false, children }: {
    problem: Problem; retry?: () => void; retryAt?: number; kept?: boolean; children?: ComponentChildren;
}) {
    const w = words.value;
    const english = lang.value === 'en';
    const document = problem.document;
    const away = document.code === 'NOT_PERMITTED' || document.code === 'UNKNOWN_UNIT';
    const moment = address.value.past && (document.code === 'BAD_DAY' || document.code === 'BAD_MOMENT');
    const unanswered = document.status === 0 || document.status >= 500;
    return (
        <div class={kept ? 'notice notice-problem' : 'card notice-card'} role="alert" data-code={document.code}>
            <p>
                <b>{english ? document.titleEn || document.title : document.title}</b>{w.stop}
                {english ? document.detailEn || document.detail : document.detail}
            </p>
            <p class="quiet">
                {w.code} {document.code}
                {unanswered && <> · {kept ? w.kept : w.nothingKept}</>} {retryAt > 0 && <Countdown until={retryAt} />}
            </p>
            <p class="buttons">
                {retry && (unanswered || document.status === 429) && <button type="button" onClick={retry}>{w.retry}</button>}
                {away && session.value && (
                    <a class="button" href={href({ path: '/', keys: { unit: null } })}>{w.backToRoot(session.value.unitName)}</a>
                )}
                {moment && <a class="button" href={href({ keys: { at: null, known: null } })}>{w.backToLive}</a>}
                {children}
            </p>
        </div>
    );
}
