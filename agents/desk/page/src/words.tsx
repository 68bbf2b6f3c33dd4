/* All that is read here: Chinese first, English small beside it. What both sides read is plain. */
import type { Words } from './shared/say';
import type { Stage, StepState, StepType } from './steps';

export { both, Say, type Words } from './shared/say';

export const TYPES: Record<StepType, Words> = {
    disputeOpened: ['纠纷登记', 'Dispute opened'],
    mediationChannelSelected: ['选择渠道', 'Channel chosen'],
    mediationExplained: ['告知流程', 'Process explained'],
    consentRecorded: ['表态', 'Answer'],
    mediationRegistered: ['调解登记', 'Mediation registered'],
    mediationSessionHeld: ['调解', 'Session'],
    agreementReached: ['达成协议', 'Agreement'],
    agreementPerformed: ['已履行', 'Performed'],
    agreementBroken: ['反悔', 'Agreement broken'],
    mediationEnded: ['调解终止', 'Ended'],
    counsellingGiven: ['咨询疏导', 'Counselling'],
    legalAidOffered: ['法律援助', 'Legal aid offered'],
    sealedNoteAdded: ['当事人信息（密封）', 'Data of the parties (sealed)'],
    courtConfirmationRequested: ['申请司法确认', 'Court confirmation asked for'],
    courtConfirmationGranted: ['司法确认', 'Confirmed by the court'],
    courtConfirmationRefused: ['司法确认未获准', 'Not confirmed by the court'],
    other: ['其他记录', 'Another record'],
};

export const STAGES: Record<Stage, Words> = {
    NONE: ['尚未登记', 'Not opened yet'],
    OPENED: ['待告知流程', 'To be explained'],
    EXPLAINED: ['待双方表态', 'Both to answer'],
    CONSENTING: ['待另一方表态', 'One side to answer'],
    CONSENTED: ['双方同意，待登记', 'Both agreed, to be registered'],
    REGISTERED: ['已登记，待调解', 'Registered, to meet'],
    IN_SESSION: ['调解中', 'In session'],
    AGREED: ['已达成协议，待履行', 'Agreed, to be performed'],
    CONFIRMATION_REQUESTED: ['已申请司法确认', 'Court confirmation asked for'],
    COURT_CONFIRMED: ['司法已确认，待履行', 'Confirmed by the court, to be performed'],
    PERFORMED: ['已履行', 'Performed'],
    BROKEN: ['已反悔', 'Broken'],
    ENDED: ['已终止', 'Ended'],
    RETRACTED: ['已撤销', 'Retracted'],
};

export const STATES: Record<StepState, Words> = {
    queued: ['待发送', 'to send'],
    handed: ['已交单位，待中枢登记', 'with the office'],
    recorded: ['已登记', 'recorded'],
    returned: ['被退回', 'returned'],
    withdrawn: ['已收回', 'taken back'],
};

export const SCALES: Record<string, Words> = {
    INDIVIDUAL: ['个体性', 'Individuals'],
    GROUP: ['一般群体性', 'A group'],
    MAJOR_GROUP: ['重大群体性', 'A large group'],
};

export const ORIGINS: Record<string, Words> = {
    ALERT: ['警情', 'A call'],
    SWEEP: ['摸排', 'A sweep'],
    REQUEST: ['当事人申请', 'A party asked'],
    PETITION: ['信访', 'A petition'],
    TRANSFER: ['移交', 'Transferred'],
};

export const CHANNELS: Record<string, Words> = {
    MOBILE_STATION: ['掌上派出所', 'Mobile station'],
    STATION: ['派出所', 'Station'],
    COMMITTEE: ['人民调解委员会', 'Committee'],
    ON_SITE: ['现场', 'On site'],
};

export const REASONS: Record<string, Words> = {
    NO_AGREEMENT: ['未达成协议', 'No agreement'],
    LEFT_BY_SIDE: ['一方退出', 'A side left'],
    REFUSED_BY_SIDE: ['一方不同意', 'A side does not agree'],
    BECAME_CASE: ['转为案件', 'Became a case'],
    VIOLENCE: ['发生暴力', 'Violence'],
};

export const FORMS: Record<string, Words> = {
    WRITTEN: ['书面协议', 'In writing'],
    ORAL: ['口头协议', 'By word'],
};

export const BROKEN: Record<string, Words> = {
    NOT_PERFORMED: ['不履行', 'Not performed'],
    REPUDIATED: ['一方反悔', 'A side repudiates it'],
};

export const SIDES: Record<string, Words> = { A: ['甲方', 'Side A'], B: ['乙方', 'Side B'] };
export const ANSWERS: Record<string, Words> = { AGREED: ['同意', 'Agreed'], REFUSED: ['不同意', 'Not agreed'] };

/* What is read to both before they answer. */
export const PROCESS: Words[] = [
    ['调解是自愿的。双方都同意才调解；不同意，不用说理由。', 'Mediation is voluntary. It begins only when both agree; nobody needs a reason to say no.'],
    ['调解不收费。', 'It costs nothing.'],
    ['谁来调解，双方可以选，也可以不接受。', 'Both may choose the mediator, or not accept one.'],
    ['可以要求不公开进行；调解中说的事，调解人员要保密。', 'It may be held in private; mediators keep secret what is said.'],
    ['随时可以退出，退出不影响你的权利。', 'Anyone may leave at any time and keeps all rights.'],
    ['一般调解一次；谈不成，7 个工作日内可以再调解一次。', 'There is one session; if it fails, a second one within 7 working days.'],
    ['谈成了，可以写成书面协议，也可以口头约定。书面的签字后生效，口头的约定时生效；生效后双方都要照做。', 'An agreement is written, in force when signed, or spoken, in force at once. Then both keep it.'],
    ['生效后 30 天内，双方可以一起请法院确认协议。', 'Within 30 days both together may ask the court to confirm it.'],
    ['谈不成，仍可依法申请仲裁、行政处理，或向法院起诉。', 'Without one, arbitration, the authorities and the courts stay open.'],
];

/* Art. 3(3), 17, 26: after a refusal or an end, without reproach. */
export const REMEDIES: Words[] = [
    ['调解要双方自愿。不同意、中途退出，都是当事人的权利，不影响任何一方。', 'Mediation needs both. To say no, or to leave, is a right and harms neither side.'],
    ['还可以：依法申请仲裁，请行政机关处理，或向人民法院起诉。', 'Still open: arbitration, the competent authority, the court.'],
    ['需要法律援助的，可以联系司法局法律援助中心（12348）。', 'For legal aid: the legal aid centre of the justice bureau (12348).'],
];
