import type { JSX } from 'preact';
import { lazy } from './lazy';
import { token } from './api';
import { Bands, QueueBar, Standing } from './parts';
import { route, toDispute } from './route';
import { disputes } from './store';
import { said } from './tap';
import { AgreeScreen, EndScreen } from './views/close';
import { ConsentScreen } from './views/consent';
import { DisputeScreen } from './views/dispute';
import { ExplainScreen } from './views/explain';
import { ListScreen } from './views/list';
import { LoginScreen } from './views/login';
import { NewScreen } from './views/new';
import { Back, Heading } from './parts';
import { Say } from './words';

/* What seals comes only to who uses it. */
const PartiesScreen = lazy(() => import('./views/parties').then((module) => module.PartiesScreen));

function NoDispute(): JSX.Element {
    return (
        <>
            <Back to="#/" />
            <Heading of={['本机没有这件纠纷', 'This phone does not know this dispute']} />
        </>
    );
}

function Screen(): JSX.Element {
    const { screen, code, side } = route.value;
    const dispute = disputes.value.find((one) => one.code === code);
    if (screen === 'list') return <ListScreen />;
    if (screen === 'new') return <NewScreen />;
    if (dispute === undefined) return <NoDispute />;
    switch (screen) {
        case 'dispute':
            return <DisputeScreen dispute={dispute} />;
        case 'explain':
            return <ExplainScreen dispute={dispute} />;
        case 'consent':
            return <ConsentScreen key={`${code}-${side}`} dispute={dispute} side={side === 'B' ? 'B' : 'A'} />;
        case 'end':
            return <EndScreen dispute={dispute} />;
        case 'agree':
            return <AgreeScreen dispute={dispute} />;
        case 'parties':
            return <PartiesScreen dispute={dispute} />;
    }
}

export function App(): JSX.Element {
    const { screen, code } = route.value;
    if (token.value === null) return <main><LoginScreen /></main>;
    /* A side that holds the phone sees its own question and nothing else. */
    const alone = screen === 'consent';
    return (
        <>
            {!alone && <header class="top"><a class="brand" href="#/"><Say of={['掌上调解', 'Mediation desk']} /></a><QueueBar /></header>}
            <main data-screen={screen} data-home={code ? toDispute(code) : '#/'}>
                {!alone && <Bands />}
                <Screen key={`${screen}-${code}`} />
                {!alone && <Standing />}
            </main>
            <p class="unseen" role="status" aria-live="assertive">{said.value && `${said.value[0]} ${said.value[1]}`}</p>
        </>
    );
}
