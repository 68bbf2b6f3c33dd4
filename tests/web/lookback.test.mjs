/* The time machine in use: chosen in its dialog, stepped by keys, shared as a link; and a look-back holds nothing of now. */
import assert from 'node:assert/strict';
import { lookingAt, openBrowser, openPage, settled } from './testing/browser.mjs';
import { County } from './testing/county.mjs';
import { numberOf } from './testing/screen.mjs';

const county = await County.open();
const look = lookingAt(county);
const bare = (text) => text.replace(/[\s\u2009]/g, '');
const enterprises = async (page) => bare(await page.locator('.zero-row[data-zero=ACCIDENT][data-group=ENTERPRISE]').innerText());
const doorsText = (page) => page.locator('main a.door[data-figure]').evaluateAll((doors) => doors.map((door) => `${door.dataset.figure} ${door.textContent}`));

async function open(page, path) {
    await page.goto(path);
    await page.locator('main .zero-row').first().waitFor();
    await settled(page);
}

async function untilDay(page, day) {
    await page.locator('section.time .day-text', { hasText: day }).waitFor();
    await page.locator('main .zero-row').first().waitFor();
    await settled(page);
}

look('a day chosen in the dialog is seen as it was known at its end, in violet, with what differs and its record', {}, async (page) => {
    await open(page, '/');
    const liveGround = await page.locator('section.time').evaluate((bar) => getComputedStyle(bar).backgroundColor);
    await page.keyboard.press('t');
    const dialog = page.locator('dialog.dialog-time');
    await dialog.locator('.day-field').fill('2020-08-11');
    assert.equal(await dialog.locator('input[name=known]:checked').getAttribute('value'), 'end', 'the honest default');
    await dialog.locator('.what-differs', { hasText: '回看与现在不同' }).waitFor();
    assert.match(bare(await dialog.locator('.what-differs').innerText()), /当时所知未核实；现在所知/);
    await dialog.getByRole('button', { name: '查看' }).click();
    await untilDay(page, '2020-08-11');
    assert.match(page.url(), /at=2020-08-11/);
    const bar = page.locator('section.time');
    const [ground, band] = await bar.evaluate((node) => [getComputedStyle(node).backgroundColor, node.className]);
    assert.notEqual(ground, liveGround, 'the bar changes its colour');
    const [r, g, b] = ground.match(/\d+/g).map(Number);
    assert.ok(b > r && r > g, `${ground} is violet`);
    assert.match(band, /time-past/);
    assert.match(bare(await bar.innerText()), /回看.*2020-08-11.*当时所知/);
    assert.match(await enterprises(page), /^企事业99\.07%–99\.98%覆盖99\.09%/);
    const asked = ['--at', '2020-08-11'];
    const count = county.ask(...asked, 'summary').zeros.counts.find((one) => one.group === 'ENTERPRISE' && one.zero === 'ACCIDENT');
    assert.deepEqual([count.lower.text, count.upper.text, count.coverage.text, count.unverified], ['99.07', '99.98', '99.09', 40]);
    const notice = page.locator('main .notice-past');
    const [, told] = /共 ?(\d+) ?处不同/.exec(await notice.innerText());
    const { total } = await (await page.request.get('/v1/difference?at=2020-08-11&known=end&limit=1')).json();
    assert.equal(Number(told), total);
    const record = notice.locator('a[href*="/events/"]').first();
    const position = numberOf((await record.innerText()).replace('#', ''));
    await record.click();
    await page.locator('.event-proof').waitFor();
    assert.equal(/\/events\/(\d+)/.exec(page.url())[1], `${position}`);
    const whole = JSON.parse(county.ctlAs('leader', '--json', 'replay', '--from', `${position}`, '--to', `${position}`).trim());
    assert.ok(whole.recordedAt > '2020-08-11T16', 'recorded after the end of the day');
});

look('forty units of accidents are what became known later', {}, async (page) => {
    await page.goto('/units?at=2020-08-11&zero=ACCIDENT&state=unverified');
    await page.waitForFunction(() => /有 ?40 ?个符合/.test(document.querySelector('.tree-count')?.innerText ?? ''));
    await page.goto('/units?at=2020-08-11&known=now&zero=ACCIDENT&state=unverified');
    await page.getByText('这里的空是筛选的结果，不是零。').waitFor();
});

