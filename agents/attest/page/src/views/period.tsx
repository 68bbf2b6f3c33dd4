/* A period that is to be attested: what a confirmation would say, of which units, on which basis; nothing of it is filled
 * in or ticked before. */
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { askDue, askUnits, type Basis, type Due, type Period, type Unit } from '../api';
import { useAnswer } from '../load';
import { go, toPeriod, toSent } from '../route';
import { confirm, isOpen, recordedOf, sameStatement, sent, workSoon, type Body } from '../sent';
import type { Answer } from '../shared/ask';
import { Back, Choice, Heading, Notice } from '../shared/parts';
import { both, Say, type Words } from '../shared/say';
import { attestable, coversSubtree, isRole, ROLE_MAX, shownDigest, timeLeft } from '../statement';
import { keepsNothing } from '../token';
import { Failure } from '../trouble';
import { BASES, MEANINGS, thing, when, zeroWords } from '../words';
import { BrokenUnits, CoveredUnits } from './units';

interface Shown {
    due: Due;
    period: Period | null; /* null: nothing of it is due in this subtree */
    units: Unit[];
}

async function askPeriod(zero: string, from: string, unit: string): Promise<Answer<Shown>> {
    const due = await askDue(unit);
    if (due.kind !== 'ok') return due;
    const period = due.body.periods?.find((one) => one.zero === zero && one.fromDay === from) ?? null;
    if (period === null) return { ...due, body: { due: due.body, period, units: [] } };
    const units = await askUnits(zero, from, unit);
    return units.kind === 'ok' ? { ...units, body: { due: due.body, period, units: units.body } } : units;
}

/* What is confirmed, in one sentence: it stands at the tick, and again in the dialog. */
function essence(period: Period, count: number, basis: Basis | ''): Words {
    const [zh, en] = thing(period.zero);
    const by = basis === '' ? ['（先选依据）', '(choose the basis)'] as const : BASES[basis];
    return [`以上 ${count} 个单位在 ${period.fromDay} 至 ${period.toDay} 期间确无${zh}，我据“${by[0]}”核实。`,
        `There was no ${en} at these ${count} units from ${period.fromDay} to ${period.toDay}; I made sure of it: ${by[1]}.`];
}

function Part({ zero, from, unit }: { zero: string; from: string; unit: string }): JSX.Element {
    const [text, setText] = useState(unit);
    const choose = (event: Event): void => {
        event.preventDefault();
        go(toPeriod(zero, from, text.trim()));
    };
    return (
        <details open={unit !== ''}>
            <summary>{unit === '' ? <Say of={['只核报一部分', 'Attest a part only']} /> : <Say of={[`只核报 ${unit} 及其下级`, 'this subtree only']} />}</summary>
            <form class="part" onSubmit={choose}>
                <label class="field" for="unit"><Say of={['单位编码（乡镇、村等），只含它和它的下级', 'Code of a unit: it and those below it']} /></label>
                <input id="unit" inputMode="numeric" autocomplete="off" maxLength={19} value={text} onInput={(event) => setText(event.currentTarget.value)} />
                <div class="buttons">
                    <button type="submit" disabled={text.trim() === unit}><Say of={['只看它', 'This part']} /></button>
                    {unit !== '' && <a class="button" href={toPeriod(zero, from)}><Say of={['看全部', 'The whole']} /></a>}
                </div>
            </form>
        </details>
    );
}

function BasisChoice({ bases, basis, choose }: { bases: string[]; basis: Basis | ''; choose: (basis: Basis) => void }): JSX.Element {
    const known = Object.keys(BASES) as Basis[];
    const offered = known.filter((one) => bases.includes(one) || one === 'UNIT_STATEMENT');
    const options = Object.fromEntries(offered.map((one) => [one, bases.includes(one) ? MEANINGS[one]
        : [`${MEANINGS[one][0]}规则不采，不会成为零。`, `${MEANINGS[one][1]} The policy does not accept it: it makes no zero.`] as const]));
    return (
        <>
            <Choice block legend={['依据：怎样核实的', 'Basis: how you made sure']} name="basis" options={options} value={basis} onChange={(one) => choose(one as Basis)} />
            {basis !== '' && !bases.includes(basis) && (
                <Notice kind="problem">
                    <Say block of={['注意：规则不采这一依据。登记后这些单位仍是“未核实”，这一期仍待核报。',
                        'The policy does not accept this basis: it is recorded, but these units stay unverified and the period stays due.']} />
                </Notice>
            )}
        </>
    );
}

