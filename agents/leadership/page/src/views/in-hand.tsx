/* 在办: what is in hand, by step and legal deadline? Every figure of the leaders' summary has its place here. */
import { address, href, type InHandPart } from '../address';
import type { Shown, Summary } from '../api/types';
import { Loading } from '../components/loading';
import { ProblemNotice } from '../components/problem';
import { useDocument } from '../view';
import { words } from '../words';
import { Campaigns } from './in-hand/campaigns';
import { Cases } from './in-hand/cases';
import { Disputes } from './in-hand/disputes';
import { Hazards } from './in-hand/hazards';
import { Joint } from './in-hand/joint';
import { Petitions } from './in-hand/petitions';
import { Tallies } from './in-hand/tallies';
import './views.css';

export type SummaryDocument = Shown & { summary: Summary };
const PARTS: readonly InHandPart[] = ['hazards', 'petitions', 'disputes', 'cases', 'joint', 'campaigns', 'tallies'];
const VIEWS: Record<InHandPart, (props: { summary: Summary }) => preact.JSX.Element> = {
    hazards: Hazards, petitions: Petitions, disputes: Disputes, cases: Cases, joint: Joint, campaigns: Campaigns, tallies: Tallies,
};

export function InHand() {
    const { view } = address.value;
    const part = view.name === 'in-hand' ? view.part : 'hazards';
    const found = useDocument<SummaryDocument>('summary');
    const Part = VIEWS[part];
    return (
        <div class={found.stale ? 'view-in-hand stale' : 'view-in-hand'}>
            <nav class="parts" aria-label={words.value.inHand}>
                {PARTS.map((name) => (
                    <a key={name} href={href({ path: `/in-hand/${name}` })} aria-current={name === part ? 'page' : undefined}>{words.value.inHandParts[name]}</a>
                ))}
            </nav>
            {found.problem && <ProblemNotice problem={found.problem} retry={found.retry} kept={found.value !== null} />}
            {found.loading && <Loading height={40} lines={8} />}
            {found.value && <Part key={part} summary={found.value.summary} />}
        </div>
    );
}
