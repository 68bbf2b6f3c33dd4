import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { clockOffSeconds, shortTime } from '../clock';
import { offset, refresh, setup } from '../office';
import { Back, Heading, Notice, TroubleText } from '../parts';
import { withdraw } from '../queue';
import { go, toDispute } from '../route';
import { held, may, secondSessionUntil, SESSIONS_MAX, standingOf, VIOLENCE, type Dispute, type Side, type Standing, type Step, type StepType } from '../steps';
import { said, tap } from '../tap';
import { ANSWERS, both, BROKEN, CHANNELS, FORMS, REASONS, REMEDIES, Say, SIDES, STAGES, STATES, TYPES, type Words } from '../words';
import { categoryName } from './list';

/* What a step says beyond its kind. */
function detail({ type, payload }: Step): Words | null {
    const of = (words: Record<string, Words>, name: string): Words | null => words[String(payload[name])] ?? null;
    if (type === 'mediationChannelSelected') return of(CHANNELS, 'channel');
    if (type === 'agreementReached') return of(FORMS, 'form');
    if (type === 'agreementBroken') return of(BROKEN, 'reasonCode');
    if (type === 'mediationEnded') return of(REASONS, 'reason');
    if (type === 'mediationSessionHeld' && payload['number'] !== undefined) return [`第 ${String(payload['number'])} 次`, `no. ${String(payload['number'])}`];
    if (type !== 'consentRecorded') return null;
    const side = of(SIDES, 'side');
    const answer = of(ANSWERS, 'answer');
    return side && answer && [`${side[0]}${answer[0]}`, `${side[1]}: ${answer[1]}`];
}

