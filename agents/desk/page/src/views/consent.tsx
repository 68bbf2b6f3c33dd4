/* A side's own answer, by its own tap: the phone is handed over, the side chooses, sees what it chose, confirms, and hands
 * it back. Both answers stand side by side, equally large; neither is asked again. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { clockOffSeconds } from '../clock';
import { Back, Bands, Heading } from '../parts';
import { toDispute } from '../route';
import { may, type Dispute, type Side } from '../steps';
import { tap } from '../tap';
import { REMEDIES, Say, SIDES, type Words } from '../words';

type Answer = 'AGREED' | 'REFUSED';
type Phase = { at: 'hand-over' } | { at: 'choose' } | { at: 'confirm'; answer: Answer } | { at: 'done'; answer: Answer };

function Done({ code, answer }: { code: string; answer: Answer }): JSX.Element {
    return (
        <>
            <Heading of={['谢谢，请把手机交还', 'Thank you: please hand the phone back']} />
            {answer === 'REFUSED' && REMEDIES.map((words) => <p key={words[1]}><Say block of={words} /></p>)}
            <a class="button primary" href={toDispute(code)}><Say of={['民警继续', 'The officer goes on']} /></a>
        </>
    );
}

export function ConsentScreen({ dispute, side }: { dispute: Dispute; side: Side }): JSX.Element {
    const [phase, setPhase] = useState<Phase>({ at: 'hand-over' });
    const name = SIDES[side] as Words;
    const back = toDispute(dispute.code);
    const give = async (answer: Answer): Promise<void> => {
        if (await tap(dispute.code, 'consentRecorded', { side, answer })) setPhase({ at: 'done', answer });
    };
    if (phase.at === 'done') return <div class="screen alone"><Done code={dispute.code} answer={phase.answer} /></div>;
    if (!may(dispute, 'consentRecorded', { side, answer: 'AGREED' }) || clockOffSeconds.value !== 0)
        return <div class="screen alone"><Back to={back} /><Bands /><Heading of={['现在不能表态', 'No answer can be given now']} /></div>;
    if (phase.at === 'hand-over')
        return (
            <div class="screen alone" key="hand-over">
                <Back to={back} />
                <Heading of={[`请把手机交给${name[0]}`, `Please hand the phone to ${name[1]}`]} />
                <button type="button" class="primary" onClick={() => setPhase({ at: 'choose' })}><Say of={[`我是${name[0]}`, `I am ${name[1]}`]} /></button>
            </div>
        );
    if (phase.at === 'choose')
        return (
            <div class="screen alone" key="choose">
                <Heading of={[`${name[0]}：您同意调解吗？`, `${name[1]}: do you agree to mediation?`]} />
                <p><Say block of={['同意或不同意都可以，不用说理由。', 'Either answer is fine; no reason is needed.']} /></p>
                <div class="answers">
                    <button type="button" class="answer" onClick={() => setPhase({ at: 'confirm', answer: 'AGREED' })}><Say of={['同意', 'I agree']} block /></button>
                    <button type="button" class="answer" onClick={() => setPhase({ at: 'confirm', answer: 'REFUSED' })}><Say of={['不同意', 'I do not agree']} block /></button>
                </div>
            </div>
        );
    const chosen: Words = phase.answer === 'AGREED' ? ['同意调解', 'I agree to mediation'] : ['不同意调解', 'I do not agree to mediation'];
    return (
        <div class="screen alone" key="confirm">
            <Heading of={[`您选的是：${chosen[0]}`, `You chose: ${chosen[1]}`]} />
            <div class="answers">
                <button type="button" class="answer" onClick={() => void give(phase.answer)}><Say of={['确认', 'Confirm']} block /></button>
                <button type="button" class="answer" onClick={() => setPhase({ at: 'choose' })}><Say of={['重新选', 'Choose again']} block /></button>
            </div>
        </div>
    );
}
