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

// ---- without a network ----

/* Until the page's files are kept, so that it opens without a network. */
async function untilKept(page) {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(async () => (await caches.keys()).length > 0 && (await caches.match('/desk/')) !== undefined);
}

const waiting = async (page) => Number(await page.locator('.queue > span:nth-child(2) b').innerText());

look('without a network steps wait on the phone, through a reload, and are sent once when it is back', PHONE, async (page) => {
    await enter(page, station);
    await untilKept(page);
    const first = await openDispute(page);
    await allRecorded(page);
    await page.context().setOffline(true);
    await explain(page);
    await answer(page, '甲方', '同意');
    await page.getByRole('link', { name: '民警继续' }).click();
    assert.equal(await waiting(page), 2);
    assert.match(await page.locator('main').innerText(), /没有连上单位/);
    await page.reload();
    await page.locator('[data-stage=CONSENTING]').waitFor();
    assert.equal(await waiting(page), 2);
    await page.goto('/desk/#/');
    const second = await openDispute(page);
    assert.notEqual(second, first);
    assert.equal(await waiting(page), 4, 'a dispute is opened without a network, under a number of its own');
    assert.deepEqual(station.records(second), []);
    await page.context().setOffline(false);
    await allRecorded(page);
    await page.goto(`/desk/#/d/${first}`);
    await page.getByRole('heading', { name: '示范17村' }).waitFor();
    await allRecorded(page);
    assert.equal(await waiting(page), 0);
    assert.deepEqual(station.records(first).map(({ type }) => type),
        ['disputeOpened', 'mediationChannelSelected', 'mediationExplained', 'consentRecorded']);
    assert.deepEqual(station.records(second).map(({ type }) => type), ['disputeOpened', 'mediationChannelSelected']);
});

look('an answer that was lost on its way is asked for again under the same key: one record', PHONE, async (page) => {
    await enter(page, station);
    const code = await openDispute(page);
    await allRecorded(page);
    const keys = [];
    await page.route('**/v1/events', async (route) => {
        keys.push(await route.request().headerValue('idempotency-key'));
        if (keys.length > 2) return route.continue();
        await route.fetch(); /* the agent takes it, and the phone never hears so */
        return route.abort();
    });
    await explain(page);
    await allRecorded(page);
    assert.equal(keys.length, 3);
    assert.equal(new Set(keys).size, 1);
    assert.deepEqual(station.records(code).map(({ type }) => type), ['disputeOpened', 'mediationChannelSelected', 'mediationExplained']);
});

look('the agent dies while steps are sent, and the hub as well: nothing is lost, nothing is there twice', PHONE, async (page) => {
    await enter(page, station);
    const code = await openDispute(page);
    await station.stop('station', 'SIGKILL');
    await explain(page);
    await answer(page, '乙方', '同意');
    await page.getByRole('link', { name: '民警继续' }).click();
    await station.stop('hub', 'SIGKILL');
    await station.startDesk({ hub: false });
    await page.waitForFunction(() => document.querySelector('.band-away, .step[data-state=handed]') !== null);
    assert.ok(await waiting(page) > 0, 'what the hub has not recorded is not called recorded');
    await station.startHub();
    await allRecorded(page);
    assert.deepEqual(station.records(code).map(({ type }) => type),
        ['disputeOpened', 'mediationChannelSelected', 'mediationExplained', 'consentRecorded']);
});

