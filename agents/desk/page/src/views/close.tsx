import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { clockOffSeconds } from '../clock';
import { Back, Choice, Heading, Notice } from '../parts';
import { go, toDispute } from '../route';
import { may, type Dispute } from '../steps';
import { tap } from '../tap';
import { FORMS, REASONS, REMEDIES, Say } from '../words';

/* Without an agreement: why, and what both may do now. */
export function EndScreen({ dispute }: { dispute: Dispute }): JSX.Element {
    const [reason, setReason] = useState('');
    const end = async (): Promise<void> => {
        await tap(dispute.code, 'mediationEnded', { reason });
        go(toDispute(dispute.code));
    };
    return (
        <div class="screen">
            <Back to={toDispute(dispute.code)} />
            <Heading of={['终止调解', 'End the mediation']} />
            <Choice legend={['原因', 'Reason']} name="reason" options={REASONS} value={reason} onChange={setReason} />
            <Notice>
                <p><b><Say of={['请告诉双方', 'Please tell both']} /></b></p>
                {REMEDIES.map((words) => <p key={words[1]}><Say block of={words} /></p>)}
            </Notice>
            <button type="button" class="primary" disabled={reason === '' || !may(dispute, 'mediationEnded') || clockOffSeconds.value !== 0} onClick={() => void end()}>
                <Say of={['终止', 'End it']} />
            </button>
        </div>
    );
}

export function AgreeScreen({ dispute }: { dispute: Dispute }): JSX.Element {
    const [form, setForm] = useState('');
    const agree = async (): Promise<void> => {
        await tap(dispute.code, 'agreementReached', { form });
        go(toDispute(dispute.code));
    };
    return (
        <div class="screen">
            <Back to={toDispute(dispute.code)} />
            <Heading of={['达成协议', 'Agreement reached']} />
            <Choice legend={['形式', 'Form']} name="form" options={FORMS} value={form} onChange={setForm} />
            <p class="soft"><Say block of={['书面协议签字后生效，口头协议约定时生效。协议内容留在派出所，不发送。', 'In force when signed, or at once by word. What was agreed stays at the station.']} /></p>
            <button type="button" class="primary" disabled={form === '' || !may(dispute, 'agreementReached') || clockOffSeconds.value !== 0} onClick={() => void agree()}>
                <Say of={['登记协议', 'Record it']} />
            </button>
        </div>
    );
}
