import type { JSX } from 'preact';
import { toPeriod, toSent } from '../route';
import { isOpen, sent, type Sent } from '../sent';
import { Back, Heading, Notice, TroubleText } from '../shared/parts';
import { Say, type Words } from '../shared/say';
import { BASES, STANDINGS, zeroWords } from '../words';

const localTime = (at: number): string => {
    const time = new Date(at);
    const two = (number: number): string => `${number}`.padStart(2, '0');
    return `${two(time.getMonth() + 1)}-${two(time.getDate())} ${two(time.getHours())}:${two(time.getMinutes())}`;
};

/* The standing in a sentence, with what to do. */
function sentence(one: Sent): Words {
    const { state } = one;
    switch (one.standing) {
        case 'sending':
            return one.trouble === undefined
                ? ['正在送出…', 'Being sent …']
                : ['还没有送到，什么也没有登记；本页开着时会自动再送，同一份只算一次。', 'Not arrived yet, nothing is recorded; while this page is open it is sent again by itself, and counts once.'];
        case 'waiting':
            return ['待发送：已存在单位的代理里，等枢纽登记。可以关掉本页，不会丢，也不会重复。', 'Waits to be sent: your office’s agent keeps it until the hub records it. You may close this page; it is neither lost nor sent twice.'];
        case 'recorded':
            return [`已登记，位置 #${state?.position ?? ''}${(state?.events ?? 1) > 1 ? `（共 ${state?.events} 条）` : ''}。`, `Recorded at position ${state?.position ?? ''}${(state?.events ?? 1) > 1 ? ` (${state?.events} records)` : ''}.`];
        case 'refused':
            return (state?.recorded ?? 0) > 0
                ? [`${state?.events} 条中 ${state?.recorded} 条已登记，其余未接受。`, `${state?.recorded} of ${state?.events} records were taken, the others not.`]
                : ['未接受：什么也没有登记。', 'Not accepted: nothing is recorded.'];
        case 'unknown':
            return ['结果不明：用现在的口令查不到它。请到“待核报”看这一期是否还在，再决定。', 'Outcome not known: it is not found with this token. See whether the period is still due, then decide.'];
    }
}

function Outcome({ one }: { one: Sent }): JSX.Element {
    const { state, trouble } = one;
    const said = one.standing === 'refused' && state?.code ? { code: state.code, zh: state.text, en: state.textEn } : trouble;
    return (
        <div class={`outcome outcome-${one.standing}`} data-standing={one.standing} role="status">
            <p><b><Say block of={sentence(one)} /></b></p>
            {said && one.standing !== 'recorded' && <p><TroubleText of={said} /></p>}
            {said === null && isOpen(one) && <p><Say of={['没有连上单位的代理。', 'Your office’s agent is not reached.']} /></p>}
        </div>
    );
}

export function OneScreen({ id }: { id: string }): JSX.Element {
    const one = sent.value.find(({ key }) => key === id);
    if (one === undefined)
        return <div class="screen"><Back to="#/sent" /><Heading of={['本浏览器没有这一份', 'This browser does not know this statement']} /></div>;
    const { body } = one;
    return (
        <div class="screen narrow">
            <Back to="#/" />
            <Heading of={[`${zeroWords(body.zero)[0]} ${body.fromDay} – ${one.toDay}`, zeroWords(body.zero)[1]]} />
            <Outcome one={one} />
            <dl class="facts card">
                <div><dt><Say of={['单位', 'Units']} /></dt><dd>{body.units}{body.unit && <> · <span class="code">{body.unit}</span></>}</dd></div>
                <div><dt><Say of={['依据', 'Basis']} /></dt><dd><Say of={BASES[body.basis]} /></dd></div>
                <div><dt><Say of={['岗位代码', 'Role code']} /></dt><dd>{body.role}</dd></div>
                <div><dt><Say of={['确认时间', 'Confirmed at']} /></dt><dd>{localTime(one.at)}</dd></div>
            </dl>
            {(one.standing === 'refused' || one.standing === 'unknown') && (
                <a class="button" href={toPeriod(body.zero, body.fromDay, body.unit)}><Say of={['再看一遍这一期', 'Look at the period again']} /></a>
            )}
            <a class="button" href="#/"><Say of={['回到待核报', 'Back to what is due']} /></a>
        </div>
    );
}

function Row({ one }: { one: Sent }): JSX.Element {
    return (
        <li>
            <a class="card row" href={toSent(one.key)} data-standing={one.standing}>
                <span class="row-head">
                    <span class="row-title"><Say of={zeroWords(one.body.zero)} /></span>
                    <span class={`standing standing-${one.standing}`}>
                        <Say of={STANDINGS[one.standing]} />{one.standing === 'recorded' && <> #{one.state?.position}</>}
                    </span>
                </span>
                <span class="days">{one.body.fromDay} – {one.toDay}</span>
                <span class="row-foot soft"><Say of={[`${one.body.units} 个单位`, 'units']} /><span>{localTime(one.at)}</span></span>
            </a>
        </li>
    );
}

export function SentScreen(): JSX.Element {
    return (
        <div class="screen">
            <Heading of={['本浏览器已确认的', 'Confirmed from this browser']} />
            {sent.value.length === 0 && <p class="card nothing"><Say block of={['本浏览器还没有确认过零报告。', 'No zero report was confirmed from this browser yet.']} /></p>}
            <ul class="cards">{sent.value.map((one) => <Row key={one.key} one={one} />)}</ul>
            {sent.value.length > 0 && <Notice><Say block of={['这里只列本浏览器确认的；别处确认的，看枢纽的记录。', 'Only what was confirmed here; the hub’s records have the rest.']} /></Notice>}
        </div>
    );
}
