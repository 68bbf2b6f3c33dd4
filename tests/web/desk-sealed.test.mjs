/* Parties' data on the mediation desk: sealed on the phone, and in clear nowhere: not in the browser's store, not on the
 * wire, not with the agent, not at the hub, in no journal. Only the office's secret key opens it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { lookingAt, openBrowser, openPage } from './testing/browser.mjs';
import { BIN } from './testing/county.mjs';
import { allRecorded, enter, openDispute, PHONE, press, Station } from './testing/desk.mjs';

const station = await Station.open({ parties: true });
const look = lookingAt(station);
const SECRETS = ['某甲特征词', '某乙特征词', '经过特征词'];

const open = (what, key = station.path('keys/desk-seal.key')) => station.agent('--open-sealed', what, '--key', key);

async function fill(page) {
    await press(page, '当事人信息');
    await page.locator('#nameA').fill(SECRETS[0]);
    await page.locator('#nameB').fill(SECRETS[1]);
    await page.locator('#facts').fill(SECRETS[2]);
    await press(page, '密封');
    await page.locator('.step[data-type=sealedNoteAdded]').waitFor();
}

/* All that the page has kept, as text. */
const kept = (page) => page.evaluate(async () => {
    const database = await new Promise((done) => {
        const opening = indexedDB.open('sanling-desk');
        opening.onsuccess = () => done(opening.result);
    });
    const all = await Promise.all([...database.objectStoreNames].map((name) => new Promise((done) => {
        const reading = database.transaction(name).objectStore(name).getAll();
        reading.onsuccess = () => done(reading.result);
    })));
    return JSON.stringify([all, { ...localStorage }, { ...sessionStorage }]);
});

look('what is sealed is in clear nowhere, and the key opens it', PHONE, async (page) => {
    const sent = [];
    page.on('request', (request) => sent.push(`${request.url()} ${request.postData() ?? ''}`));
    await enter(page, station);
    const code = await openDispute(page);
    await page.context().setOffline(true); /* it waits on the phone for a while */
    await fill(page);
    const waiting = await kept(page);
    await page.context().setOffline(false);
    await allRecorded(page);
    const [record] = station.records(code).filter(({ type }) => type === 'sealedNoteAdded');
    assert.equal(record.payload.matterKind, 'DISPUTE');
    for (const secret of SECRETS) {
        for (const [where, text] of [['waiting', waiting], ['kept', await kept(page)], ['sent', sent.join('\n')], ['page', await page.content()]])
            assert.ok(!text.includes(secret), `${where}: ${secret}`);
        assert.deepEqual(station.holding(secret), [], secret);
    }
    const opened = open(record.position);
    for (const secret of SECRETS) assert.ok(opened.includes(secret), opened);
    assert.ok(opened.startsWith(`#${record.position} ${code}: `), opened);
    assert.doesNotMatch(opened, /another matter/);
    const file = station.path('records.jsonl');
    writeFileSync(file, station.ctl('--json', 'replay', '--matter', code));
    assert.ok(open(file).includes(SECRETS[0]));
});

look('its length is one of a few, whatever was written', PHONE, async (page) => {
    await enter(page, station);
    const sizes = [];
    for (const words of ['短', '长'.repeat(100), '长'.repeat(200)]) {
        await page.goto('/desk/#/');
        const code = await openDispute(page);
        await press(page, '当事人信息');
        await page.locator('#facts').fill(words);
        await press(page, '密封');
        await allRecorded(page);
        sizes.push(Buffer.from(station.records(code).at(-1).payload.ciphertext, 'base64').length);
    }
    assert.deepEqual(sizes, [512 + 48, 512 + 48, 1024 + 48]);
    await page.goto('/desk/#/');
    await page.locator('.row').first().click();
    await press(page, '当事人信息');
    await page.locator('#facts').fill('长'.repeat(6000));
    await press(page, '密封');
    assert.match(await page.getByRole('alert').innerText(), /太长/);
});

test('another key, a position that is no note, and a public half open nothing', () => {
    const other = mkdtempSync(join(tmpdir(), 'desk-key-'));
    const fails = (status, ...words) => assert.throws(() => open(...words), (failure) => {
        assert.equal(failure.status, status, `${failure.stdout}${failure.stderr}`);
        for (const secret of SECRETS) assert.ok(!`${failure.stdout}${failure.stderr}`.includes(secret));
        return true;
    });
    try {
        execFileSync(join(BIN, 'sanling-public-security'), ['--new-seal-key', join(other, 'other.key')]);
        const { position } = station.records().find(({ type }) => type === 'sealedNoteAdded');
        fails(4, position, join(other, 'other.key'));
        fails(1, '1');
        fails(2, position, join(other, 'other.key.pub'));
    } finally {
        rmSync(other, { recursive: true });
    }
});

test('a desk that takes no data of parties has no place for them', async () => {
    const plain = await Station.open();
    const browser = await openBrowser();
    try {
        const page = await openPage(browser, plain, PHONE);
        const loaded = [];
        page.on('request', (request) => loaded.push(request.url()));
        await enter(page, plain);
        await openDispute(page);
        await allRecorded(page);
        assert.equal(await page.getByRole('button', { name: '当事人信息' }).count(), 0);
        await page.goto(`${page.url()}/parties`);
        await page.getByRole('heading', { name: '本单位不收当事人信息' }).waitFor();
        assert.equal(await page.locator('input, textarea').count(), 0);
    } finally {
        await browser.close();
        await plain.close();
    }
});
