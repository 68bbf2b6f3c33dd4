/* The messages of proto/ that the shell and the overview read, in their canonical JSON with defaults written out:
 * 64-bit numbers are strings. Other views keep their own beside this file. */
export type StatusKind = 'ZERO' | 'BROKEN' | 'UNVERIFIED' | 'NOT_COUNTED' | 'UNSPECIFIED';
export type ZeroKind = 'PETITION' | 'ACCIDENT' | 'CASE' | 'UNSPECIFIED';
export type GroupKind = 'ALL' | 'AREA' | 'ENTERPRISE';
export type OfficeKind =
    | 'UNSPECIFIED' | 'PETITIONS' | 'WORK_SAFETY' | 'PUBLIC_SECURITY' | 'GOVERNANCE' | 'LEADERSHIP' | 'OPERATOR' | 'HUB'
    | 'DISCIPLINE';
export type UnitKind =
    | 'UNSPECIFIED' | 'PROVINCE' | 'CITY' | 'COUNTY' | 'TOWN' | 'VILLAGE' | 'COMMUNITY' | 'GRID' | 'ENTERPRISE'
    | 'INSTITUTION';
export type MatterKind = 'UNSPECIFIED' | 'PETITION' | 'HAZARD' | 'ACCIDENT' | 'CASE' | 'DISPUTE' | 'SEVEN_STEPS';
export type ClockKind =
    | 'UNSPECIFIED' | 'REGISTRATION' | 'OBJECTION' | 'ACCEPTANCE' | 'HANDLING' | 'REVIEW' | 'RECTIFICATION' | 'TASK'
    | 'SUPERVISION' | 'INVESTIGATION';

export interface Session {
    account: string;
    role: string;
    office: OfficeKind;
    unit: string;
    unitName: string;
    expiresAt: string;
    hub: string;
    demonstration: boolean;
    gateway: string;
    features: { article: boolean };
}

export interface MomentShown {
    day: string;
    position: string;
    time: string;
    past: boolean;
    today: string;
    policyVersion: string;
    policyPreset: string;
}

/* Every document of the gateway names the moment that it shows. */
export interface Shown {
    moment: MomentShown;
}

export interface Rate {
    part: string;
    whole: string;
    text: string;
}

export interface ZeroCount {
    group: GroupKind;
    zero: ZeroKind;
    total: number;
    zeroUnits: number;
    broken: number;
    unverified: number;
    lower: Rate | null;
    upper: Rate | null;
    coverage: Rate | null;
}

export interface RollUp {
    counts: ZeroCount[];
}

export interface Gap {
    office: OfficeKind;
    fromDay: string;
    toDay: string;
}

export interface ZeroStatus {
    zero: ZeroKind;
    status: StatusKind;
    since: string;
    breaks: string[];
    breakCount: number;
    verifiedUntil: string;
    streakDays: number;
    streakUntil: string;
    claimedDays: number;
    gaps: Gap[];
    attestations: string[];
    basis: string;
    contradicted: string[];
    verifiedLastYear: string;
}

export interface UnitStatus {
    unit: string;
    name: string;
    kind: UnitKind;
    parent: string;
    level: number;
    joint: StatusKind;
    zeros: ZeroStatus[];
    jointStreakDays: number;
    below: RollUp | null;
    notValid: string;
    asOf: string;
    knownAt: string;
    policyVersion: string;
    predecessors: string[];
    others: { policyVersion: string; beforePosition: string; joint: StatusKind; zeros: StatusKind[]; units: number }[];
}

export interface Freshness {
    office: OfficeKind;
    lastRecordedAt: string | null;
    lastPosition: string;
    ageHours: number;
    allowedHours: number;
    late: boolean;
    attests: ZeroKind[];
}

