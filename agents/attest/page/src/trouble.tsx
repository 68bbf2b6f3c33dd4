/* What went wrong, in words that say what to do; never an empty list where the answer is not known. */
import type { JSX } from 'preact';
import type { Answer } from './shared/ask';
import { Notice, TroubleText } from './shared/parts';
import { Say, type Words } from './shared/say';
import { setToken } from './token';
import { HowToMakeAToken } from './views/login';

function first(code: string | undefined): Words | null {
    switch (code) {
        case 'TOKEN_REQUIRED':
            return ['口令无效，或已停用：请换一个口令。', 'The token is not known, or holds no longer: enter another one.'];
        case 'SCOPE_MISSING':
            return ['这个口令不能核报零报告：要有 attest 权限的口令。', 'This token may not attest zero reports: one with the scope attest is needed.'];
        case 'NOT_PERMITTED':
            return ['这个范围不归本单位核报。', 'This subtree is not your office’s to attest.'];
        case 'HUB_UNREACHABLE':
            return ['枢纽暂时没有连上：还不知道哪些待核报。', 'The hub is away: what is due is not known now.'];
        case 'BUSY':
        case 'TOO_MANY_REQUESTS':
            return ['现在请求太多，请稍候再试。', 'Too many requests now: try again in a moment.'];
        default:
            return null;
    }
}

export function Failure({ of, again }: { of: Exclude<Answer<unknown>, { kind: 'ok' }>; again: () => void }): JSX.Element {
    const trouble = of.trouble;
    const own: Words | null = trouble === null ? ['没有连上单位的代理：请检查网络。', 'Your office’s agent is not reached: check the network.'] : first(trouble.code);
    const token = trouble?.code === 'TOKEN_REQUIRED' || trouble?.code === 'SCOPE_MISSING';
    return (
        <Notice kind="problem">
            {own && <p><b><Say block of={own} /></b></p>}
            {trouble && !token && <p><TroubleText of={trouble} /></p>}
            {token && <code>{trouble?.code}</code>}
            {token && <HowToMakeAToken />}
            <div class="buttons">
                {token
                    ? <button type="button" onClick={() => setToken(null)}><Say of={['换口令', 'Another token']} /></button>
                    : <button type="button" onClick={again}><Say of={['再试', 'Try again']} /></button>}
            </div>
        </Notice>
    );
}
