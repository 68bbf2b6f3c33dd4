import type { ComponentChildren } from 'preact';
import { href } from '../../address';
import type { Campaign, Rate, Summary } from '../../api/types';
import { Card } from '../../components/card';
import { Digits } from '../../components/digits';
import { Door } from '../../components/door';
import { integer, percent, signed } from '../../components/number';
import { words } from '../../words';
import { More } from '../overview';

function Group({ title, path, aside, children }: { title: string; path: string; aside?: ComponentChildren; children: ComponentChildren }) {
    return (
        <div class="work">
            <h3><a href={href({ path })}>{title}</a></h3>
            <span class="work-rate">{aside}</span>
            <p class="work-figures">{children}</p>
        </div>
    );
}

function Figure({ word, figure, value }: { word: string; figure: string; value: number }) {
    return <span class="work-figure">{word} <b><Door figure={figure}><Digits value={value} /></Door></b></span>;
}

/* 99.40% (3 167/3 186): never without the two integers, each a door. */
function Share({ word, rate, part, whole }: { word: string; rate: Rate | null; part: string; whole: string }) {
    const w = words.value;
    if (!rate || rate.text === '') return <>{word} <span class="quiet">{w.noRate}</span></>;
    return (
        <>
            {word} <b>{percent(rate.text)}</b> (<Door figure={part}>{integer(rate.part)}</Door>/<Door figure={whole}>{integer(rate.whole)}</Door>)
        </>
    );
}

export function WorkInHand({ summary, campaigns }: { summary: Summary; campaigns: readonly Campaign[] }) {
    const w = words.value;
    const { hazards, petitions, disputes, cases, programme } = summary;
    return (
        <Card title={w.workInHand} class="work-in-hand" aside={<More path="/in-hand/hazards">{w.all}</More>}>
            <Group title={w.hazards} path="/in-hand/hazards"
                aside={<Share word={w.hazardRate} rate={hazards.rate} part="hazards.struck_off" whole="hazards.found" />}>
                <Figure word={w.hazardsFound} figure="hazards.found" value={hazards.found} />
                <Figure word={w.hazardsFixed} figure="hazards.fixed_on_spot" value={hazards.fixedOnSpot} />
                <Figure word={w.hazardsOrdered} figure="hazards.ordered" value={hazards.ordered} />
                <Figure word={w.hazardsMajor} figure="hazards.major" value={hazards.major} />
                <Figure word={w.hazardsPlacarded} figure="hazards.placarded" value={hazards.placarded} />
                <Figure word={w.hazardsStruckOff} figure="hazards.struck_off" value={hazards.struckOff} />
                <Figure word={w.dueSoon} figure="hazards.due_soon" value={hazards.dueSoon} />
                <Figure word={w.overdue} figure="hazards.overdue" value={hazards.overdue} />
            </Group>
            <Group title={w.petitions} path="/in-hand/petitions"
                aside={<Share word={w.onTimeRate} rate={petitions.onTime} part="petitions.on_time" whole="petitions.closed" />}>
                <Figure word={w.petitionsOpen} figure="petitions.open" value={petitions.open} />
                <Figure word={w.dueSoon} figure="petitions.due_soon" value={petitions.dueSoon} />
                <Figure word={w.overdue} figure="petitions.overdue" value={petitions.overdue} />
                <Figure word={w.petitionsReview} figure="petitions.in_review" value={petitions.inReview} />
                <Figure word={w.petitionsFinalReview} figure="petitions.in_final_review" value={petitions.inFinalReview} />
                <Figure word={w.petitionsJoint} figure="petitions.joint" value={petitions.joint} />
            </Group>
            <Group title={w.disputes} path="/in-hand/disputes"
                aside={<Share word={w.mobileShare} rate={disputes.mobileShare} part="disputes.mobile" whole="disputes.succeeded" />}>
                <Figure word={w.disputesOpened} figure="disputes.opened" value={disputes.opened} />
                <Figure word={w.bothAgreed} figure="disputes.both_agreed" value={disputes.bothAgreed} />
                <Figure word={w.agreed} figure="disputes.succeeded" value={disputes.succeeded} />
                <Figure word={w.performed} figure="disputes.performed" value={disputes.performed} />
                <Figure word={w.ended} figure="disputes.ended" value={disputes.ended} />
            </Group>
            <Cases cases={cases} />
            <Campaigns campaigns={campaigns} running={programme.campaignsRunning} />
        </Card>
    );
}

/* This year against the same calendar days of the last: counts in percent, rates in points. */
function Cases({ cases }: { cases: Summary['cases'] }) {
    const w = words.value;
    return (
        <Group title={w.cases} path="/in-hand/cases" aside={cases.otherDefinition ? <span class="tag tag-late">{w.otherDefinition}</span> : undefined}>
            <Figure word={w.filed} figure="cases.filed" value={cases.filed} />
            <span class="work-figure">
                {w.samePeriod} <b><Door figure="cases.previous_filed"><Digits value={cases.previousFiled} /></Door></b>
                {cases.filedChange && <> ({signed(cases.filedChange)}%)</>}
            </span>
            <Figure word={w.solved} figure="cases.resolved" value={cases.resolved} />
            <span class="work-line">
                <Share word={w.clearance} rate={cases.clearance} part="cases.resolved" whole="cases.filed" />
                {w.comma}<Share word={w.lastYear} rate={cases.previousClearance} part="cases.previous_resolved" whole="cases.previous_filed" />
                {cases.clearanceChangePoints && <>{w.comma}<b>{signed(cases.clearanceChangePoints)} {w.points}</b></>}
            </span>
        </Group>
    );
}

function Campaigns({ campaigns, running }: { campaigns: readonly Campaign[]; running: number }) {
    const w = words.value;
    const first = campaigns.filter((campaign) => campaign.running).slice(0, 4);
    return (
        <div class="work work-campaigns">
            <h3><a href={href({ path: '/in-hand/campaigns' })}>{w.campaigns}</a></h3>
            <span class="work-rate"><Door figure="programme.campaigns_running">{w.campaignsRunning(integer(running))}</Door></span>
            <p class="work-figures">
                {first.map((campaign) => (
                    <span key={campaign.code} class="work-figure">
                        {campaign.name} <b>{campaign.code}</b>
                        {campaign.closedRate?.text && <> {percent(campaign.closedRate.text)} ({integer(campaign.mattersClosed)}/{integer(campaign.matters)})</>}
                    </span>
                ))}
                <More path="/in-hand/campaigns">{w.campaignProgress}</More>
            </p>
        </div>
    );
}
