// A county of any size with plainly invented units, for measuring.
import type { TreeAnswer } from '../src/api/tree';

export function inventedTree(size: number): TreeAnswer {
    const tree: TreeAnswer = {
        total: size,
        codes: [],
        names: [],
        parents: [],
        kinds: [],
        joint: [],
        petitionStatus: [],
        accidentStatus: [],
        caseStatus: [],
        petitionStreaks: [],
        accidentStreaks: [],
        caseStreaks: [],
        verifiedUntil: [],
        gapOffices: [],
        gapFrom: [],
        gapTo: [],
        silent: [],
    };
    let seed = 12345;
    const random = (below: number): number => {
        seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
        return Math.floor((seed / 0x80000000) * below);
    };
    const add = (code: string, name: string, parent: number, kind: string, counted: boolean): number => {
        const statuses = [0, 1, 2].map(() => {
            const drawn = random(1000);
            return !counted ? 'NOT_COUNTED' : drawn < 950 ? 'ZERO' : drawn < 990 ? 'UNVERIFIED' : 'BROKEN';
        });
        const joint = !counted
            ? 'NOT_COUNTED'
            : statuses.includes('BROKEN')
              ? 'BROKEN'
              : statuses.includes('UNVERIFIED')
                ? 'UNVERIFIED'
                : 'ZERO';
        const owes = statuses.indexOf('UNVERIFIED');
        tree.codes.push(code);
        tree.names.push(name);
        tree.parents.push(parent);
        tree.kinds.push(kind);
        tree.joint.push(joint);
        tree.petitionStatus.push(statuses[0]!);
        tree.accidentStatus.push(statuses[1]!);
        tree.caseStatus.push(statuses[2]!);
        tree.petitionStreaks.push(counted ? random(900) : 0);
        tree.accidentStreaks.push(counted ? random(900) : 0);
        tree.caseStreaks.push(counted ? random(900) : 0);
        tree.verifiedUntil.push(!counted ? 0 : owes < 0 ? 18474 : 18440);
        tree.gapOffices.push(owes < 0 ? 'UNSPECIFIED' : ['PETITIONS', 'WORK_SAFETY', 'PUBLIC_SECURITY'][owes]!);
        tree.gapFrom.push(owes < 0 ? 0 : 18441);
        tree.gapTo.push(owes < 0 ? 0 : 18474);
        tree.silent.push(counted && random(200) === 0);
        return tree.codes.length;
    };
    const county = add('140322000000', '示范县', 0, 'COUNTY', false);
    const digits = (value: number, length: number): string => String(value).padStart(length, '0');
    for (let town = 100; tree.codes.length < size; town++) {
        const above = add(`140322${town}000`, `示范${digits(town - 99, 2)}镇`, county, 'TOWN', false);
        for (let village = 200; village < 300 && tree.codes.length < size; village++) {
            const ground = add(
                `140322${town}${village}`,
                `示范${digits((town - 100) * 100 + village - 199, 4)}村`,
                above,
                'VILLAGE',
                true,
            );
            for (let firm = 0; firm < 15 && tree.codes.length < size; firm++)
                add(
                    `91140322MA9${digits(tree.codes.length, 5)}1X`,
                    `示范${digits(tree.codes.length, 5)}企业`,
                    ground,
                    'ENTERPRISE',
                    true,
                );
        }
    }
    return tree;
}