look('two taps at once make one step, and one dispute', PHONE, async (page) => {
    await enter(page, station);
    const known = new Set(station.records().map(({ matter }) => matter));
    await page.getByRole('link', { name: '登记纠纷' }).click();
    await page.locator('#unit').fill('17村');
    await page.getByRole('button', { name: '示范17村' }).click();
    await page.locator('#category').selectOption('NEIGHBOUR');
    await page.getByRole('radio', { name: '警情' }).check();
    await page.locator('form .code').last().waitFor();
    await page.getByRole('button', { name: '登记 Open it' }).evaluate((one) => { one.click(); one.click(); one.click(); });
    await page.getByRole('heading', { name: '示范17村' }).waitFor();
    await allRecorded(page);
    await explain(page);
    await bothAgree(page);
    await button(page, '登记调解申请').evaluate((one) => { one.click(); one.click(); });
    await button(page, '记录第 1 次调解').evaluate((one) => { one.click(); one.click(); one.click(); });
    await page.locator('.step').nth(6).waitFor();
    await allRecorded(page);
    const records = station.records().filter(({ matter }) => !known.has(matter));
    assert.equal(new Set(records.map(({ matter }) => matter)).size, 1);
    assert.deepEqual(records.map(({ type }) => type).slice(-2), ['mediationRegistered', 'mediationSessionHeld']);
    assert.equal(records.length, 7);
});

look('two windows of one phone share the queue', PHONE, async (page) => {
    await enter(page, station);
    const code = await openDispute(page);
    await allRecorded(page);
    const other = await page.context().newPage();
    await other.goto(`/desk/#/d/${code}`);
    await other.locator('[data-stage=OPENED]').waitFor();
    await explain(page);
    await other.locator('[data-stage=EXPLAINED]').waitFor();
    await allRecorded(other);
    assert.equal(station.records(code).length, 3);
});

// ---- what goes wrong is said ----

look('what comes and goes by itself moves nothing from under a thumb', PHONE, async (page) => {
    await enter(page, station);
    await untilKept(page);
    const place = () => page.getByRole('link', { name: '登记纠纷' }).boundingBox();
    const before = await place();
    await page.context().setOffline(true);
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.locator('.band-away').waitFor();
    assert.deepEqual(await place(), before);
    await page.context().setOffline(false);
    await page.locator('.band-away').waitFor({ state: 'detached' });
    assert.deepEqual(await place(), before);
});

look('a clock that is off records nothing, and the page says so', PHONE, async (page) => {
    await enter(page, station);
    const before = station.records().length;
    await page.clock.install({ time: Date.now() + 10 * 60000 });
    await page.reload();
    const notice = page.getByRole('alert').filter({ hasText: 'CLOCK_OFF' });
    await notice.waitFor();
    assert.match(await notice.innerText(), /快了约 10 分钟/);
    await page.goto('/desk/#/new');
    assert.ok(await page.getByRole('button', { name: '登记 Open it' }).isDisabled());
    assert.equal(station.records().length, before);
});

look('a token that nobody knows sends nothing and keeps what waits', PHONE, async (page) => {
    await enter(page, station);
    await untilKept(page);
    const code = await openDispute(page);
    await allRecorded(page);
    await page.goto('/desk/#token=sanling_nobody_has_this_one');
    const notice = page.getByRole('alert').filter({ hasText: 'TOKEN_REQUIRED' });
    await notice.waitFor();
    await page.goto(`/desk/#/d/${code}`);
    await explain(page);
    assert.equal(await waiting(page), 1);
    assert.equal(station.records(code).length, 2);
    await page.goto(station.link);
    await page.waitForFunction(() => document.querySelector('.queue > span:nth-child(2) b').textContent === '0');
    assert.equal(station.records(code).at(-1).type, 'mediationExplained');
});

look('what the hub returns is said in words, what waits behind it is not sent, and the work goes on', PHONE, async (page) => {
    await enter(page, station);
    await untilKept(page);
    const code = await openDispute(page);
    await allRecorded(page);
    await page.context().setOffline(true);
    await explain(page);
    await answer(page, '甲方', '同意');
    await page.getByRole('link', { name: '民警继续' }).click();
    /* Meanwhile a colleague ends it, by the office's own sheet. */
    station.publish('station', { occurredAt: new Date().toISOString(), unit: VILLAGE, matter: code, mediationEnded: { reason: 'VIOLENCE' } });
    await page.context().setOffline(false);
    const notice = page.getByRole('alert').filter({ hasText: 'ILLEGAL_TRANSITION' });
    await notice.waitFor();
    assert.match(await notice.innerText(), /告知流程/);
    assert.match(await notice.innerText(), /后面 1 步没有发送/);
    assert.match(await page.locator('.queue').innerText(), /被退回/);
    await press(page, '收回，重新办理');
    await page.locator('[data-stage=ENDED]').waitFor();
    assert.deepEqual(station.ctl('--json', 'replay', '--matter', code).trim().split('\n').length, 3);
});

