import type { JSX } from 'preact';
import { route } from './route';
import { open } from './sent';
import { Notice } from './shared/parts';
import { Say } from './shared/say';
import { keepsNothing, token } from './token';
import { DueScreen } from './views/due';
import { LoginScreen } from './views/login';
import { PeriodScreen } from './views/period';
import { OneScreen, SentScreen } from './views/sent';

function Screen(): JSX.Element {
    const at = route.value;
    switch (at.screen) {
        case 'due':
            return <DueScreen />;
        case 'sent':
            return <SentScreen />;
        case 'period':
            return <PeriodScreen key={`${at.zero}-${at.from}-${at.unit}`} zero={at.zero} from={at.from} unit={at.unit} />;
        case 'one':
            return <OneScreen key={at.key} id={at.key} />;
    }
}

export function App(): JSX.Element {
    if (token.value === null) return <main data-screen="login"><LoginScreen /></main>;
    const { screen } = route.value;
    const waiting = open.value.length;
    return (
        <>
            <header class="top">
                <a class="brand" href="#/"><Say of={['零报告', 'Zero reports']} /></a>
                <nav class="nav" aria-label="栏目 Sections">
                    <a href="#/" aria-current={screen === 'due' || screen === 'period' ? 'page' : undefined}><Say of={['待核报', 'Due']} /></a>
                    <a href="#/sent" aria-current={screen === 'sent' || screen === 'one' ? 'page' : undefined}>
                        <Say of={['已确认', 'Confirmed']} />{waiting > 0 && <b class="count"> {waiting}<span class="unseen"> 份在途 on their way</span></b>}
                    </a>
                </nav>
            </header>
            <main data-screen={screen}>
                {keepsNothing.value && (
                    <Notice kind="problem">
                        <Say block of={['本浏览器不能保存：不能从这里确认。请不要用无痕窗口，检查存储空间。',
                            'This browser keeps nothing, so nothing is confirmed from here: use no private window, see whether the disk is full.']} />
                        <code>STORE</code>
                    </Notice>
                )}
                <Screen />
            </main>
        </>
    );
}
