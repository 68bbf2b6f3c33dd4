/* The mediation desk on an officer's phone, against a real hub and the station's real agent: what is tapped is in the log,
 * once, in its order, whatever the network did; what the hub returned is said in words; both sides answer for themselves. */
import assert from 'node:assert/strict';
import { lookingAt } from './testing/browser.mjs';
import { until } from './testing/county.mjs';
import { agree, allRecorded, answer, bothAgree, button, enter, explain, openDispute, PHONE, press, Station, VILLAGE } from './testing/desk.mjs';

const station = await Station.open();
const look = lookingAt(station);
look('a mediation goes from its opening to an agreement that was performed: ten records, in this order', PHONE, async (page) => {
    await enter(page, station);
    const code = await openDispute(page);
    await explain(page);
    await bothAgree(page);
    await press(page, '登记调解申请');
    await press(page, '记录第 1 次调解');
    await press(page, '记录第 2 次调解');
    await agree(page);
    await press(page, '已履行');
    await page.locator('[data-stage=PERFORMED]').waitFor();
    await allRecorded(page);
    const records = station.records(code);
    assert.deepEqual(records.map(({ type, payload }) => [type, payload]), [
        ['disputeOpened', { category: 'NEIGHBOUR', scale: 'INDIVIDUAL', origin: 'ALERT' }],
        ['mediationChannelSelected', { channel: 'MOBILE_STATION' }],
        ['mediationExplained', { toAll: true }],
        ['consentRecorded', { side: 'A', answer: 'AGREED' }],
        ['consentRecorded', { side: 'B', answer: 'AGREED' }],
        ['mediationRegistered', {}],
        ['mediationSessionHeld', { number: 1 }],
        ['mediationSessionHeld', { number: 2 }],
        ['agreementReached', { form: 'WRITTEN' }],
        ['agreementPerformed', {}],
    ]);
    assert.ok(records.every(({ unit }) => unit === VILLAGE));
    const times = records.map(({ occurredAt }) => occurredAt);
    assert.deepEqual(times, [...times].sort(), 'each has the time of its tap');
    const shown = await page.locator('.step .code').allInnerTexts();
    assert.deepEqual(shown.map((text) => text.trim()), records.map(({ position }) => `#${position}`));
});

look('a refusal ends it, without a further record and without reproach', PHONE, async (page) => {
    await enter(page, station);
    const code = await openDispute(page);
    await explain(page);
    await answer(page, '甲方', '不同意');
    assert.match(await page.locator('main').innerText(), /都是当事人的权利/);
    await page.getByRole('link', { name: '民警继续' }).click();
    await page.locator('[data-stage=ENDED]').waitFor();
    const text = await page.locator('main').innerText();
    assert.match(text, /仲裁/, 'other remedies are told (人民调解法 art. 26)');
    for (const name of ['请乙方表态', '登记调解申请', '终止调解']) assert.equal(await button(page, name).count(), 0, name);
    await allRecorded(page);
    assert.deepEqual(station.records(code).map(({ type }) => type),
        ['disputeOpened', 'mediationChannelSelected', 'mediationExplained', 'consentRecorded']);
});

look('an answer is the choice of one who can choose again before it counts', PHONE, async (page) => {
    await enter(page, station);
    const code = await openDispute(page);
    await explain(page);
    await press(page, '请乙方表态');
    await press(page, '我是乙方');
    const boxes = await page.locator('.answer').evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ width, height }) => [width, height]));
    assert.deepEqual(boxes[0], boxes[1], 'both answers are of one size');
    await page.getByRole('button', { name: /^不同意/ }).click();
    await press(page, '重新选');
    await page.getByRole('button', { name: /^同意/ }).click();
    await press(page, '确认');
    await page.getByRole('link', { name: '民警继续' }).click();
    await allRecorded(page);
    assert.deepEqual(station.records(code).at(-1).payload, { side: 'B', answer: 'AGREED' });
});
