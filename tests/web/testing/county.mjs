/* The demonstration county on a hub of its own: a copy of what was played (../play), with the hub, the offices' agents
 * and the page's server as real processes on free ports. A test waits for conditions, never for time to pass. What is
 * started ends with the test, also when that is killed (setpriv --pdeathsig).
 *
 * Programs and folders are found through the environment, which CTest sets (../CMakeLists.txt). */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, readdirSync, renameSync, rmSync,
    writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const BIN = process.env.SANLING_BIN;
export const SOURCE = process.env.SANLING_SOURCE;
const PLAYED = process.env.SANLING_PLAYED;

export const COUNTY = '140322000000'; // 盂县
export const TOWN = '140322102000'; // 路家村镇
export const PASSWORD = 'a password of the tests';
const WAIT_MS = 30000;

/* Tries until the condition gives something true, and returns that. */
export async function until(what, condition, limit = WAIT_MS) {
    const deadline = Date.now() + limit;
    for (;;) {
        const found = await condition();
        if (found) return found;
        if (Date.now() > deadline) throw new Error(`waited ${limit} ms in vain for: ${what}`);
        await new Promise((go) => setTimeout(go, 20));
    }
}

/* What tests/bench publishes. */
const SYNTHETIC_TYPES = 'catalogue, InspectionRecorded, PatrolTallied, VolunteerTallied, HazardFound, ' +
    'RectificationOrdered, RectificationReported, HazardFixedOnSpot, CaseFiled, PetitionRegistered, ZeroAttested';

export class County {
    /* Hub and page; `agents` names offices whose agents run too; `accounts`: name -> identity. */
    static async open({ agents = [], accounts = { leader: 'leader' }, page = '' } = {}) {
        const county = new County();
        try {
            county.copyPlayed();
            await county.startHub();
            for (const office of agents) await county.startAgent(office);
            county.writeAccounts(accounts);
            county.pageLines = page;
            await county.startPage();
        } catch (failure) {
            await county.close({ failed: true });
            throw failure;
        }
        return county;
    }

    /* A made-up county of any size without a history: units alone, then `events` of an ordinary day's mix. */
    static async make({ units, events }) {
        const county = new County();
        try {
            county.writeKeys();
            await county.startHub();
            const file = county.path('units.csv');
            execFileSync(join(BIN, 'sanling-bench'), ['units', '--units', `${units}`, '--file', file]);
            county.ctl('policy', 'adopt', join(SOURCE, 'deploy/policy/yuxian-2020.yaml'));
            county.ctl('units', 'import', file);
            execFileSync(join(BIN, 'sanling-bench'), ['publish', '--hub', county.hub, '--identity',
                county.path('keys/operator.key'), '--units', `${units}`, '--events', `${events}`]);
            county.writeAccounts({ leader: 'leader' });
            await county.startPage();
        } catch (failure) {
            await county.close({ failed: true });
            throw failure;
        }
        return county;
    }

    constructor() {
        this.folder = mkdtempSync(join(tmpdir(), 'sanling-web-'));
        this.programs = new Map();
        this.pageLines = '';
        this.hubLines = 'data: hub\nkey: keys/hub.key\naccess: access.yaml\n';
        mkdirSync(this.path('journal'));
    }

    copyPlayed() {
        for (const name of ['hub', 'keys', 'office', 'state', 'inbox', 'county', 'access.yaml'])
            cpSync(join(PLAYED, name), this.path(name), { recursive: true });
        this.hubLines = readFileSync(join(PLAYED, 'hub.yaml'), 'utf8').replace(/^listen: .*\n/m, '');
    }

    /* An operator, who may publish anything, and a leader of the synthetic county. */
    writeKeys() {
        mkdirSync(this.path('keys'));
        this.run(['keys', 'new', 'hub', '--dir', 'keys'], { stdio: ['ignore', 'pipe', 'ignore'] });
        const rows = ['operator', 'leader'].map((name) => {
            this.run(['keys', 'new', name, '--dir', 'keys', '--hub-key', 'keys/hub.key.pub'], { stdio: ['ignore', 'pipe', 'ignore'] });
            const [, key] = /public-key *= *"(.*)"/.exec(readFileSync(this.path(`keys/${name}.key.pub`), 'utf8'));
            const types = name === 'operator' ? `, types: [${SYNTHETIC_TYPES}]` : '';
            return `  - {name: ${name}, key: '${key}', role: ${name}, office: ${name === 'leader' ? 'LEADERSHIP' : 'OPERATOR'}, unit: ""${types}}\n`;
        });
        writeFileSync(this.path('access.yaml'), `identities:\n${rows.join('')}`);
    }

    path(name) {
        return join(this.folder, name);
    }

    journal(name) {
        const path = this.path(`journal/${name}.log`);
        return existsSync(path) ? readFileSync(path, 'utf8') : '';
    }

    /* Ends what runs, the last first; each must end cleanly. */
    async close({ failed = false } = {}) {
        const statuses = [];
        for (const name of [...this.programs.keys()].reverse()) statuses.push([name, await this.stop(name)]);
        const bad = statuses.filter(([, status]) => status !== 0);
        if (failed || bad.length > 0)
            for (const file of readdirSync(this.path('journal')).sort())
                console.error(`--- ${file}\n${this.journal(file.replace('.log', '')).split('\n').slice(-15).join('\n')}`);
        rmSync(this.folder, { recursive: true, force: true });
        if (!failed && bad.length > 0) throw new Error(`ended uncleanly: ${bad.map((one) => one.join(' ')).join(', ')}`);
    }

