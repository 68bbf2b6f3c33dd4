/* The mediation desk at a demonstration hub, whose clock stands still, under a policy that asks for 一案一码. */
import assert from 'node:assert/strict';
import { lookingAt } from './testing/browser.mjs';
import { allRecorded, enter, explain, openDispute, PHONE, Station } from './testing/desk.mjs';

const station = await Station.open({
    hub: 'demonstration: {clock: 2020-08-19T09:00:00+08:00}\n',
    policy: 'yuxian-2020.yaml',
    changePolicy: (text) => text.replace('matter_codes_required: false', 'matter_codes_required: true'),
});
const look = lookingAt(station);

look("a tap has the hub's time, a code the hub's year and the form that the policy asks for", PHONE, async (page) => {
    await enter(page, station);
    const code = await openDispute(page);
    assert.match(code, /^140322-2020-D-5000\d\d-[0-9A-Z]$/);
    await allRecorded(page);
    assert.match(await page.locator('main').innerText(), /演示/);
    station.ctl('clock', 'set', '2020-08-20T10:30:00+08:00');
    await page.reload();
    await page.locator('[data-stage=OPENED]').waitFor();
    await page.waitForFunction(() => new Promise((done) => {
        const opening = indexedDB.open('sanling-desk');
        opening.onsuccess = () => {
            const reading = opening.result.transaction('kept').objectStore('kept').get('clock');
            reading.onsuccess = () => { opening.result.close(); done(reading.result.time.startsWith('2020-08-20')); };
        };
    }));
    await explain(page);
    await allRecorded(page);
    assert.deepEqual(station.records(code).map(({ type, occurredAt }) => [type, occurredAt]), [
        ['disputeOpened', '2020-08-19T01:00:00Z'],
        ['mediationChannelSelected', '2020-08-19T01:00:00Z'],
        ['mediationExplained', '2020-08-20T02:30:00Z'],
    ]);
});
