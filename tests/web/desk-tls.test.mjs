/* The mediation desk as phones reach it: over HTTPS, where a browser keeps the page for times without a network. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openBrowser, openPage } from './testing/browser.mjs';
import { allRecorded, enter, openDispute, PHONE, Station } from './testing/desk.mjs';

test('over HTTPS the page is kept, opens without a network, and sends when there is one', async () => {
    const station = await Station.open({ tls: true });
    /* As on a phone on which the county's own CA was installed. */
    const browser = await openBrowser('', ['--ignore-certificate-errors']);
    try {
        assert.match(station.address, /^https:/);
        const page = await openPage(browser, station, { ...PHONE, ignoreHTTPSErrors: true });
        await enter(page, station);
        const opened = await openDispute(page);
        await allRecorded(page);
        await page.evaluate(() => navigator.serviceWorker.ready);
        await page.waitForFunction(async () => (await caches.match('/desk/')) !== undefined);
        await page.context().setOffline(true);
        await page.reload();
        await page.getByRole('button', { name: '咨询疏导' }).click();
        await page.locator('.step[data-state=queued]').waitFor();
        await page.context().setOffline(false);
        await allRecorded(page);
        assert.equal(station.records(opened).at(-1).type, 'counsellingGiven');
        assert.deepEqual(page.wrong, []);
    } finally {
        await browser.close();
        await station.close();
    }
});
