/* A police station with its mediation desk: a hub, the station's agent with HTTP and desk, a token, a few units, all as
 * real processes on free ports. The hub is a real one with the machine's clock, or a demonstration. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BIN, County, SOURCE } from './county.mjs';

export const VILLAGE = '140322102217';
export const VILLAGE_NAME = '示范17村';
const UNITS = `单位编码,类别,名称,上级编码,启用日期
140000000000,PROVINCE,山西省,,2000-01-01
140300000000,CITY,阳泉市,140000000000,2000-01-01
140322000000,COUNTY,盂县,140300000000,2000-01-01
140322102000,TOWN,路家村镇,140322000000,2000-01-01
${VILLAGE},VILLAGE,${VILLAGE_NAME},140322102000,2000-01-01
140322102218,VILLAGE,示范18村,140322102000,2000-01-01
140322102219,VILLAGE,示范19村,140322102000,2000-01-01
`;

export class Station extends County {
    /* `parties`: whether phones take the parties' data; `hub`: further lines of the hub's configuration; `policy`: of
     * deploy/policy, as changePolicy makes it. */
    static async open({ parties = false, hub = '', policy = 'default.yaml', changePolicy = (text) => text, tls = false } = {}) {
        const station = new this();
        try {
            station.writeOffice();
            station.hubLines += hub;
            if (parties) station.takeParties();
            if (tls) station.makeCertificate();
            await station.startHub();
            writeFileSync(station.path('units.csv'), station.units);
            writeFileSync(station.path('policy.yaml'), changePolicy(readFileSync(join(SOURCE, 'deploy/policy', policy), 'utf8')));
            station.ctl('policy', 'adopt', station.path('policy.yaml'));
            station.ctl('units', 'import', station.path('units.csv'));
            station.token = station.newToken('station-phone-1');
            await station.startDesk();
        } catch (failure) {
            await station.close({ failed: true });
            throw failure;
        }
        return station;
    }

    writeOffice() {
        mkdirSync(this.path('keys'));
        mkdirSync(this.path('office'));
        mkdirSync(this.path('mappings'));
        copyFileSync(join(SOURCE, 'deploy/mappings/public-security/disputes.yaml'), this.path('mappings/public-security.yaml'));
        this.run(['keys', 'new', 'hub', '--dir', 'keys'], { stdio: ['ignore', 'pipe', 'ignore'] });
        const rows = [['operator', 'operator', 'OPERATOR', ''], ['station', 'publisher', 'PUBLIC_SECURITY', this.unit]].map(
            ([name, role, office, unit]) => {
                this.run(['keys', 'new', name, '--dir', 'keys', '--hub-key', 'keys/hub.key.pub'], { stdio: ['ignore', 'pipe', 'ignore'] });
                const [, key] = /public-key *= *"(.*)"/.exec(readFileSync(this.path(`keys/${name}.key.pub`), 'utf8'));
                return `  - {name: ${name}, key: '${key}', role: ${role}, office: ${office}, unit: "${unit}"}\n`;
            });
        writeFileSync(this.path('access.yaml'), `identities:\n${rows.join('')}`);
    }

    writeConfig() {
        const listen = this.address ? this.address.replace(/^https?:\/\//, '') : '127.0.0.1:0';
        writeFileSync(this.path('station.yaml'), `hub: ${this.hub ?? 'tcp://127.0.0.1:1'}
identity: keys/station.key
source: station-yu
folder: office
state: state
settle_ms: 200
http:
  listen: ${listen}
  tokens: tokens
${this.tlsLines ?? ''}desk:
  codes: {prefix: "140322", from: 500001, to: 599999}
  page: ${process.env.SANLING_DESK}
${this.deskLines ?? ''}`);
    }

    get unit() {
        return '140322102000';
    }

    get units() {
        return UNITS;
    }

    makeCertificate() {
        execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=desk', '-addext',
            'subjectAltName=IP:127.0.0.1', '-keyout', 'desk.key', '-out', 'desk.crt'], { cwd: this.folder, stdio: 'ignore' });
        this.tlsLines = '  tls_certificate: desk.crt\n  tls_key: desk.key\n';
    }

    takeParties() {
        execFileSync(join(BIN, 'sanling-public-security'), ['--new-seal-key', 'keys/desk-seal.key'], { cwd: this.folder });
        this.deskLines = '  parties: true\n  seal_to: keys/desk-seal.key.pub\n';
    }

    agent(...words) {
        return execFileSync(join(BIN, 'sanling-public-security'), ['--config', this.path('station.yaml'), ...words],
            { cwd: this.folder, stdio: ['ignore', 'pipe', 'pipe'] }).toString();
    }

    newToken(name, scope = 'desk') {
        this.writeConfig();
        return this.agent('--new-token', name, '--scope', scope).trim();
    }

    /* From the second time on it has the port that it had. `hub`: whether the hub is there. */
    async startDesk({ hub = true } = {}) {
        this.writeConfig();
        const before = this.journal('station').length;
        this.start('station', join(BIN, 'sanling-public-security'), '--config', this.path('station.yaml'));
        this.address = await this.untilStarted('station', "the desk's address", () =>
            /desk: (https?:\/\/[\d.]+:\d+)\/desk\//.exec(this.journal('station').slice(before))?.[1]);
        if (hub) await this.untilStarted('station', 'the station at the hub', () => this.journal('station').slice(before).includes('connected to'));
    }

    /* The address that a phone is given. */
    get link() {
        return `/desk/#token=${this.token}`;
    }

    /* The log's records of disputes, oldest first: [type, payload, matter]. */
    records(matter) {
        const lines = this.ctl('--json', 'replay', ...(matter ? ['--matter', matter] : [])).trim().split('\n').filter(Boolean).map((line) => JSON.parse(line));
        return lines.filter((record) => record.event.source === 'station-yu').map((record) => {
            const { source, sequence, occurredAt, utcOffsetMinutes, unit, matter: code, ...payload } = record.event;
            const [type] = Object.keys(payload);
            return { position: record.position, type, payload: payload[type], unit, matter: code, occurredAt };
        });
    }

    /* How often the text stands in any file below the folder, but for the given ones. */
    holding(text, folder = this.folder) {
        return readdirSync(folder).flatMap((name) => {
            const path = join(folder, name);
            if (statSync(path).isDirectory()) return this.holding(text, path);
            return readFileSync(path).includes(text) ? [path] : [];
        });
    }
}