function StepRow({ step }: { step: Step }): JSX.Element {
    const more = detail(step);
    const state = STATES[step.state];
    const when = step.key.startsWith('hub-') ? step.at.slice(5, 10) : shortTime(step.at, offset.value);
    return (
        <li class={`step step-${step.state}`} data-type={step.type} data-state={step.state}>
            <span class="step-what"><Say of={TYPES[step.type]} />{more && <> · <Say of={more} /></>}</span>
            <span class="step-when">{when}</span>
            <span class="step-state"><Say of={state} />{step.position && <span class="code"> #{step.position}</span>}</span>
        </li>
    );
}

interface ActionProps {
    dispute: Dispute;
    type: StepType;
    payload?: Step['payload'];
    words: Words;
    primary?: boolean;
    isNew?: (now: Dispute) => boolean;
}

function Action({ dispute, type, payload = {}, words, primary = false, isNew }: ActionProps): JSX.Element | null {
    if (!may(dispute, type, payload)) return null;
    const act = async (): Promise<void> => {
        said.value = null;
        if (await tap(dispute.code, type, payload, isNew)) said.value = ['已记下', 'Noted'];
    };
    return <button type="button" class={primary ? 'primary' : ''} disabled={clockOffSeconds.value !== 0} onClick={() => void act()}><Say of={words} /></button>;
}

function Link({ to, words, primary = false }: { to: string; words: Words; primary?: boolean }): JSX.Element {
    return clockOffSeconds.value !== 0
        ? <button type="button" class={primary ? 'primary' : ''} disabled><Say of={words} /></button>
        : <button type="button" class={primary ? 'primary' : ''} onClick={() => go(to)}><Say of={words} /></button>;
}

function ConsentLinks({ dispute, standing }: { dispute: Dispute; standing: Standing }): JSX.Element {
    return (
        <>
            {(['A', 'B'] as Side[]).map((side) => {
                const words = SIDES[side] as Words;
                return standing.agreed.includes(side)
                    ? <p class="done" key={side}><Say of={[`${words[0]}已同意`, `${words[1]} agreed`]} /></p>
                    : <Link key={side} primary to={toDispute(dispute.code, `consent/${side}`)} words={[`请${words[0]}表态`, `${words[1]} answers`]} />;
            })}
        </>
    );
}

/* What comes next, the one thing to do in front. */
function Next({ dispute, standing }: { dispute: Dispute; standing: Standing }): JSX.Element | null {
    const { code } = dispute;
    const sessions = standing.sessions;
    const session = (words: Words, primary: boolean): JSX.Element => (
        <Action dispute={dispute} type="mediationSessionHeld" payload={{ number: sessions + 1 }} words={words} primary={primary}
            isNew={(now) => standingOf(now).sessions === sessions} />
    );
    switch (standing.stage) {
        case 'OPENED':
            return <Link primary to={toDispute(code, 'explain')} words={['向双方讲解流程', 'Explain the process to both']} />;
        case 'EXPLAINED':
        case 'CONSENTING':
            return <ConsentLinks dispute={dispute} standing={standing} />;
        case 'CONSENTED':
            return <Action dispute={dispute} type="mediationRegistered" words={['登记调解申请', 'Register the mediation']} primary />;
        case 'REGISTERED':
            return session(['记录第 1 次调解', 'Record session 1'], true);
        case 'IN_SESSION':
            return (
                <>
                    <Link primary to={toDispute(code, 'agree')} words={['达成协议', 'Agreement reached']} />
                    {sessions < SESSIONS_MAX && session([`记录第 ${sessions + 1} 次调解`, `Record session ${sessions + 1}`], false)}
                    {sessions === 1 && standing.firstSession && (
                        <p class="soft"><Say of={[`第 2 次应在 ${secondSessionUntil(standing.firstSession, offset.value)} 前（7 个工作日，未计法定节假日）`,
                            'The second within 7 working days; public holidays are not counted here']} /></p>
                    )}
                </>
            );
        case 'AGREED':
        case 'COURT_CONFIRMED':
            return (
                <>
                    <Action dispute={dispute} type="agreementPerformed" words={['已履行', 'Performed']} primary />
                    <Action dispute={dispute} type="agreementBroken" payload={{ reasonCode: 'NOT_PERFORMED' }} words={['没有履行', 'Not performed']} />
                    <Action dispute={dispute} type="agreementBroken" payload={{ reasonCode: 'REPUDIATED' }} words={['一方反悔', 'A side repudiates it']} />
                    {standing.stage === 'AGREED' && <p class="soft"><Say of={['生效后 30 天内，双方可以一起向法院申请司法确认', 'Within 30 days both together may ask the court to confirm it']} /></p>}
                </>
            );
        default:
            return null;
    }
}

function Beside({ dispute, standing }: { dispute: Dispute; standing: Standing }): JSX.Element | null {
    if (held(dispute) || ['NONE', 'PERFORMED', 'RETRACTED'].includes(standing.stage)) return null;
    const once = (type: StepType) => (now: Dispute) => !now.steps.some((step) => step.type === type && step.state === 'queued');
    return (
        <section class="beside" aria-label="可选 Optional">
            <h2><Say of={['可选', 'Optional']} /></h2>
            <Action dispute={dispute} type="counsellingGiven" words={['已做咨询疏导', 'Counselling given']} isNew={once('counsellingGiven')} />
            <Action dispute={dispute} type="legalAidOffered" words={['已告知法律援助', 'Legal aid offered']} isNew={once('legalAidOffered')} />
            {setup.value?.parties && <Link to={toDispute(dispute.code, 'parties')} words={['当事人信息（密封）', 'Data of the parties, sealed']} />}
            {may(dispute, 'mediationEnded') && <Link to={toDispute(dispute.code, 'end')} words={['终止调解', 'End the mediation']} />}
        </section>
    );
}

function Returned({ dispute, step }: { dispute: Dispute; step: Step }): JSX.Element {
    const at = dispute.steps.indexOf(step);
    const behind = dispute.steps.slice(at + 1).filter((one) => one.state === 'queued').length;
    return (
        <Notice kind="problem">
            <p><b><Say of={[`“${TYPES[step.type][0]}”被退回`, `“${TYPES[step.type][1]}” was returned`]} /></b></p>
            {step.trouble && <p><TroubleText of={step.trouble} /></p>}
            {behind > 0 && <p><Say of={[`后面 ${behind} 步没有发送`, `${behind} steps behind it are not sent`]} /></p>}
            <button type="button" onClick={() => void withdraw(dispute.code).then(() => refresh(dispute.code))}><Say of={['收回，重新办理', 'Take back and go on']} /></button>
        </Notice>
    );
}

function Closing({ standing }: { standing: Standing }): JSX.Element | null {
    if (standing.stage !== 'ENDED') return null;
    return (
        <Notice>
            <p><b>{standing.refused ? <Say of={['有一方不同意，不调解', 'A side does not agree: no mediation']} /> : <Say of={['调解已终止', 'The mediation has ended']} />}</b></p>
            {REMEDIES.map((words) => <p key={words[1]}><Say block of={words} /></p>)}
        </Notice>
    );
}

export function DisputeScreen({ dispute }: { dispute: Dispute }): JSX.Element {
    const standing = standingOf(dispute);
    const returned = held(dispute);
    useEffect(() => void refresh(dispute.code), [dispute.code]);
    return (
        <div class="screen">
            <Back to="#/" />
            <Heading of={[`${dispute.unitName || dispute.unit} · ${categoryName(dispute.category)}`, '']} />
            <p class="soft"><span class="code">{dispute.code}</span></p>
            <p class="stage" data-stage={standing.stage}><Say of={STAGES[standing.stage]} /></p>
            {returned && <Returned dispute={dispute} step={returned} />}
            {dispute.category === VIOLENCE && <Notice><Say block of={['家庭暴力不调解，依法处置。', 'Domestic violence is not mediated.']} /></Notice>}
            <Closing standing={standing} />
            <section class="next" aria-label={both(['下一步', 'Next'])}><Next dispute={dispute} standing={standing} /></section>
            <Beside dispute={dispute} standing={standing} />
            <section>
                <h2><Say of={['经过', 'Steps']} /></h2>
                <ol class="steps">{dispute.steps.map((step) => <StepRow key={step.key} step={step} />)}</ol>
            </section>
        </div>
    );
}
