/* Units: the map, the tree, a unit's days; figures that open their events, and events that open their record. */
import assert from 'node:assert/strict';
import { lookingAt, settled } from './testing/browser.mjs';
import { COUNTY, County } from './testing/county.mjs';
import { numberOf } from './testing/screen.mjs';

const county = await County.open();
const look = lookingAt(county);
const DAY = '2020-08-19';
const rows = (page) => page.locator('[role=treegrid] [role=rowgroup] [role=row]');

async function openTree(page, path = `/units?at=${DAY}`) {
    await page.goto(path);
    await rows(page).first().waitFor();
    await settled(page);
}

look('the tree opens town by town, and is held by its keys', {}, async (page) => {
    await openTree(page);
    const towns = county.ask('--at', DAY, 'status', COUNTY, '--depth', '1').units.length - 1;
    assert.equal(await page.locator('[role=treegrid] [aria-level="2"]').count(), towns);
    const town = page.locator('[role=treegrid] [aria-level="2"]').first();
    await town.focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.querySelectorAll('[role=treegrid] [aria-level="3"]').length > 3);
    assert.equal(await town.getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('ArrowLeft');
    await page.waitForFunction(() => document.querySelectorAll('[role=treegrid] [aria-level="3"]').length === 0);
});

look('broken units are as many as the hub counts', {}, async (page) => {
    await openTree(page);
    await page.getByRole('button', { name: '破零', exact: true }).click();
    const joint = county.ask('--at', DAY, 'summary').zeros.counts.find((count) => !count.zero && !count.group);
    await page.waitForFunction((count) => new RegExp(`(^|\\D)${count}(\\D|$)`).test(document.querySelector('.tree-count').innerText), joint.broken);
});

look('a name typed leaves the units of that name, nothing typed leaves an empty list that is no zero', {}, async (page) => {
    await openTree(page);
    const filter = page.getByPlaceholder('按名称或代码筛选');
    await filter.fill('示范63村');
    await page.waitForFunction(() => [...document.querySelectorAll('[role=treegrid] [role=row]')].some((row) => /示范63村/.test(row.innerText)));
    await filter.fill('没有这样的名称');
    await page.getByText('不是零').first().waitFor();
});

look('search finds a unit by its code and opens it', {}, async (page) => {
    await openTree(page);
    await page.keyboard.press('/');
    await page.keyboard.type('140322102217');
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/units\/140322102217/);
    await page.locator('main h1', { hasText: '示范63村' }).waitFor();
});

look("a unit shows its three streaks and why, as the hub's days say", {}, async (page) => {
    await page.goto(`/units/140322102217?at=${DAY}`);
    await page.getByText('逐日状态').waitFor();
    await settled(page);
    const text = (await page.locator('main').innerText()).replace(/\s/g, '');
    for (const zero of ['零上访', '零事故', '零案件']) assert.match(text, new RegExp(zero));
    assert.match(text, /破零/);
    assert.ok(text.includes(`#${county.ask('--at', DAY, 'figure', 'zeros.CASE.broken', '140322102217').rows[0].position}`), 'the record that broke it');
    await page.getByRole('button', { name: '数据表' }).first().click();
    await page.locator('.card-strip table').waitFor();
});

look('a figure opens its events, an event its record, Esc leads back to the figure', {}, async (page) => {
    await page.goto(`/?at=${DAY}`);
    const door = page.locator('main a[data-figure="hazards.struck_off"]').first();
    await door.click();
    const drawer = page.getByRole('dialog', { name: /形成此数的事件/ });
    await drawer.locator('.event-row').first().waitFor();
    const figure = county.ask('--at', DAY, 'figure', 'hazards.struck_off');
    assert.equal(numberOf(await drawer.locator('.drawer-figure b').innerText()), Number(figure.total));
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.dataset.figure), 'hazards.struck_off');
    await door.click();
    await drawer.locator('.event-row a').first().click();
    await page.waitForURL(/\/events\/\d+/);
    const position = /events\/(\d+)/.exec(page.url())[1];
    assert.equal(position, figure.rows[0].position);
    const record = JSON.parse(county.ctlAs('leader', '--json', 'replay', '--from', position, '--to', position).trim());
    await page.locator('main', { hasText: record.event.unit }).waitFor();
    const text = await page.locator('main').innerText();
    for (const part of [record.event.source, record.publisher.identity]) assert.ok(text.includes(part), part);
});
