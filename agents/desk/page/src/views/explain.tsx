import type { JSX } from 'preact';
import { clockOffSeconds } from '../clock';
import { Back, Heading } from '../parts';
import { go, toDispute } from '../route';
import { may, type Dispute } from '../steps';
import { tap } from '../tap';
import { PROCESS, Say } from '../words';

/* Read to both, shown to both. */
export function ExplainScreen({ dispute }: { dispute: Dispute }): JSX.Element {
    const told = async (): Promise<void> => {
        await tap(dispute.code, 'mediationExplained', { toAll: true });
        go(toDispute(dispute.code));
    };
    return (
        <div class="screen">
            <Back to={toDispute(dispute.code)} />
            <Heading of={['调解流程', 'How mediation goes']} />
            <p class="soft"><Say of={['请双方一起看', 'For both to read']} /></p>
            <ol class="process">{PROCESS.map((words) => <li key={words[1]}><Say block of={words} /></li>)}</ol>
            <button type="button" class="primary" disabled={!may(dispute, 'mediationExplained') || clockOffSeconds.value !== 0} onClick={() => void told()}>
                <Say of={['双方都看过、听懂了', 'Both have read and understood']} />
            </button>
        </div>
    );
}
