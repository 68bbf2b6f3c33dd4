/* What several screens have: head with the queue's state, notices, choices. */
import type { JSX } from 'preact';
import { clockOffSeconds, hubThere, isDemonstration } from './clock';
import { away, device, otherPost, refused } from './office';
import { counted } from './queue';
import { Notice } from './shared/parts';
import { storeFault } from './store';
import { Say } from './words';

export { Back, Choice, Heading, Notice, TroubleText } from './shared/parts';

/* Counts of what waits, always in view. */
export function QueueBar(): JSX.Element {
    const { recorded, queued, handed, returned } = counted.value;
    return (
        <div class="queue" role="status" aria-live="polite">
            <span class="queue-recorded"><Say of={['已登记', 'recorded']} /> <b>{recorded}</b></span>
            <span class={queued > 0 ? 'queue-waits' : ''}><Say of={['待发送', 'to send']} /> <b>{queued}</b></span>
            {handed > 0 && <span class="queue-waits"><Say of={['待中枢登记', 'with the office']} /> <b>{handed}</b></span>}
            {returned > 0 && <span class="queue-returned"><Say of={['被退回', 'returned']} /> <b>{returned}</b></span>}
        </div>
    );
}

/* What keeps the whole page from its work: each is said once, at the top. */
export function Bands(): JSX.Element {
    const off = clockOffSeconds.value;
    const minutes = Math.max(1, Math.round(Math.abs(off) / 60));
    return (
        <>
            {off !== 0 && (
                <Notice kind="problem">
                    <Say block of={[`本机时钟${off > 0 ? '快' : '慢'}了约 ${minutes} 分钟：请先校准时间，校准前不能登记。`,
                        `The clock of this phone is ${minutes} min ${off > 0 ? 'fast' : 'slow'}: set it first; nothing is recorded until then.`]} />
                    <code>CLOCK_OFF</code>
                </Notice>
            )}
            {refused.value && (
                <Notice kind="problem">
                    <Say block of={['口令无效或已停用：请找管理员要新的链接。没发送的步骤还在本机。',
                        'The token is not valid any more: ask for a new link. What was not sent is still on this phone.']} />
                    <code>TOKEN_REQUIRED</code>
                </Notice>
            )}
            {otherPost.value !== null && (
                <Notice kind="problem">
                    <Say block of={[`这个口令是岗位 ${otherPost.value} 的，本机还有岗位 ${device.value ?? ''} 没登记完的步骤：请打开该岗位的链接，登记完再换。`,
                        `This token is of ${otherPost.value}, and steps of ${device.value ?? ''} wait here: open the link of that post, and change when all is recorded.`]} />
                    <code>OTHER_POST</code>
                </Notice>
            )}
            {storeFault.value !== '' && (
                <Notice kind="problem">
                    <Say block of={['本机不能保存：请不要用无痕窗口，检查存储空间。', 'This phone keeps nothing: use no private window, see whether it is full.']} />
                    <code>PHONE_KEEPS_NOTHING</code>
                </Notice>
            )}
        </>
    );
}

/* How things stand, as it comes and goes by itself: at the foot of the screen, where it moves nothing from under a thumb. */
export function Standing(): JSX.Element {
    return (
        <div class="standing">
            {isDemonstration.value && <p class="band"><Say of={['演示：时间是演示中枢的时间', 'Demonstration: the time is that of the hub']} /></p>}
            {!refused.value && away.value !== null && (
                <p class="band band-away"><Say of={['没有连上单位：先记在本机，连上后自动发送', 'No connection: kept on this phone, sent later']} /></p>
            )}
            {!refused.value && away.value === null && !hubThere.value && (
                <p class="band band-away"><Say of={['中枢暂时没有连上：单位先收着', 'The hub is away: the office keeps it']} /></p>
            )}
        </div>
    );
}