function RoleField({ role, set }: { role: string; set: (role: string) => void }): JSX.Element {
    const wrong = role !== '' && !isRole(role);
    const before = [...new Set(sent.value.map((one) => one.body.role))].slice(0, 5);
    return (
        <div class="field-group">
            <label class="field" for="role"><Say of={['岗位代码', 'Role code']} /></label>
            <p id="role-help"><Say block of={['写岗位，不写姓名：例如 DUTY_OFFICER（值班）、SAFETY_CLERK（安全员）、REGISTER_CLERK（台账员）。',
                'The post, never a name: e.g. DUTY_OFFICER, SAFETY_CLERK, REGISTER_CLERK.']} /></p>
            <input id="role" autocomplete="off" autocapitalize="characters" spellcheck={false} maxLength={ROLE_MAX} value={role} list="roles"
                aria-describedby="role-help role-wrong" aria-invalid={wrong} onInput={(event) => set(event.currentTarget.value.toUpperCase())} />
            <datalist id="roles">{before.map((one) => <option key={one} value={one} />)}</datalist>
            <p id="role-wrong" class="broken" aria-live="polite">
                {wrong && <Say of={['岗位代码是 2 个以上的字母、数字、_ 或 -，以字母开头；姓名不要写。', 'Letters, digits, _ or -, two or more, a letter first; no name.']} />}
            </p>
        </div>
    );
}

interface DialogProps {
    of: Words;
    role: string;
    left: number; /* broken units that are left out */
    agree: () => void;
    close: () => void;
}

function ConfirmDialog({ of, role, left, agree, close }: DialogProps): JSX.Element {
    const dialog = useRef<HTMLDialogElement>(null);
    useEffect(() => dialog.current?.showModal(), []);
    return (
        <dialog ref={dialog} aria-labelledby="dialog-title" aria-describedby="dialog-text" onClose={close}>
            <h2 id="dialog-title"><Say of={['确认核报？', 'Attest this?']} /></h2>
            <p id="dialog-text" class="essence"><Say block of={of} /></p>
            {left > 0 && <p><Say of={[`已破零的 ${left} 个单位不在其中。`, `The ${left} broken units are not among them.`]} /></p>}
            <p><Say of={['岗位', 'Role']} /> <b>{role}</b></p>
            <p class="soft"><Say block of={['确认后即登记，有据可查；以后发现有误，须走撤回。', 'It is recorded for good; if it turns out wrong, it has to be withdrawn.']} /></p>
            <div class="buttons">
                <button type="button" onClick={() => dialog.current?.close()}><Say of={['再看看', 'Not yet']} /></button>
                <button type="button" class="primary" onClick={agree}><Say of={['确认核报', 'Attest']} /></button>
            </div>
        </dialog>
    );
}

interface FormProps {
    shown: Shown & { period: Period };
    unit: string;
}

function Statement({ shown, unit }: FormProps): JSX.Element {
    const { period, units, due } = shown;
    const [basis, setBasis] = useState<Basis | ''>('');
    const [role, setRole] = useState('');
    const [ticked, setTicked] = useState(false);
    const [asking, setAsking] = useState(false);
    const count = attestable(units).length;
    const whole = coversSubtree(period, units, basis);
    const sentence = essence(period, count, basis);
    const ready = basis !== '' && isRole(role) && ticked && count > 0 && !keepsNothing.value;
    const agree = (): void => {
        if (basis === '') return;
        const body: Body = { zero: period.zero, fromDay: period.fromDay, basis, role, units: count, shown: shownDigest(units), ...(unit === '' ? {} : { unit }) };
        const key = confirm(body, period.toDay, Date.now());
        setAsking(false);
        if (key === null) return;
        workSoon();
        go(toSent(key));
    };
    /* What was ticked was this sentence: another basis is another sentence. */
    const choose = (one: Basis): void => { setBasis(one); setTicked(false); };
    return (
        <section class="statement card" aria-labelledby="statement">
            <h2 id="statement"><Say of={['确认', 'Confirm']} /></h2>
            <BasisChoice bases={due.bases ?? []} basis={basis} choose={choose} />
            {basis !== '' && (
                <p class="soft covers">
                    {whole
                        ? <Say block of={['一条声明覆盖整个辖区。', 'One statement covers the whole subtree.']} />
                        : <Say block of={[`逐一列名：只含上面的 ${count} 个单位，不是整个辖区。`, `Unit by unit: the ${count} above, not the whole subtree.`]} />}
                </p>
            )}
            <RoleField role={role} set={setRole} />
            <label class={ticked ? 'option tick chosen' : 'option tick'}>
                <input type="checkbox" checked={ticked} disabled={basis === '' || count === 0} onChange={(event) => setTicked(event.currentTarget.checked)} />
                <Say block of={sentence} />
            </label>
            <button type="button" class="primary" disabled={!ready} onClick={() => setAsking(true)}><Say of={['确认', 'Confirm']} /></button>
            {asking && <ConfirmDialog of={sentence} role={role} left={units.length - count} agree={agree} close={() => setAsking(false)} />}
        </section>
    );
}

