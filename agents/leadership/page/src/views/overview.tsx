/* 总览: where do we stand, what changed, what is late, who is silent? */
import { address, href } from '../address';
import type { Overview as OverviewDocument, Summary, ZeroCount, ZeroKind } from '../api/types';
import { Loading } from '../components/loading';
import { ProblemNotice } from '../components/problem';
import { summary as liveSummary } from '../live';
import { useDocument } from '../view';
import { words } from '../words';
import { Changes } from './overview/changes';
import { JointStatus } from './overview/joint-status';
import { JointTrend } from './overview/joint-trend';
import { Offices } from './overview/offices';
import { OverdueMatters } from './overview/overdue-matters';
import { Past } from './overview/past';
import { Towns } from './overview/towns';
import { WorkInHand } from './overview/work-in-hand';
import { ZeroCard } from './overview/zero-card';
import './overview/overview.css';

/* The count of one zero (UNSPECIFIED: joint) over one group. */
export function countOf(counts: readonly ZeroCount[], group: ZeroCount['group'], zero: ZeroKind): ZeroCount | undefined {
    return counts.find((count) => count.group === group && count.zero === zero);
}

/* The stream's summary where it is newer than the document's. */
function newest(document: OverviewDocument): Summary {
    const streamed = liveSummary.value;
    if (address.value.past || !streamed || streamed.unit !== document.summary.unit) return document.summary;
    return BigInt(streamed.position) >= BigInt(document.summary.position) ? streamed : document.summary;
}

export function Overview() {
    const { value, problem, loading, stale, retry, retryAt } = useDocument<OverviewDocument>('overview');
    const w = words.value;
    if (loading) return <Frame />;
    if (!value) return problem ? <ProblemNotice problem={problem} retry={retry} retryAt={retryAt} /> : null;
    const now = newest(value);
    const { past, unit, at, known } = address.value;
    return (
        <>
            <h1 class="unseen">{w.overview} {now.name}</h1>
            {problem && <ProblemNotice problem={problem} retry={retry} retryAt={retryAt} kept />}
            {past && <Past document={value} />}
            {/* Another moment or unit is another page: its figures have not changed, they are others. */}
            <div key={`${unit} ${at} ${known}`} class={stale ? 'overview stale' : 'overview'}>
                <div class="overview-state">
                    <JointStatus summary={now} />
                    <Changes summary={now} past={past} />
                    <div class="overview-zeros">
                        {(['PETITION', 'ACCIDENT', 'CASE'] as const).map((zero) => <ZeroCard key={zero} zero={zero} summary={now} />)}
                    </div>
                    <div class="overview-pair">
                        <OverdueMatters matters={value.overdue.matters} total={value.overdue.total} />
                        <Offices summary={now} />
                    </div>
                </div>
                <div class="overview-rest">
                    <Towns towns={value.towns} dots={value.dots} />
                    <div class="overview-side">
                        <WorkInHand summary={now} campaigns={value.campaigns.campaigns} />
                        <JointTrend trend={value.trend} day={value.moment.day} />
                    </div>
                </div>
            </div>
        </>
    );
}

/* The cards with their final heights, before anything is known. */
function Frame() {
    return (
        <div class="overview overview-frame" aria-busy="true">
            <div class="overview-state">
                <div class="card"><Loading height={9} /></div>
                <div class="card"><Loading height={2} lines={1} /></div>
                <div class="overview-zeros">
                    {[0, 1, 2].map((index) => <div key={index} class="card"><Loading height={15} lines={4} /></div>)}
                </div>
            </div>
            <div class="overview-rest">
                <div class="card"><Loading height={28} lines={8} /></div>
                <div class="overview-side"><div class="card"><Loading height={20} lines={6} /></div></div>
            </div>
        </div>
    );
}

/* A link at the right end of a card's heading. */
export function More({ path, keys, children }: { path: string; keys?: Record<string, string>; children: string }) {
    return <a href={href({ path, keys })} class="more">{children} ›</a>;
}