look('another phone of the post finds its open disputes', PHONE, async (page) => {
    await enter(page, station);
    const opened = await openDispute(page);
    await allRecorded(page);
    await page.goto('/desk/#/');
    const code = await openDispute(page);
    await explain(page);
    await allRecorded(page);
    const context = await page.context().browser().newContext({ baseURL: station.address, viewport: { width: 390, height: 844 } });
    const other = await context.newPage();
    await enter(other, station);
    await other.locator(`a[href="#/d/${opened}"]`).waitFor();
    assert.match(await other.locator(`a[href="#/d/${opened}"]`).innerText(), /待告知流程/);
    await other.locator(`a[href="#/d/${code}"]`).click();
    await other.locator('[data-stage=EXPLAINED]').waitFor();
    await answer(other, '甲方', '同意');
    await other.getByRole('link', { name: '民警继续' }).click();
    await allRecorded(other);
    assert.equal(station.records(code).at(-1).type, 'consentRecorded');
    const stranger = await context.browser().newContext({ baseURL: station.address });
    const third = await stranger.newPage();
    await enter(third, station, station.newToken('station-phone-9'));
    await third.waitForFunction(() => document.querySelector('.foot').textContent.includes('station-phone-9'));
    assert.equal(await third.locator('.row').count(), 0, 'and another post does not');
    await context.close();
    await stranger.close();
});

look('who logs out while something waits is warned, and then the phone knows nothing', PHONE, async (page) => {
    await enter(page, station);
    await untilKept(page);
    const code = await openDispute(page);
    await allRecorded(page);
    await page.context().setOffline(true);
    await explain(page);
    await page.goto('/desk/#/');
    await press(page, '退出');
    const warning = page.getByRole('alertdialog');
    assert.match(await warning.innerText(), /还有 1 步没有发送/);
    await press(page, '不退出');
    await page.context().setOffline(false);
    await page.waitForFunction(() => document.querySelector('.queue > span:nth-child(2) b').textContent === '0');
    assert.equal(station.records(code).length, 3);
    await press(page, '退出');
    await page.getByRole('alertdialog').getByRole('button', { name: '退出' }).last().click();
    await page.locator('#token').waitFor();
    const left = await page.evaluate(() => new Promise((done) => {
        const opening = indexedDB.open('sanling-desk');
        opening.onsuccess = () => {
            const all = opening.result.transaction('disputes').objectStore('disputes').count();
            all.onsuccess = () => done(all.result);
        };
    }));
    assert.equal(left, 0);
});

look('steps of one post are not sent with the token of another', PHONE, async (page) => {
    const other = station.newToken('station-phone-2');
    await enter(page, station);
    await untilKept(page);
    const code = await openDispute(page);
    await allRecorded(page);
    await page.context().setOffline(true);
    await explain(page);
    await page.goto(`/desk/#token=${other}`);
    await page.waitForFunction(() => location.hash === '');
    await page.context().setOffline(false);
    const notice = page.getByRole('alert').filter({ hasText: 'OTHER_POST' });
    await notice.waitFor();
    assert.match(await notice.innerText(), /station-phone-2.*station-phone-1/s);
    assert.equal(station.records(code).length, 2);
    await page.goto(station.link);
    await page.waitForFunction(() => document.querySelector('.queue > span:nth-child(2) b').textContent === '0');
    assert.equal(await notice.count(), 0);
    assert.equal(station.records(code).at(-1).type, 'mediationExplained');
});

