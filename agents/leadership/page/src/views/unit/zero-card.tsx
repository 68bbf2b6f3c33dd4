/* One zero of a unit: the streak of verified days, and who vouches for it. Claimed days stand beside it, never added. */
import type { ComponentChildren } from 'preact';
import type { MomentShown, ZeroStatus } from '../../api/types';
import { EventDoor } from '../../components/door';
import { Mark, stateWord, zeroWord } from '../../components/mark';
import { integer } from '../../components/number';
import { dayRange, daysIn, shortDay } from '../../days';
import { word, words } from '../../words';

const SHOWN = 4; /* gaps and records listed on the card; the rest is in 为什么 */

export function ZeroCard({ zero, moment }: { zero: ZeroStatus; moment: MomentShown }) {
    const w = words.value;
    const year = moment.day.slice(0, 4);
    const own = zero.status === 'UNVERIFIED' && zero.basis === 'UNIT_STATEMENT';
    const state = zero.status === 'BROKEN' ? w.yearBroken : stateWord(zero.status) + (own ? `${w.open}${w.ownStatement}${w.close}` : '');
    return (
        <section class="card zero-card" data-zero={zero.zero}>
            <h2><Mark state={zero.status} size={14} /> {zeroWord(zero.zero)} · {state}</h2>
            <p class="streak">
                {zero.streakDays > 0 ? <><b>{integer(zero.streakDays)}</b> {w.daysVerifiedUnit}</> : <span class="quiet">{w.noVerifiedDays}</span>}
            </p>
            <Streak verified={zero.streakDays} claimed={zero.claimedDays} />
            <p class="soft">{zero.claimedDays > 0 ? w.claimedBefore(integer(zero.claimedDays)) : w.claimedNone}</p>
            <dl class="facts">
                <Fact name={w.verifiedUntil}>{zero.verifiedUntil || (zero.verifiedLastYear ? `${w.noDays} · ${w.lastYearUntil} ${zero.verifiedLastYear}` : w.noDays)}</Fact>
                {zero.attestations.length > 0 && <Fact name={w.basis}>{word(w.bases, zero.basis)} <Doors positions={zero.attestations.slice(0, 1)} /></Fact>}
                {zero.since !== '' && zero.status === 'BROKEN' && <Fact name={w.sinceDay}>{w.sinceText(shortDay(zero.since, year))} <Doors positions={zero.breaks} /></Fact>}
                {zero.breakCount > 1 && <Fact name={w.breaksCount}>{w.breaksText(integer(zero.breakCount))}</Fact>}
                {zero.contradicted.length > 0 && <Fact name={w.contradictedBy}><Doors positions={zero.contradicted} /></Fact>}
                {zero.gaps.slice(0, SHOWN).map((gap) => (
                    <Fact key={gap.fromDay + gap.office} name={w.gaps}>
                        <b>{w.gapText(dayRange(gap.fromDay, gap.toDay, year), word(w.offices, gap.office), integer(daysIn(gap.fromDay, gap.toDay)))}</b>
                    </Fact>
                ))}
                {zero.gaps.length > SHOWN && <Fact name={w.gaps}>{w.whyMore(String(zero.gaps.length - SHOWN))}</Fact>}
            </dl>
        </section>
    );
}

function Fact({ name, children }: { name: string; children: ComponentChildren }) {
    return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function Doors({ positions }: { positions: readonly string[] }) {
    return <>{positions.slice(0, SHOWN).map((position) => <span key={position}><EventDoor position={position} /> </span>)}</>;
}

/* Verified days solid; what was claimed from before the log is an empty frame behind them. */
function Streak({ verified, claimed }: { verified: number; claimed: number }) {
    const all = verified + claimed;
    if (all === 0) return <svg class="streak-bar" width="100%" height="12" aria-hidden="true"><rect class="streak-none" x="0.5" y="0.5" width="99.8%" height="11" /></svg>;
    const part = (verified / all) * 100;
    return (
        <svg class="streak-bar" width="100%" height="12" aria-hidden="true">
            {claimed > 0 && <rect class="strip-claimed" x={`${part}%`} y="0.75" width={`${100 - part}%`} height="10.5" />}
            {verified > 0 && <rect class="fill-zero" width={`${part}%`} height="12" />}
        </svg>
    );
}
