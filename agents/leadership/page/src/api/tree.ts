// GET /v1/tree: the units of a subtree as columns. Element i of each column belongs to unit i; parents stand before
// their children (proto/query.proto, TreeAnswer).
export interface TreeAnswer {
    total: number;
    codes: string[];
    names: string[];
    parents: number[]; // index of the parent plus 1; 0: none in the answer
    kinds: string[];
    joint: string[];
    petitionStatus: string[];
    accidentStatus: string[];
    caseStatus: string[];
    petitionStreaks: number[];
    accidentStreaks: number[];
    caseStreaks: number[];
    verifiedUntil: number[]; // days since 1970-01-01; 0: none
    gapOffices: string[];
    gapFrom: number[];
    gapTo: number[];
    silent: boolean[];
}