export interface Summary {
    unit: string;
    name: string;
    asOf: string;
    position: string;
    time: string;
    demonstration: boolean;
    policyVersion: string;
    policyPreset: string;
    year: number;
    zeros: RollUp;
    hazards: {
        found: number; general: number; major: number; fixedOnSpot: number; ordered: number; struckOff: number; open: number;
        overdue: number; rate: Rate | null; placarded: number; dueSoon: number;
    };
    petitions: {
        registered: number; open: number; overdue: number; closed: number; dueSoon: number; inReview: number;
        inFinalReview: number; onTime: Rate | null; escalated: number; joint: number;
    };
    disputes: {
        opened: number; bothAgreed: number; succeeded: number; mobile: number; ended: number; performed: number;
        mobileShare: Rate | null; followedByPetition: number; courtConfirmed: number;
    };
    cases: {
        filed: number; resolved: number; previousFiled: number; previousResolved: number; clearance: Rate | null;
        previousClearance: Rate | null; filedChange: string; clearanceChangePoints: string; basis: string;
        otherDefinition: boolean;
    };
    accidents: { reported: number; general: number; larger: number; major: number; extraMajor: number; late: number };
    cameras: { inService: number; owners: number; signPosted: number };
    teams: { grids: number; blockHeads: number; patrollers: number; completeTeams: number; teamParts: number };
    tallies: { kind: string; count: string; rounded: string }[];
    freshness: Freshness[];
    rejected: string;
    units: { kind: UnitKind; count: number }[];
    joint: { open: number; closed: number; consultations: number; tasks: number; tasksDone: number; tasksOverdue: number };
    supervisions: { issued: number; answered: number; overdue: number; escalated: number };
    discrepancies: { raised: number; open: number; confirmed: number; explained: number };
    programme: {
        selfChecked: number; selfCheckYes: number; selfCheckItems: number; complete: number; unswept: number; silent: number;
        campaignsRunning: number; campaignsClosed: number;
    };
    changes: { newlyBroken: number; newlyVerified: number; newlyUnverified: number; unbroken: number; late: number };
    targets: { group: GroupKind; percent: number; joint: Rate | null; met: boolean }[];
    levels: { settled: number; atVillage: number; atTown: number; atCounty: number; passedUp: Rate | null };
}

export interface Matter {
    kind: MatterKind;
    matter: string;
    unit: string;
    unitName: string;
    step: string;
    openedDay: string;
    closedDay: string;
    dueDay: string;
    clock: ClockKind;
    daysLeft: number;
    escalation: number;
    openedBy: OfficeKind;
    handler: OfficeKind;
    lead: OfficeKind;
    members: OfficeKind[];
    openedAt: string;
    movedAt: string;
    campaign: string;
}

export interface Campaign {
    code: string;
    name: string;
    lead: OfficeKind;
    fromDay: string;
    toDay: string;
    closed: boolean;
    matters: number;
    mattersClosed: number;
    closedRate: Rate | null;
    overdue: number;
    tallies: string;
    events: string;
    lastEventAt: string;
    running: boolean;
    ended: boolean;
}

export interface TrendPeriod {
    fromDay: string;
    toDay: string;
    whole: boolean;
    due: boolean;
}

export interface TrendAnswer {
    periods: TrendPeriod[];
    series: { figure: string; counts: string[]; previous: string[]; statuses: ZeroCount[] }[];
}

export interface DifferenceRow {
    unit: string;
    name: string;
    kind: UnitKind;
    zero: ZeroKind;
    then: StatusKind;
    now: StatusKind;
    positions: string[];
    types: string[];
}

export interface Difference {
    rows: DifferenceRow[];
    total: number;
    then: RollUp | null;
    now: RollUp | null;
}

export interface UnitName {
    code: string;
    name: string;
    kind: UnitKind;
}

export interface Dot extends UnitName {
    joint: StatusKind;
    petition: StatusKind;
    accident: StatusKind;
    case: StatusKind;
}

export interface FigureDifference {
    figure: string;
    then: string;
    now: string;
}

export interface Overview extends Shown {
    unit: UnitName;
    hubPosition: string;
    demonstration: boolean;
    time: string;
    summary: Summary;
    overdue: { matters: Matter[]; total: number };
    towns: UnitStatus[];
    dots: { town: string; units: Dot[] }[];
    campaigns: { campaigns: Campaign[] };
    trend: TrendAnswer;
    difference: Difference | null;
    figuresDifference: FigureDifference[];
}

export interface FigureRow {
    position: string;
    unit: string;
    matter: string;
    day: string;
    count: string;
}

export interface FigureRecord {
    position: string;
    type: string;
    label: string;
    publisher: string;
    office: OfficeKind;
    unit: string;
    unitName: string;
    matter: string;
    occurredAt: string;
    recordedAt: string;
}

export interface Figure extends Shown {
    figure: string;
    rows: FigureRow[];
    total: string;
    rowCount: number;
    records: FigureRecord[];
}

export interface EventRecord {
    position: string;
    recordedAt: string;
    publisher: { identity: string; office: OfficeKind; unit: string };
    event: Record<string, unknown> & {
        source: string; sequence: string; occurredAt: string; utcOffsetMinutes?: number; unit?: string; matter?: string;
        mode?: string; campaign?: string; note?: string;
    };
    routedTo?: OfficeKind[];
}

export interface EventDocument {
    record: EventRecord;
    label: string;
    digest?: string;
    /* null: no checkpoint covers the record yet */
    proof: { origin: string; size: string; root: string; file: string } | null;
}
