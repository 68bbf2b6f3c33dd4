/* An office that attests its zeros: the station of testing/desk.mjs on a demonstration hub, in the first days of March
 * 2020, with a token for it and a village at which a case was filed in February. */
import { Station, VILLAGE } from './desk.mjs';

export { VILLAGE }; // whose February is broken
const HEAD = `单位编码,类别,名称,上级编码,启用日期
140000000000,PROVINCE,山西省,,2000-01-01
140300000000,CITY,阳泉市,140000000000,2000-01-01
140322000000,COUNTY,盂县,140300000000,2000-01-01
`;
const TOWN_SIZE = 199; // codes of villages end with 201 to 399; what is more goes on in another town
const two = (number) => `${number}`.padStart(2, '0');

export class Office extends Station {
    static villages = 19;

    static async open() {
        const office = await super.open({ policy: 'yuxian-2020.yaml', hub: 'demonstration: {clock: 2020-01-02T09:00:00+08:00}\n' });
        office.publishCase();
        office.setClock('2020-03-03');
        office.token = office.newToken('duty', 'attest');
        office.deskToken = office.newToken('phone', 'desk');
        return office;
    }

    /* The county's: what is attested below the level that the policy names waits for that level's review. */
    get unit() {
        return '140322000000';
    }

    /* 示范17村 is VILLAGE, as elsewhere. */
    get units() {
        const { villages } = this.constructor;
        const town = (i) => 140322102 + Math.floor(i / TOWN_SIZE);
        const towns = Array.from({ length: Math.ceil(villages / TOWN_SIZE) }, (_, i) =>
            `${140322102 + i}000,TOWN,${i === 0 ? '路家村镇' : `示范${i}镇`},140322000000,2000-01-01\n`);
        const rows = Array.from({ length: villages }, (_, i) =>
            `${town(i)}${201 + (i % TOWN_SIZE)},VILLAGE,示范${two(i + 1)}村,${town(i)}000,2000-01-01\n`);
        return HEAD + towns.join('') + rows.join('');
    }

    setClock(day) {
        this.ctl('clock', 'set', `${day}T09:00:00+08:00`);
    }

    publishCase(day = '2020-02-14', unit = VILLAGE) {
        this.setClock(day);
        this.publish('station', { occurredAt: `${day}T00:30:00Z`, utcOffsetMinutes: 480, unit, 
            caseFiled: { caseId: 'C-1', class: 'ADMIN', category: 'THEFT', influence: 'NORMAL' } });
    }

    /* The attestations in the log, oldest first. */
    attested() {
        return this.ctl('--json', 'replay', '--type', 'ZeroAttested').trim().split('\n').filter(Boolean)
            .map((line) => JSON.parse(line)).map(({ position, event }) => ({ position, unit: event.unit, ...event.zeroAttested }));
    }

    get link() {
        return `/attest/#token=${this.token}`;
    }
}

// ---- what a person does on the page ----

export const FEBRUARY = 'CASE 2020-02-01';

export async function enter(page, office, token = office.token) {
    await page.goto(`/attest/#token=${token}`);
    await page.getByRole('heading', { name: '待核报', exact: false }).first().waitFor();
    await page.locator('[data-period], .nothing, .notice').first().waitFor();
}

export async function openPeriod(page, period = FEBRUARY) {
    await page.locator(`[data-period="${period}"] a.row`).click();
    await page.getByRole('heading', { name: '确认 Confirm' }).waitFor();
}

export async function fill(page, { basis = 'REGISTER_CHECKED', role = 'DUTY_OFFICER' } = {}) {
    await page.locator(`input[name=basis][value=${basis}]`).check();
    await page.locator('#role').fill(role);
    await page.locator('.tick input').check();
}

export const confirmButton = (page) => page.locator('.statement > button.primary');

/* As far as the dialog's own button. */
export async function askToConfirm(page) {
    await confirmButton(page).click();
    await page.getByRole('dialog').waitFor();
    return page.getByRole('dialog').getByRole('button', { name: '确认核报' });
}

export const recorded = (page) => page.locator('.outcome[data-standing=recorded]').waitFor();