look('as known now the same day is covered in full; a position is as it was known there', {}, async (page) => {
    await open(page, '/');
    const { position } = county.ask('--at', '2020-08-11', '--known', '2020-08-11T12:00:00+08:00', 'summary');
    for (const [pick, known, words] of [['now', null, /^企事业99\.98%覆盖100%/], ['position', position, null]]) {
        await page.keyboard.press('t');
        const dialog = page.locator('dialog.dialog-time');
        await dialog.locator('.day-field').fill('2020-08-11');
        await dialog.locator(`input[name=known][value=${pick}]`).check();
        if (known) await dialog.getByLabel('位置', { exact: true }).last().fill(known);
        await dialog.getByRole('button', { name: '查看' }).click();
        await page.waitForURL(new RegExp(`known=${known ?? 'now'}`));
        await untilDay(page, '2020-08-11');
        await page.waitForFunction(() => !document.querySelector('main .stale'));
        if (words) assert.match(await enterprises(page), words);
        if (!known) continue;
        const { zeros } = county.ask('--at', '2020-08-11', '--known', known, 'summary');
        const count = zeros.counts.find((one) => one.group === 'ENTERPRISE' && one.zero === 'ACCIDENT');
        const plain = (text) => `${text.replace(/^(0|100)\.0+$/, '$1')}%`;
        const interval = !count.unverified ? plain(count.lower.text) : `${plain(count.lower.text)}–${plain(count.upper.text)}`;
        assert.ok((await enterprises(page)).startsWith(`企事业${interval}覆盖${plain(count.coverage.text)}`), await enterprises(page));
        assert.match(bare(await page.locator('section.time').innerText()), new RegExp(`#${known}`));
    }
});

look('keys: [ and ] step by days, Esc does not leave the look-back, L does', {}, async (page) => {
    await open(page, '/?at=2020-08-19');
    await page.keyboard.press('[');
    await untilDay(page, '2020-08-18');
    await page.keyboard.press('[');
    await untilDay(page, '2020-08-17');
    await page.keyboard.press(']');
    await untilDay(page, '2020-08-18');
    await page.keyboard.press('Escape');
    await settled(page);
    assert.match(page.url(), /at=2020-08-18/);
    assert.match(await page.locator('section.time').innerText(), /回看/);
    await page.keyboard.press('l');
    await page.locator('section.time .live-text', { hasText: '实时' }).waitFor();
    assert.doesNotMatch(page.url(), /at=|known=/);
});

look('a copied link opens the same view for somebody else', {}, async (page) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await open(page, '/');
    await page.getByRole('button', { name: '复制链接' }).click();
    await page.locator('.copy').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(link, /at=2021-02-03/);
    assert.match(link, /known=\d+/);
    const seen = await doorsText(page);
    county.publish('safety', { unit: '140322102217', occurredAt: '2021-02-03T08:30:00+08:00', hazardFound: { hazard: 'WEB-LINK-1', category: 'FIRE', grade: 'GENERAL' } });
    await page.waitForFunction((before) => document.querySelector('main a[data-figure="hazards.found"]').textContent !== before,
        seen.find((text) => text.startsWith('hazards.found ')).split(' ').slice(1).join(' '));
    const browser = await openBrowser();
    try {
        const other = await openPage(browser, county);
        await open(other, link);
        assert.deepEqual((await doorsText(other)).filter((text) => !text.startsWith('changes.')), seen.filter((text) => !text.startsWith('changes.')), 'what was seen, not what came after');
        assert.match(await other.locator('section.time').innerText(), /回看/);
        assert.deepEqual(other.wrong, []);
    } finally {
        await browser.close();
    }
});

look('no figure of now enters a look-back', {}, async (page) => {
    const other = await openPage(page.context().browser(), county);
    await open(other, '/');
    const live = await other.locator('main a[data-figure="hazards.found"]').first().innerText();
    await open(page, '/?at=2020-08-19');
    const [before, bar] = [await page.locator('main').innerText(), await page.locator('section.time').innerText()];
    county.publish('safety', { unit: '140322102217', occurredAt: '2021-02-03T08:40:00+08:00', hazardFound: { hazard: 'WEB-NOW-1', category: 'FIRE', grade: 'GENERAL' } });
    await other.waitForFunction((text) => document.querySelector('main a[data-figure="hazards.found"]').innerText !== text, live);
    await other.context().close();
    await page.keyboard.press('Escape');
    await settled(page);
    assert.equal(await page.locator('main').innerText(), before);
    assert.equal(await page.locator('section.time').innerText(), bar);
    await page.getByRole('button', { name: '回到实时' }).click();
    await page.locator('section.time .live-text', { hasText: '实时' }).waitFor();
});
