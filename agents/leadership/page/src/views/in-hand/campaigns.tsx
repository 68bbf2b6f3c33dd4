import { href } from '../../address';
import type { Campaign, Rate, Shown, Summary } from '../../api/types';
import { Card } from '../../components/card';
import { EventDoor } from '../../components/door';
import { Loading } from '../../components/loading';
import { integer, percent } from '../../components/number';
import { ProblemNotice } from '../../components/problem';
import { Table } from '../../components/table';
import { dayRange } from '../../days';
import { useDocument } from '../../view';
import { word, words } from '../../words';
import { Exports } from '../shared/exports';
import { Figures } from './figures';
import { MatterList } from './list';

const STEPS = ['REPORTED', 'REGISTERED', 'DISPATCHED', 'HANDLED', 'ANSWERED', 'CHECKED', 'CLOSED'];

interface CampaignsDocument extends Shown {
    campaigns: Campaign[];
    labels: { code: string; name: string }[];
}

export function Campaigns({ summary }: { summary: Summary }) {
    const w = words.value;
    const found = useDocument<CampaignsDocument>('campaigns');
    const { programme, targets } = summary;
    return (
        <>
            <Card title={w.campaigns} hint={w.campaignsRunning(integer(programme.campaignsRunning))} aside={<Exports name="campaigns" />}>
                {found.problem && <ProblemNotice problem={found.problem} retry={found.retry} kept={found.value !== null} />}
                {found.loading && <Loading height={16} lines={6} />}
                {found.value && <CampaignTable campaigns={found.value.campaigns} year={found.value.moment.day.slice(0, 4)} />}
            </Card>
            <Card title={w.programme} hint={w.programmeHint}>
                <Figures lines={[
                    { name: w.campaignsRunningWord, figure: 'programme.campaigns_running', value: programme.campaignsRunning },
                    { name: w.campaignsClosedWord, figure: 'programme.campaigns_closed', value: programme.campaignsClosed },
                    { name: w.selfChecked, figure: 'programme.self_checked', value: programme.selfChecked },
                    { name: w.selfCheckYes, figure: 'programme.self_check_yes', value: programme.selfCheckYes },
                    { name: w.selfCheckItems, figure: 'programme.self_check_items', value: programme.selfCheckItems },
                    { name: w.complete, figure: 'programme.complete', value: programme.complete },
                    { name: w.unswept, figure: 'programme.unswept', value: programme.unswept, hint: <a href={href({ path: '/lists/unswept' })}>{w.lists} ›</a> },
                    { name: w.silentUnits, figure: 'programme.silent', value: programme.silent, hint: <a href={href({ path: '/lists/silent' })}>{w.lists} ›</a> },
                ]} />
                {targets.map((target) => (
                    <p key={target.group} class="share">
                        {w.target(target.group === 'AREA' ? w.areas : w.enterprises, String(target.percent))} {rateText(target.joint)}{' '}
                        <span class="tag">{target.met ? w.targetMet : w.targetNotMet}</span>
                    </p>
                ))}
            </Card>
            {found.value && <Labels labels={found.value.labels} />}
            <MatterList title={w.sevenSteps} kind="SEVEN_STEPS" steps={STEPS} />
        </>
    );
}

const rateText = (rate: Rate | null) =>
    rate && rate.text !== '' ? <><b>{percent(rate.text)}</b> <span class="quiet">({integer(rate.part)}/{integer(rate.whole)})</span></> : <span class="quiet">{words.value.noRate}</span>;

function stateOf(campaign: Campaign): string {
    const w = words.value;
    if (campaign.closed) return w.campaignClosed;
    if (campaign.running) return w.campaignRunning;
    if (campaign.ended) return w.campaignEnded;
    return w.campaignNotStarted;
}

function CampaignTable({ campaigns, year }: { campaigns: readonly Campaign[]; year: string }) {
    const w = words.value;
    return (
        <Table<Campaign> caption={w.campaigns} class="stack" rows={campaigns} rowKey={(row) => row.code}
            columns={[
                { name: 'name', head: w.campaign, class: 'stack-head', cell: (row) => <>{row.code} <b>{row.name}</b></> },
                { name: 'lead', head: w.lead, cell: (row) => word(w.offices, row.lead) },
                { name: 'state', head: w.state, class: 'stack-aside', cell: (row) => <span class="tag">{stateOf(row)}</span> },
                { name: 'days', head: w.period, cell: (row) => (row.fromDay ? dayRange(row.fromDay, row.toDay, year) : w.noDays) },
                { name: 'closed', head: w.closedOfAll, numeric: true, cell: (row) => <>{integer(row.mattersClosed)}/<a class="door" href={href({ path: '/in-hand/joint', keys: { only: 'all', campaign: row.code } })}>{integer(row.matters)}</a></> },
                { name: 'rate', head: w.closedRate, numeric: true, cell: (row) => rateOnly(row.closedRate) },
                { name: 'overdue', head: w.overdue, numeric: true, cell: (row) => (row.overdue > 0 ? <a class="door" href={href({ path: '/in-hand/joint', keys: { only: 'overdue', campaign: row.code } })}><span class="tag tag-overdue">{integer(row.overdue)}</span></a> : '0') },
                { name: 'tallies', head: w.tallies, numeric: true, cell: (row) => integer(row.tallies) },
                { name: 'events', head: w.event, numeric: true, cell: (row) => integer(row.events) },
                { name: 'last', head: w.lastTime, numeric: true, cell: (row) => (row.lastEventAt !== '0' ? <EventDoor position={row.lastEventAt} /> : w.noDays) },
            ]} />
    );
}

const rateOnly = (rate: Rate | null): string => (rate && rate.text !== '' ? percent(rate.text) : words.value.noDays);

/* The county's own words: ten measures, ten work systems, eight haves and eight clears. */
function Labels({ labels }: { labels: CampaignsDocument['labels'] }) {
    const w = words.value;
    const groups: [string, string][] = [['measure.', w.measures], ['work_system.', w.workSystems], ['self_check.', w.selfChecks]];
    return (
        <Card title={w.doubleTen} hint={w.doubleTenHint}>
            <div class="label-groups">
                {groups.map(([prefix, name]) => (
                    <section key={prefix}>
                        <h3>{name}</h3>
                        <ol class="labels">{labels.filter((label) => label.code.startsWith(prefix)).map((label) => <li key={label.code}>{label.name}</li>)}</ol>
                    </section>
                ))}
            </div>
        </Card>
    );
}