function Head({ period }: { period: Period }): JSX.Element {
    return (
        <p class="head">
            <span class={timeLeft(period).overdue ? 'left overdue' : 'left'}><Say of={when(period)} /></span>{' '}
            <span class="soft"><Say of={[`${period.due} 前（含当天）`, `by ${period.due}`]} /></span>{' '}
            <span><Say of={[`未核报 ${period.uncovered ?? 0} / ${period.units ?? 0} 个单位`, 'units not attested']} /></span>
        </p>
    );
}

export function PeriodScreen({ zero, from, unit }: { zero: string; from: string; unit: string }): JSX.Element {
    const { answer, again } = useAnswer(() => askPeriod(zero, from, unit));
    const own = sent.value.find((one) => isOpen(one) && sameStatement(one, zero, from, unit));
    const done = recordedOf(zero, from, unit);
    const shown = answer?.kind === 'ok' ? answer.body : null;
    const period = shown?.period ?? null;
    const none = shown !== null && period !== null && attestable(shown.units).length === 0;
    const name = zeroWords(zero);
    useEffect(() => { document.title = both([`${name[0]} ${from}`, name[1]]); return () => { document.title = '零报告'; }; }, []);
    return (
        <div class="screen">
            <Back to="#/" />
            <Heading of={[`${name[0]} ${from}${period ? ` – ${period.toDay}` : ''}`, name[1]]} />
            {period && <Head period={period} />}
            {answer === null && <p class="loading" role="status"><span class="unseen">正在查 Asking</span></p>}
            {answer !== null && answer.kind !== 'ok' && <Failure of={answer} again={again} />}
            {shown !== null && period === null && (
                <p class="card nothing" role="status"><Say block of={['这个范围内，这一期没有待核报的单位。', 'Nothing of this period is to be attested in this subtree.']} /></p>
            )}
            {period !== null && done && (
                <Notice>
                    <Say block of={[`这一期已从本浏览器确认，并已登记 #${done.state?.position}。仍在待核报，是因为还没有计入：规则不采它的依据，或要先经上级审核。同样的不必再确认。`,
                        'It was confirmed from this browser and is recorded. It is still due since it does not count yet: the policy does not accept its basis, or a higher level reviews it first. There is no need to confirm the same again.']} />
                    <a class="button" href={toSent(done.key)}><Say of={['看那一份', 'See it']} /></a>
                </Notice>
            )}
            {answer !== null && <Part zero={zero} from={from} unit={unit} />}
            {shown !== null && period !== null && (
                <div class="sides">
                    <div class="side">
                        <BrokenUnits period={period} units={shown.units} />
                        {!none && <CoveredUnits period={period} units={shown.units} />}
                    </div>
                    {none && <p class="card nothing" role="status"><Say block of={['没有可以核报的单位。', 'No unit is left that could be attested.']} /></p>}
                    {!none && own && (
                        <Notice>
                            <Say block of={['这一期已从本浏览器确认，还在途中：不必再确认。', 'It was confirmed from this browser and is on its way: no need to confirm again.']} />
                            <a class="button" href={toSent(own.key)}><Say of={['看结果', 'See the outcome']} /></a>
                        </Notice>
                    )}
                    {!none && !own && <Statement shown={{ ...shown, period }} unit={unit} />}
                </div>
            )}
        </div>
    );
}
