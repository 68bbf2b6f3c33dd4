import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { askDue, type Period } from '../api';
import { useAnswer } from '../load';
import { toPeriod, toSent } from '../route';
import { isOpen, recordedOf, sent } from '../sent';
import { Heading } from '../shared/parts';
import { Say } from '../shared/say';
import { daysOf, timeLeft } from '../statement';
import { setToken } from '../token';
import { Failure } from '../trouble';
import { OFFICES, STANDINGS, when, zeroWords } from '../words';

function Row({ period }: { period: Period }): JSX.Element {
    const { overdue } = timeLeft(period);
    const { units = 0, uncovered = 0, broken = 0 } = period;
    const own = sent.value.find((one) => isOpen(one) && one.body.zero === period.zero && one.body.fromDay === period.fromDay);
    const done = own === undefined ? recordedOf(period.zero, period.fromDay, '') : undefined;
    return (
        <li class="card due" data-period={`${period.zero} ${period.fromDay}`}>
            <a class="row" href={toPeriod(period.zero, period.fromDay)}>
                <span class="row-head">
                    <span class="row-title"><Say of={zeroWords(period.zero)} /></span>
                    <span class={overdue ? 'left overdue' : 'left'}><Say of={when(period)} /></span>
                </span>
                <span class="days">{period.fromDay} – {period.toDay} <span class="soft"><Say of={[`${daysOf(period.fromDay, period.toDay)} 天`, 'days']} /></span></span>
                <span class="soft"><Say of={[`${period.due} 前（含当天）核报`, `to be attested by ${period.due}`]} /></span>
                <span><Say of={[`未核报 ${uncovered} / ${units} 个单位`, `${uncovered} of ${units} units not attested`]} /></span>
                {broken > 0 && (
                    <span class="broken">
                        <Say of={uncovered === broken
                            ? [`其中 ${broken} 个已破零，不能核报：没有可核报的了`, `${broken} broken: none is left that could be attested`]
                            : [`其中 ${broken} 个已破零，不能核报`, `${broken} broken: they cannot be attested`]} />
                    </span>
                )}
            </a>
            {own && <p><a class="tag" href={toSent(own.key)}><Say of={[`已确认，${STANDINGS[own.standing][0]}`, `confirmed: ${STANDINGS[own.standing][1]}`]} /></a></p>}
            {done && <p><a class="tag" href={toSent(done.key)}><Say of={[`已登记 #${done.state?.position}，尚未计入`, 'recorded, does not count yet']} /></a></p>}
        </li>
    );
}

export function DueScreen(): JSX.Element {
    const { answer, again } = useAnswer(() => askDue(''));
    const recorded = sent.value.filter((one) => one.standing === 'recorded').length;
    useEffect(() => { if (answer !== null) again(); }, [recorded]); /* what was recorded is due no more */
    const due = answer?.kind === 'ok' ? answer.body : null;
    const periods = due?.periods ?? [];
    const office = OFFICES[due?.office ?? ''];
    return (
        <div class="screen">
            <Heading of={['待核报', 'To be attested']} />
            <p class="soft">
                {office && <><b><Say of={office} /></b> · </>}
                <Say of={['零报告要有人核实后确认。没有报告不等于零。', 'A zero is what somebody made sure of and confirmed. No report is not zero.']} />
            </p>
            {answer === null && <p class="loading" role="status"><span class="unseen">正在查 Asking</span></p>}
            {answer !== null && answer.kind !== 'ok' && <Failure of={answer} again={again} />}
            {due !== null && periods.length === 0 && (
                <p class="card nothing" role="status"><Say block of={['现在没有待核报的期间。', 'Nothing is to be attested now.']} /></p>
            )}
            {periods.length > 0 && <ul class="cards">{periods.map((period) => <Row key={`${period.zero} ${period.fromDay}`} period={period} />)}</ul>}
            <footer class="foot">
                {answer !== null && <button type="button" class="plain" onClick={again}><Say of={['再查一遍', 'Look again']} /></button>}
                <button type="button" class="plain" onClick={() => setToken(null)}><Say of={['退出', 'Log out']} /></button>
            </footer>
        </div>
    );
}