    // ---- programs ----

    start(name, ...command) {
        const journal = openSync(this.path(`journal/${name}.log`), 'a');
        const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
            cwd: this.folder,
            stdio: ['ignore', journal, journal],
        });
        closeSync(journal);
        const program = { child, ended: new Promise((end) => child.on('exit', (code, signal) => end(code ?? signal))) };
        this.programs.set(name, program);
        return program;
    }

    running(name) {
        const program = this.programs.get(name);
        return program !== undefined && program.child.exitCode === null && program.child.signalCode === null;
    }

    /* Ends it and returns its exit status, or the name of the signal that ended it. */
    async stop(name, signal = 'SIGTERM') {
        const program = this.programs.get(name);
        if (this.running(name)) program.child.kill(signal);
        this.programs.delete(name);
        return program.ended;
    }

    async untilStarted(name, what, condition) {
        return until(what, () => {
            if (!this.running(name)) throw new Error(`${name} ended: ${this.journal(name)}`);
            return condition();
        });
    }

    /* From the second time on it has the port that it had. */
    async startHub() {
        rmSync(this.path('address'), { force: true });
        writeFileSync(this.path('hub.yaml'),
            `${this.hubLines}listen: ${this.hub ?? 'tcp://127.0.0.1:*'}\naddress_file: address\n`);
        this.start('hub', join(BIN, 'sanling-hub'), '--config', this.path('hub.yaml'));
        this.hub = await this.untilStarted('hub', "the hub's address", () => {
            const address = existsSync(this.path('address')) ? readFileSync(this.path('address'), 'utf8') : '';
            return address.endsWith('\n') && address.trim();
        });
    }

    async startAgent(office) {
        const program = office === 'station' ? 'public-security' : office;
        const config = readFileSync(join(PLAYED, `${office}.yaml`), 'utf8');
        writeFileSync(this.path(`${office}.yaml`), config.replace(/^hub: .*$/m, `hub: ${this.hub}`));
        this.start(office, join(BIN, `sanling-${program}`), '--config', this.path(`${office}.yaml`));
        await this.untilStarted(office, `${office} to watch its folder`, () => this.journal(office).includes('watching'));
    }

    writeAccounts(accounts) {
        this.hash ??= execFileSync(join(BIN, 'sanling-leadership'), ['--hash-password'], { input: `${PASSWORD}\n` })
            .toString().trim();
        const rows = Object.entries(accounts).map(([account, identity]) =>
            `  - {account: ${account}, password: "${this.hash}", identity: keys/${identity}.key}\n`);
        writeFileSync(this.path('accounts.yaml'), `accounts:\n${rows.join('')}`);
    }

    /* The page's server; from the second time on it has the port that it had. */
    async startPage() {
        const listen = this.address ? this.address.replace('http://', '') : '127.0.0.1:0';
        writeFileSync(this.path('leadership.yaml'),
            `hub: ${this.hub}\nlisten: ${listen}\naccounts: accounts.yaml\n${this.pageLines}`);
        const before = this.journal('leadership').length;
        this.start('leadership', join(BIN, 'sanling-leadership'), '--config', this.path('leadership.yaml'));
        this.address = await this.untilStarted('leadership', "the page's address", () =>
            /listening on (http:\/\/[\d.]+:\d+)/.exec(this.journal('leadership').slice(before))?.[1]);
    }

    // ---- the hub's own answers, to hold the page against ----

    ctlAs(identity, ...words) {
        return this.run(['--hub', this.hub, '--identity', this.path(`keys/${identity}.key`), ...words]);
    }

    ctl(...words) {
        return this.ctlAs('operator', ...words);
    }

    run(words, options = {}) {
        return execFileSync(join(BIN, 'sanlingctl'), words, { cwd: this.folder, maxBuffer: 64 << 20, ...options }).toString();
    }

    /* The one JSON document that a command prints, as the leaders' key gets it. */
    ask(...words) {
        return JSON.parse(this.ctlAs('leader', '--json', ...words));
    }

    /* Publishes events (in the names of their JSON) and returns their positions. */
    publish(identity, ...events) {
        const words = ['--hub', this.hub, '--identity', this.path(`keys/${identity}.key`), '--json', 'publish',
            '--source', `${identity}-web`];
        const lines = this.run(words, { input: events.map((event) => `${JSON.stringify(event)}\n`).join('') });
        return lines.trim().split('\n').map((line) => JSON.parse(line).runs[0].firstPosition);
    }

    /* Puts a sheet into the office's folder, whole: its agent never sees half of it. */
    drop(office, name, header, rows) {
        const part = this.path(`office/${office}/${name}.tmp`);
        writeFileSync(part, `${[header, ...rows].join('\n')}\n`);
        renameSync(part, this.path(`office/${office}/${name}`));
    }

    /* The code behind a name of the stories (deploy/demo). */
    story(name) {
        return new RegExp(`^${name},(.*)$`, 'm').exec(readFileSync(this.path('county/stories.csv'), 'utf8'))[1].trim();
    }
}
