import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Heading } from '../parts';
import { setToken, sync } from '../office';
import { sendSoon } from '../queue';
import { Say } from '../words';

export function LoginScreen(): JSX.Element {
    const [text, setText] = useState('');
    const enter = async (event: Event): Promise<void> => {
        event.preventDefault();
        if (text.trim() === '') return;
        await setToken(text.trim());
        await sync();
        sendSoon();
    };
    return (
        <form class="screen" onSubmit={(event) => void enter(event)}>
            <Heading of={['掌上调解', 'Mediation desk']} />
            <p><Say block of={['请打开管理员给的链接，或在这里填口令。口令属于岗位或手机，不属于个人。',
                'Open the link that you were given, or enter the token. A token belongs to a post or a phone, not to a person.']} /></p>
            <label class="field" for="token"><Say of={['口令', 'Token']} /></label>
            <input id="token" type="password" autocomplete="off" autocapitalize="off" spellcheck={false} value={text}
                onInput={(event) => setText(event.currentTarget.value)} />
            <button class="primary" type="submit"><Say of={['进入', 'Enter']} /></button>
        </form>
    );
}
