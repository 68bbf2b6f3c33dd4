/* What went wrong, in one sentence, with what to do and the code. */
import type { ComponentChildren } from 'preact';
import type { Problem } from '../api/client';
import { session } from '../api/client';
import { href } from '../address';
import { lang, words } from '../words';

export function ProblemNotice({ problem, retry, kept = false, children }: {
    problem: Problem; retry?: () => void; kept?: boolean; children?: ComponentChildren;
}) {
    const w = words.value;
    const english = lang.value === 'en';
    const document = problem.document;
    const away = document.code === 'NOT_PERMITTED' || document.code === 'UNKNOWN_UNIT';
    const unanswered = document.status === 0 || document.status >= 500;
    return (
        <div class={kept ? 'notice notice-problem' : 'card notice-card'} role="alert" data-code={document.code}>
            <p>
                <b>{english ? document.titleEn || document.title : document.title}</b>{w.stop}
                {english ? document.detailEn || document.detail : document.detail}
            </p>
            <p class="quiet">
                {w.code} {document.code}
                {unanswered && <> · {kept ? w.kept : w.nothingKept}</>}
            </p>
            <p class="buttons">
                {retry && <button type="button" onClick={retry}>{w.retry}</button>}
                {away && session.value && (
                    <a class="button" href={href({ path: '/', keys: { unit: null } })}>{w.backToRoot(session.value.unitName)}</a>
                )}
                {children}
            </p>
        </div>
    );
}
