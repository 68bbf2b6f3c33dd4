import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { workSoon } from '../sent';
import { ask } from '../shared/ask';
import { Heading } from '../shared/parts';
import { Say } from '../shared/say';
import { setToken } from '../token';

/* Said with the name of the program that serves this page. */
export function HowToMakeAToken(): JSX.Element {
    const [program, setProgram] = useState('sanling-safety');
    useEffect(() => void ask<{ program: string }>('/attest/agent.json', '').then((answer) => {
        if (answer.kind === 'ok') setProgram(answer.body.program);
    }), []);
    const config = `${program.replace(/^sanling-/, '')}.yaml`;
    return (
        <div class="how">
            <p><Say block of={['口令由管理员在本单位的代理上生成（权限 attest），只显示一次：', 'The administrator makes a token with the scope attest at your office’s agent; it is shown once:']} /></p>
            <p><code class="command">{program} -c {config} --new-token NAME --scope attest</code></p>
        </div>
    );
}

export function LoginScreen(): JSX.Element {
    const [text, setText] = useState('');
    const enter = (event: Event): void => {
        event.preventDefault();
        if (text.trim() === '') return;
        setToken(text.trim());
        workSoon();
    };
    return (
        <form class="screen narrow" onSubmit={enter}>
            <Heading of={['零报告', 'Zero reports']} />
            <p><Say block of={['请打开管理员给的链接，或在这里填口令。口令属于岗位，不属于个人。',
                'Open the link that you were given, or enter the token. A token belongs to a post, not to a person.']} /></p>
            <label class="field" for="token"><Say of={['口令', 'Token']} /></label>
            <input id="token" type="password" autocomplete="off" autocapitalize="off" spellcheck={false} value={text}
                onInput={(event) => setText(event.currentTarget.value)} />
            <button class="primary" type="submit"><Say of={['进入', 'Enter']} /></button>
            <details>
                <summary><Say of={['还没有口令？', 'No token yet?']} /></summary>
                <HowToMakeAToken />
            </details>
        </form>
    );
}
