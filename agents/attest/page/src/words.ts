/* All that is read here: Chinese first, English small beside it; plain sentences for who confirms. */
import type { Basis, Period, Zero } from './api';
import type { Words } from './shared/say';
import type { Standing } from './sent';
import { timeLeft } from './statement';

export const ZEROS: Record<Zero, Words> = {
    PETITION: ['零上访', 'No petitions'],
    ACCIDENT: ['零事故', 'No accidents'],
    CASE: ['零案件', 'No cases'],
};
export const zeroWords = (zero: string): Words => ZEROS[zero as Zero] ?? [zero, ''];

/* What did not happen. */
const THINGS: Record<Zero, Words> = {
    PETITION: ['上访', 'petition'],
    ACCIDENT: ['安全事故', 'accident'],
    CASE: ['案件', 'case'],
};
export const thing = (zero: string): Words => THINGS[zero as Zero] ?? ['该类事项', 'such matter'];

export const OFFICES: Record<string, Words> = {
    PETITIONS: ['信访', 'Petitions'],
    WORK_SAFETY: ['安委办/应急', 'Work safety'],
    PUBLIC_SECURITY: ['公安', 'Public security'],
    GOVERNANCE: ['综治/网格', 'Governance'],
    LEADERSHIP: ['领导小组办', 'Leadership office'],
};

export const BASES: Record<Basis, Words> = {
    REGISTER_CHECKED: ['查台账', 'Register checked'],
    SITE_VISIT: ['实地', 'Site visit'],
    UNIT_STATEMENT: ['单位自报', "The unit's own statement"],
};
/* One sentence each on what stands behind it. */
export const MEANINGS: Record<Basis, Words> = {
    REGISTER_CHECKED: ['查台账：本单位逐项查过台账，此期间没有该类记录。', 'Register checked: your office went through its registers and found none in this period.'],
    SITE_VISIT: ['实地：派人到过这些单位，当面核实没有发生。', 'Site visit: somebody went to these units and made sure on the spot.'],
    UNIT_STATEMENT: ['单位自报：只有单位自己这样说，没有查过，也没有去过。', 'The unit says so itself: nothing was checked, nobody went there.'],
};

export const when = (period: Period): Words => {
    const { overdue, days } = timeLeft(period);
    if (overdue) return [`已逾期 ${days} 天`, `overdue by ${days} d`];
    return days === 0 ? ['今天到期', 'due today'] : [`还有 ${days} 天`, `${days} d left`];
};

export const STANDINGS: Record<Standing, Words> = {
    sending: ['正在送出', 'Being sent'],
    waiting: ['待发送', 'Waits to be sent'],
    recorded: ['已登记', 'Recorded'],
    refused: ['未接受', 'Not accepted'],
    unknown: ['结果不明', 'Outcome not known'],
};
