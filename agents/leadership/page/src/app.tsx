/* The page: shell around the view that the address names. */
import { useEffect, useLayoutEffect } from 'preact/hooks';
import { address, followAddress } from './address';
import { openSession, session } from './api/client';
import { lazy } from './components/lazy';
import { followHub } from './live';
import { lang, words } from './words';
import { Announcer } from './shell/announcer';
import { CopyMessage } from './shell/copy-link';
import { AddressFaults, ConnectionBand, UpdatesBand } from './shell/bands';
import { Header, BottomNav } from './shell/header';
import { Help } from './shell/help';
import { followKeys } from './shell/keys';
import { Login } from './shell/login';
import { PastBand } from './shell/past-band';
import { choosingTime, TimeBar } from './shell/time-bar';
import { shownMoment } from './view';
import { Overview } from './views/overview';
import { UnknownView } from './views/unknown';
import { followPrinting } from './shell/printing';

const Units = lazy(() => import('./views/units').then((module) => module.Units));
const Unit = lazy<{ code: string }>(() => import('./views/unit').then((module) => module.Unit));
const InHand = lazy(() => import('./views/in-hand').then((module) => module.InHand));
const MatterView = lazy(() => import('./views/matter').then((module) => module.MatterView));
const Trends = lazy(() => import('./views/trends').then((module) => module.Trends));
const Compare = lazy(() => import('./views/compare').then((module) => module.Compare));
const List = lazy(() => import('./views/list').then((module) => module.List));
const Events = lazy(() => import('./views/events').then((module) => module.Events));
const EventView = lazy<{ position: string }>(() => import('./views/event').then((module) => module.EventView));
const TimeMachine = lazy(() => import('./shell/time-machine').then((module) => module.TimeMachine), 0);
const Drawer = lazy(() => import('./shell/drawer').then((module) => module.Drawer), 0);

/* Views read what else they need (`part`, `list`, `article`, their keys) from the address. */
function View() {
    const { view } = address.value;
    switch (view.name) {
        case 'overview':
        case 'login':
            return <Overview />;
        case 'units':
            return <Units />;
        case 'unit':
            return <Unit key={view.code} code={view.code} />;
        case 'in-hand':
            return <InHand />;
        case 'matter':
            return <MatterView key={view.matter} />;
        case 'trends':
            return <Trends />;
        case 'compare':
            return <Compare />;
        case 'list':
            return <List key={view.list} />;
        case 'events':
            return <Events />;
        case 'event':
            return <EventView key={view.position} position={view.position} />;
        case 'unknown':
            return <UnknownView />;
    }
}

function viewName(): string {
    const w = words.value;
    const names: Record<string, string> = {
        overview: w.overview, units: w.units, unit: w.units, 'in-hand': w.inHand, matter: w.inHand, trends: w.trends,
        compare: w.compare, list: w.lists, events: w.events, event: w.events,
    };
    return names[address.value.view.name] ?? '';
}

/* The views whose content has no first heading of its own: a screen reader is told by its name where it is. */
const UNHEADED: readonly string[] = ['units', 'in-hand', 'trends', 'compare', 'list', 'events'];

/* Language, title and wall of the document follow the address. */
function useDocumentElement(): void {
    const { view, past, wall } = address.value;
    const w = words.value;
    const moment = past ? shownMoment.value : null;
    useEffect(() => {
        const then = moment ? ` · ${w.lookingBack} ${moment.day} #${moment.position}` : '';
        document.title = `${viewName()}${then} · ${w.product}`.replace(/^ · /, '');
    }, [w, view.name, moment?.day, moment?.position]);
    useLayoutEffect(() => {
        const root = document.documentElement;
        root.lang = lang.value === 'en' ? 'en' : 'zh-CN';
        if (wall) root.dataset['wall'] = '1';
        else delete root.dataset['wall'];
    }, [lang.value, wall]);
}

let started = false;

/* Once, whatever is rendered. */
function start(): void {
    if (started) return;
    started = true;
    followAddress();
    followHub();
    followKeys();
    followPrinting();
    void openSession();
}

export function App() {
    start();
    useDocumentElement();
    if (session.value === null || address.value.view.name === 'login') return <Login />;
    return (
        <>
            <a class="skip" href="#main">{words.value.skip}</a>
            <Header />
            <div class="sticky">
                <TimeBar />
                <div class="bands">
                    <ConnectionBand />
                    <UpdatesBand />
                    <CopyMessage />
                </div>
            </div>
            <main id="main" tabIndex={-1}>
                {UNHEADED.includes(address.value.view.name) && <h1 class="unseen">{viewName()}</h1>}
                <AddressFaults />
                <PastBand />
                <View />
            </main>
            <Footer />
            <BottomNav />
            {address.value.why !== '' && <Drawer />}
            {choosingTime.value && <TimeMachine />}
            <Help />
            <Announcer />
        </>
    );
}

function Footer() {
    const w = words.value;
    return (
        <footer class="foot">
            <p>
                <b>{w.noReportIsNotZero}</b> {w.footerDoors} · {w.footerRounding}
                {session.value?.demonstration && <> · {w.demonstration}</>}
            </p>
        </footer>
    );
}
