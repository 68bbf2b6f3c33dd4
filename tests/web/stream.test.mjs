/* What live figures do to a reader: digits change and nothing else, a drawer that is open keeps its rows, a server or a
 * session that ends is said, and a tab that nobody sees gives its connection back. */
import assert from 'node:assert/strict';
import { lookingAt, logInByForm, settled } from './testing/browser.mjs';
import { County, until } from './testing/county.mjs';
import { numberOf } from './testing/screen.mjs';

const county = await County.open({ accounts: { leader: 'leader', ending: 'leader' } });
const look = lookingAt(county);
const TOWN = '140322102000';
const FOUND = 'main a[data-figure="hazards.found"]';
let number = 0;
const hazard = () => ({ unit: '140322102217', occurredAt: '2021-02-03T08:00:00+08:00',
    hazardFound: { hazard: `STREAM-${++number}`, category: 'FIRE', grade: 'GENERAL' } });

async function openLive(page, path = '/') {
    await page.goto(path);
    await page.locator('section.time', { hasText: '实时' }).waitFor();
    await page.locator(FOUND).first().waitFor();
    await settled(page);
}

const foundOf = (page) => page.locator(FOUND).last().innerText().then(numberOf);
const shows = (page, count, limit = 10000) => page.waitForFunction(([selector, wanted]) =>
    [...document.querySelectorAll(selector)].some((door) => Number(door.textContent.replace(/\D/g, '')) === wanted),
[FOUND, count], { timeout: limit });

/* Where every card, row and figure is, by what it is. */
const places = (page) => page.evaluate(() => [...document.querySelectorAll('main .card, main tr, main a.door')].map((element) => {
    const box = element.getBoundingClientRect();
    return `${element.tagName} ${element.className} ${element.dataset.figure ?? ''} ${Math.round(box.left)} ${Math.round(box.top)} ${Math.round(box.height)}`;
}));

look('a new figure moves nothing', {}, async (page) => {
    county.publish('safety', hazard()); /* the first of a day also brings the rate that nothing has yet */
    await openLive(page);
    const before = await foundOf(page);
    assert.ok(before > 0);
    const stood = await places(page);
    assert.ok(stood.length > 80, `${stood.length} pieces`);
    county.publish('safety', hazard());
    await shows(page, before + 1);
    assert.deepEqual(await places(page), stood);
});

look('while a drawer is open its rows stay; U brings what came in', {}, async (page) => {
    await openLive(page);
    const before = await foundOf(page);
    await page.locator(FOUND).last().click();
    const drawer = page.locator('.drawer');
    await drawer.locator('.event-row').first().waitFor();
    await page.waitForFunction((count) => Number(document.querySelector('.drawer-figure b').textContent.replace(/\D/g, '')) === count, before);
    const rows = await drawer.locator('.event-row').allInnerTexts();
    const positions = county.publish('safety', hazard(), hazard(), hazard());
    const band = page.locator('[data-state=updates]');
    await band.filter({ hasText: /3/ }).waitFor();
    assert.match((await band.innerText()).replace(/[\s\u2009]/g, ''), new RegExp(`#${positions[2]}`));
    assert.deepEqual(await drawer.locator('.event-row').allInnerTexts(), rows, 'nothing was put in between');
    await page.keyboard.press('u');
    await band.waitFor({ state: 'detached' });
    await page.waitForFunction((count) => Number(document.querySelector('.drawer-figure b').textContent.replace(/\D/g, '')) === count, before + 3);
    assert.ok((await drawer.innerText()).replace(/[\s\u2009]/g, '').includes(`#${positions[2]}`), 'and of which position it is');
});

look('a lost hub is said with the position and time that the figures are of; then what was caught up', {}, async (page) => {
    await openLive(page);
    const before = await foundOf(page);
    const position = numberOf(await page.locator('section.time .position-text').innerText());
    await county.stop('hub', 'SIGKILL');
    const band = page.locator('.band-lost');
    await band.waitFor({ timeout: 20000 });
    const said = (await band.innerText()).replace(/[\s\u2009]/g, '');
    assert.match(said, new RegExp(`#${position}`));
    assert.match(said, /\d\d:\d\d/);
    assert.equal(await page.locator('section.time .dot-lost').count(), 1, 'the bar marks it, too');
    assert.doesNotMatch(await page.locator('section.time').innerText(), /实时/, 'what is lost is not live');
    assert.equal(await foundOf(page), before, 'what was known stays');
    await county.startHub();
    county.publish('safety', hazard());
    await page.locator('[data-state=healed]').waitFor({ timeout: 30000 });
    await shows(page, before + 1, 30000);
});

look("the page's server is killed and started again: the page goes on by itself", {}, async (page) => {
    await openLive(page);
    const before = await foundOf(page);
    await county.stop('leadership', 'SIGKILL');
    await page.locator('.band-lost').waitFor({ timeout: 20000 });
    assert.equal(await foundOf(page), before);
    await county.startPage();
    county.publish('safety', hazard());
    /* Who is logged in lives in the server that is gone: the page asks again, and goes back to what it showed. */
    await page.getByLabel('账号', { exact: true }).or(page.locator('[data-state=healed]')).first().waitFor({ timeout: 40000 });
    if (await page.getByLabel('账号', { exact: true }).isVisible()) await logInByForm(page, 'leader');
    await shows(page, before + 1, 20000);
    await page.locator('.band-lost').waitFor({ state: 'detached' });
});

look('a live page whose session ends asks for the login, and shows the same address afterwards', { account: 'ending' }, async (page) => {
    await openLive(page, `/?unit=${TOWN}`);
    const answer = await page.context().request.delete(`${county.address}/v1/session`, { headers: { Origin: county.address } });
    assert.equal(answer.status(), 204);
    await page.getByLabel('账号', { exact: true }).waitFor({ timeout: 30000 });
    await page.getByText('登录已过期').waitFor();
    assert.equal(await page.locator('main .interval').count(), 0);
    assert.match(page.url(), new RegExp(`unit=${TOWN}`));
    await logInByForm(page, 'ending');
    await page.locator(FOUND).first().waitFor();
    assert.match(page.url(), new RegExp(`unit=${TOWN}`));
});

look('a tab that nobody sees gives its connection back, and catches up when it is seen again', {}, async (page) => {
    await page.addInitScript(() => {
        window.streams = [];
        const Real = window.EventSource;
        window.EventSource = class extends Real {
            constructor(...all) {
                super(...all);
                window.streams.push(this);
            }
        };
        let seen = 'visible';
        Object.defineProperty(document, 'visibilityState', { get: () => seen });
        window.see = (state) => {
            seen = state;
            document.dispatchEvent(new Event('visibilitychange'));
        };
    });
    await page.clock.install();
    await openLive(page);
    const before = await foundOf(page);
    const open = () => page.evaluate(() => window.streams.filter((stream) => stream.readyState !== 2).length);
    assert.equal(await open(), 1);
    await page.evaluate(() => window.see('hidden'));
    await page.clock.fastForward(29000);
    assert.equal(await open(), 1, 'a glance elsewhere loses nothing');
    await page.clock.fastForward(2000);
    assert.equal(await open(), 0);
    county.publish('safety', hazard());
    await page.evaluate(() => window.see('visible'));
    await until('one stream again', async () => (await open()) === 1);
    await shows(page, before + 1);
});
