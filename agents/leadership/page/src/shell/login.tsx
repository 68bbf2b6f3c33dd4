/* Login in place of the view: the address stays what it is and is shown after it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { address, open } from '../address';
import { logIn, Problem, sessionEnded } from '../api/client';
import { lang, words } from '../words';
import { LanguageSwitch } from './header';
import './login.css';

export function Login() {
    const w = words.value;
    const first = useRef<HTMLInputElement>(null);
    const [problem, setProblem] = useState<Problem | null>(null);
    const [busy, setBusy] = useState(false);
    const [visible, setVisible] = useState(false);
    const [wait, setWait] = useState(0);
    useEffect(() => first.current?.focus(), []);
    useEffect(() => {
        if (wait <= 0) return undefined;
        const timer = setTimeout(() => setWait(wait - 1), 1000);
        return () => clearTimeout(timer);
    }, [wait]);

    const submit = (event: SubmitEvent): void => {
        event.preventDefault();
        const form = new FormData(event.currentTarget as HTMLFormElement);
        setBusy(true);
        logIn(String(form.get('account') ?? ''), String(form.get('password') ?? '')).then(
            () => {
                if (address.peek().view.name === 'login') open('/', true);
            },
            (error: unknown) => {
                setBusy(false);
                if (!(error instanceof Problem)) return;
                setProblem(error);
                setWait(error.retryAfter);
            },
        );
    };
    const document = problem?.document;
    return (
        <div class="login">
            <main id="main" class="card">
                <div class="login-head">
                    <h1>{w.product}</h1>
                    <LanguageSwitch />
                </div>
                <p class="soft">{w.loginTitle}</p>
                {sessionEnded.value && <p class="notice notice-problem" role="status">{w.sessionEnded}</p>}
                <form onSubmit={submit}>
                    <label for="account">{w.account}</label>
                    <input id="account" name="account" ref={first} autocomplete="username" required maxLength={64} autocapitalize="none"
                        spellcheck={false} />
                    <label for="password">{w.password}</label>
                    <input id="password" name="password" type={(visible ? 'text' : 'password') as 'password'} autocomplete="current-password" required
                        maxLength={256} />
                    <label class="show-password">
                        <input type="checkbox" checked={visible} onChange={(event) => setVisible(event.currentTarget.checked)} /> {w.showPassword}
                    </label>
                    <div class="login-problem" role="alert" data-code={document?.code}>
                        {document && (
                            <p class="notice notice-problem">
                                <b>{lang.value === 'en' ? document.titleEn || document.title : document.title}</b>{w.stop}
                                {lang.value === 'en' ? document.detailEn : document.detail} {wait > 0 && w.waitSeconds(wait)}{' '}
                                <span class="quiet">{w.code} {document.code}</span>
                            </p>
                        )}
                    </div>
                    <button type="submit" class="primary" disabled={busy || wait > 0}>{w.logIn}</button>
                </form>
                <p class="quiet">{w.loginHint}</p>
            </main>
        </div>
    );
}
