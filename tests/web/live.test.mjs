/* Live figures: a change is seen without reload; a lost connection is said, and heals. */
import assert from 'node:assert/strict';
import { lookingAt, settled } from './testing/browser.mjs';
import { County } from './testing/county.mjs';
import { numberOf } from './testing/screen.mjs';

const county = await County.open();
const look = lookingAt(county);
const found = (page) => page.locator('main a[data-figure="hazards.found"]').last().innerText();
let number = 0;
const hazard = () => ({ unit: '140322102217', occurredAt: '2021-02-03T08:00:00+08:00',
    hazardFound: { hazard: `WEB-${++number}`, category: 'FIRE', grade: 'GENERAL' } });

async function openLive(page) {
    await page.goto('/');
    await page.locator('section.time', { hasText: '实时' }).waitFor();
    await settled(page);
}

const positionOf = (page) => page.locator('section.time .position-text').innerText().then(numberOf);

look('a figure changes when an event arrives, and nothing is loaded again', {}, async (page) => {
    await openLive(page);
    await page.evaluate(() => { window.before = true; });
    const before = numberOf(await found(page));
    const [position] = county.publish('safety', hazard());
    const sent = Date.now();
    await page.waitForFunction((count) => [...document.querySelectorAll('main a[data-figure="hazards.found"]')].some((door) =>
        Number(door.textContent.replace(/\D/g, '')) === count), before + 1);
    console.log(`seen after ${Date.now() - sent} ms`);
    assert.ok(await positionOf(page) >= Number(position));
    assert.equal(await page.evaluate(() => window.before), true);
});

look('a hub that is gone is said; when it is there again the figures catch up', {}, async (page) => {
    await openLive(page);
    const before = numberOf(await found(page));
    await county.stop('hub', 'SIGKILL');
    await page.locator('.band-lost').waitFor({ timeout: 20000 });
    assert.equal(numberOf(await found(page)), before, 'what was known stays, marked');
    await county.startHub();
    county.publish('safety', hazard());
    await page.waitForFunction((count) => [...document.querySelectorAll('main a[data-figure="hazards.found"]')].some((door) =>
        Number(door.textContent.replace(/\D/g, '')) === count), before + 1, { timeout: 40000 });
    await page.locator('.band-lost').waitFor({ state: 'detached' });
});

look('language switches without losing the view', {}, async (page) => {
    await page.goto('/units?at=2020-08-19');
    await page.locator('[role=treegrid]').waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('link', { name: 'Overview' }).first().waitFor();
    assert.match(page.url(), /\/units\?.*at=2020-08-19/);
    assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
});