// ---- what a person does on the page ----

export const PHONE = { size: [390, 844], account: null, hasTouch: true, isMobile: true };

export const button = (page, name) => page.getByRole('button', { name, exact: false });
export const press = (page, name) => button(page, name).click();
const codeOf = (page) => decodeURIComponent(new URL(page.url()).hash.split('/')[2]);

/* The phone with its token, on the list. */
export async function enter(page, station, token = station.token) {
    await page.goto(`/desk/#token=${token}`);
    await page.getByRole('heading', { name: '办理中的纠纷' }).waitFor();
    assert.doesNotMatch(page.url(), /token/, 'the token does not stay in the address');
}

/* Until the page says that nothing waits. */
export async function allRecorded(page) {
    await page.waitForFunction(() => [...document.querySelectorAll('.step')].length > 0 &&
        [...document.querySelectorAll('.step')].every((step) => step.dataset.state === 'recorded'));
}

export async function openDispute(page, { category = 'NEIGHBOUR' } = {}) {
    await page.getByRole('link', { name: '登记纠纷' }).click();
    await page.locator('#unit').fill('17村');
    await page.getByRole('button', { name: VILLAGE_NAME }).click();
    await page.locator('#category').selectOption(category);
    await page.getByRole('radio', { name: '警情' }).check();
    await page.getByRole('button', { name: '登记 Open it' }).click();
    await page.getByRole('heading', { name: VILLAGE_NAME }).waitFor();
    return codeOf(page);
}

export async function explain(page) {
    await press(page, '向双方讲解流程');
    await press(page, '双方都看过、听懂了');
    await page.locator('[data-stage=EXPLAINED]').waitFor();
}

/* Handed over, answered, confirmed, handed back. */
export async function answer(page, side, choice) {
    await press(page, `请${side}表态`);
    await press(page, `我是${side}`);
    await page.getByRole('button', { name: choice === '同意' ? /^同意/ : /^不同意/ }).click();
    await page.getByRole('heading', { name: `您选的是：${choice}调解` }).waitFor();
    await press(page, '确认');
    await page.getByRole('heading', { name: '请把手机交还' }).waitFor();
}

export async function bothAgree(page) {
    for (const side of ['甲方', '乙方']) {
        await answer(page, side, '同意');
        await page.getByRole('link', { name: '民警继续' }).click();
    }
    await page.locator('[data-stage=CONSENTED]').waitFor();
}

export async function agree(page) {
    await press(page, '达成协议');
    await page.getByRole('radio', { name: '书面协议' }).check();
    await press(page, '登记协议');
    await page.locator('[data-stage=AGREED]').waitFor();
}