look('an answer that was asked for with the token before does not let the next one send', PHONE, async (page) => {
    const other = station.newToken('station-phone-3');
    await enter(page, station);
    await untilKept(page);
    const code = await openDispute(page);
    await allRecorded(page);
    /* The first post's own retry must not be what sends; said before the step is tapped, since a request on its way
     * while the page begins to look at requests is not looked at. */
    await page.route('**/v1/events', (route) => route.abort());
    await page.context().setOffline(true);
    await explain(page);
    let late;
    const asked = new Promise((done) => {
        void page.route('**/v1/desk/now', (route) => {
            late ? void route.continue() : done(late = route);
        });
    });
    await page.context().setOffline(false);
    await asked;
    await page.goto(`/desk/#token=${other}`);
    const notice = page.getByRole('alert').filter({ hasText: 'OTHER_POST' });
    await notice.waitFor();
    await page.unroute('**/v1/events');
    const heard = page.waitForResponse('**/v1/desk/now');
    await late.continue();
    await (await heard).finished();
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    const again = page.waitForResponse('**/v1/desk/now');
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await (await again).finished();
    await notice.waitFor();
    assert.equal(station.records(code).length, 2);
    await page.goto(station.link);
    await page.waitForFunction(() => document.querySelector('.queue > span:nth-child(2) b').textContent === '0');
    assert.equal(station.records(code).at(-1).type, 'mediationExplained');
});

look('a window sends with the token that it was given, whatever another window was given since', PHONE, async (page) => {
    const other = station.newToken('station-phone-4');
    await enter(page, station);
    await untilKept(page);
    const code = await openDispute(page);
    await allRecorded(page);
    const sentWith = [];
    let told = false; /* the step waits until the second window has seen that it is another post's */
    await page.route('**/v1/events', (route) => {
        sentWith.push(route.request().headers().authorization);
        return told ? route.continue() : route.abort();
    });
    await explain(page);
    await page.waitForFunction(() => document.querySelector('.queue > span:nth-child(2) b').textContent === '1');
    const second = await page.context().newPage();
    await second.goto(`/desk/#token=${other}`);
    await second.getByRole('alert').filter({ hasText: 'OTHER_POST' }).waitFor();
    told = true;
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await allRecorded(page);
    assert.deepEqual(new Set(sentWith), new Set([`Bearer ${station.token}`]));
    assert.equal(station.records(code).at(-1).type, 'mediationExplained');
    await second.goto('/desk/#/');
    await press(second, '退出');
    await second.getByRole('alertdialog').getByRole('button', { name: '退出' }).last().click();
    await page.locator('#token').waitFor();
});

look('two windows that open a dispute at once open two', PHONE, async (page) => {
    await enter(page, station);
    const known = new Set(station.records().map(({ matter }) => matter));
    const windows = [page, await page.context().newPage()];
    for (const one of windows) {
        await one.goto('/desk/#/new');
        await one.locator('form .code').last().waitFor();
        await one.locator('#unit').fill('18村');
        await one.getByRole('button', { name: '示范18村' }).click();
        await one.locator('#category').selectOption('NEIGHBOUR');
        await one.getByRole('radio', { name: '警情' }).check();
    }
    for (const one of windows) await one.getByRole('button', { name: '登记 Open it' }).click();
    await page.getByRole('heading', { name: '示范18村' }).waitFor();
    await windows[1].getByRole('alert').filter({ hasText: '另一窗口' }).waitFor();
    await windows[1].getByRole('button', { name: '登记 Open it' }).click();
    await windows[1].getByRole('heading', { name: '示范18村' }).waitFor();
    await allRecorded(windows[1]);
    await allRecorded(page);
    assert.equal(new Set(station.records().map(({ matter }) => matter).filter((one) => !known.has(one))).size, 2);
});
