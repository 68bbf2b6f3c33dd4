import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Heading } from '../parts';
import { device, logOut, setup } from '../office';
import { toDispute } from '../route';
import { held, isOpen, nextToSend, standingOf, type Dispute } from '../steps';
import { disputes } from '../store';
import { Say, STAGES } from '../words';

export function categoryName(code: string): string {
    return setup.value?.categories.find((one) => one.code === code)?.name ?? code;
}

function Row({ dispute }: { dispute: Dispute }): JSX.Element {
    const waits = dispute.steps.filter((step) => step.state === 'queued' || step.state === 'handed').length;
    return (
        <li>
            <a class="card row" href={toDispute(dispute.code)}>
                <span class="row-title">{dispute.unitName || dispute.unit} · {categoryName(dispute.category)}</span>
                <Say of={STAGES[standingOf(dispute).stage]} />
                <span class="row-foot">
                    <span class="code">{dispute.code}</span>
                    {held(dispute) && <span class="tag tag-returned"><Say of={['被退回', 'returned']} /></span>}
                    {!held(dispute) && nextToSend(dispute) && <span class="tag tag-waits"><Say of={[`待登记 ${waits}`, 'waits']} /></span>}
                </span>
            </a>
        </li>
    );
}

/* Goes after a second tap; with steps that were not sent it says first that they would be lost. */
function Leave(): JSX.Element {
    const [asked, setAsked] = useState(false);
    const unsent = disputes.value.flatMap((dispute) => dispute.steps).filter((step) => step.state === 'queued').length;
    if (!asked) return <button class="plain leave" type="button" onClick={() => setAsked(true)}><Say of={['退出', 'Log out']} /></button>;
    return (
        <div class="notice" role="alertdialog" aria-labelledby="leave-text">
            <p id="leave-text">
                {unsent > 0
                    ? <Say block of={[`还有 ${unsent} 步没有发送。退出会把它们从本机删除，再也找不回来。`, `${unsent} steps are not sent yet: logging out deletes them for good.`]} />
                    : <Say block of={['退出后，本机不再保存口令和纠纷。中枢里的记录不受影响。', 'This phone then forgets token and disputes. What the hub has stays.']} />}
            </p>
            <div class="buttons">
                <button type="button" onClick={() => setAsked(false)}><Say of={['不退出', 'Stay']} /></button>
                <button type="button" class={unsent > 0 ? 'danger' : ''} onClick={() => void logOut()}>
                    {unsent > 0 ? <Say of={['仍要退出并删除', 'Delete and log out']} /> : <Say of={['退出', 'Log out']} />}
                </button>
            </div>
        </div>
    );
}

export function ListScreen(): JSX.Element {
    const open = disputes.value.filter(isOpen);
    const closed = disputes.value.filter((dispute) => !isOpen(dispute));
    return (
        <div class="screen">
            <Heading of={['办理中的纠纷', 'Open disputes']} />
            <a class="button primary" href="#/new"><Say of={['登记纠纷', 'Open a dispute']} /></a>
            {open.length === 0 && <p class="soft"><Say of={['没有办理中的纠纷。', 'None is open.']} /></p>}
            <ul class="rows">{open.map((dispute) => <Row key={dispute.code} dispute={dispute} />)}</ul>
            {closed.length > 0 && (
                <details>
                    <summary><Say of={[`已办结 ${closed.length}`, 'Closed']} /></summary>
                    <ul class="rows">{closed.map((dispute) => <Row key={dispute.code} dispute={dispute} />)}</ul>
                </details>
            )}
            <footer class="foot">
                <span class="soft"><Say of={[`岗位 ${device.value ?? '—'}`, 'Post']} /></span>
                <Leave />
            </footer>
        </div>
    );
}
