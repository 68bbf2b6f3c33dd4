/* To take along: the table in view as CSV and .xlsx, the page on paper, everything by keyboard alone. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { lookingAt, settled } from './testing/browser.mjs';
import { County, PASSWORD } from './testing/county.mjs';
import { readCsv, readPdf, readXlsx } from './testing/files.mjs';
import { weakTexts } from './testing/screen.mjs';

const county = await County.open();
const look = lookingAt(county);
const DAY = '2020-08-19';

for (const [format, read] of [['csv', readCsv], ['xlsx', readXlsx]])
    look(`the overview is taken along as .${format}, with its bounds apart and its moment first`, {}, async (page) => {
        await page.goto(`/units?at=${DAY}`);
        await page.locator('[role=treegrid] [role=row]').nth(2).waitFor();
        const [download] = await Promise.all([page.waitForEvent('download'),
            page.locator('main .card-tree').getByRole('link', { name: `.${format}` }).click()]);
        const file = join(county.folder, `taken.${format}`);
        await download.saveAs(file);
        assert.match(download.suggestedFilename(), /[\u4e00-\u9fff].*2020-08-19/);
        const rows = read(file);
        const head = rows.slice(0, 14).flat().join(' ');
        for (const word of [DAY, '24447', 'yuxian-2020-1', '未报不等于零']) assert.ok(head.includes(word), `${word} in ${head}`);
        const unit = rows.find((row) => row.includes('140322102217'));
        assert.ok(unit, 'a village that the county has');
        assert.ok(rows.some((row) => row.includes('UNVERIFIED')) || unit.includes('BROKEN'), 'the state as a code');
    });

look('on paper it is two sheets, each with its moment and what silence means', {}, async (page) => {
    await page.goto(`/?at=${DAY}`);
    await page.locator('main .interval').first().waitFor();
    await settled(page);
    const file = join(county.folder, 'page.pdf');
    await page.pdf({ path: file, preferCSSPageSize: true, format: 'A4', printBackground: false });
    const { pages, sheets } = readPdf(file);
    assert.equal(pages, 2);
    for (const sheet of sheets) {
        assert.match(sheet, /2020-08-19/);
        assert.match(sheet, /未报不等于零/);
    }
});

look('from the login to a record with the keyboard alone', { account: null }, async (page) => {
    await page.goto(`/?at=${DAY}`);
    await page.locator('#account').waitFor();
    for (let tab = 0; tab < 8 && !await page.evaluate(() => document.activeElement.id === 'account'); tab++) await page.keyboard.press('Tab');
    await page.keyboard.type('leader');
    await page.keyboard.press('Tab');
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.locator('main .interval').first().waitFor();
    await settled(page);
    const on = () => page.evaluate(() => document.activeElement.dataset?.figure ?? '');
    for (let tab = 0; tab < 60 && await on() !== 'zeros.JOINT.broken'; tab++) await page.keyboard.press('Tab');
    assert.equal(await on(), 'zeros.JOINT.broken');
    assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', 'the focus is seen');
    await page.keyboard.press('Enter');
    await page.locator('.drawer .event-row').first().waitFor();
    for (let tab = 0; tab < 30 && !/\/events\//.test(await page.evaluate(() => document.activeElement.href ?? '')); tab++)
        await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/events\/\d+/);
});

look('controls and figures have names, regions their landmarks', {}, async (page) => {
    for (const path of [`/?at=${DAY}`, `/units?at=${DAY}`, `/in-hand/petitions?at=${DAY}`]) {
        await page.goto(path);
        await page.locator('main .card').first().waitFor();
        await settled(page);
        const nameless = await page.evaluate(() => [...document.querySelectorAll('a, button, input, select, [role=grid], [role=treegrid], svg[role=img], canvas[role=img]')]
            .filter((element) => element.getClientRects().length > 0 && !element.closest('[aria-hidden=true]'))
            .filter((element) => !(element.getAttribute('aria-label') || element.textContent.trim() || element.labels?.length || element.placeholder))
            .map((element) => element.outerHTML.slice(0, 120)));
        assert.deepEqual(nameless, []);
        for (const role of ['banner', 'main']) assert.equal(await page.getByRole(role).count(), 1, `${role} of ${path}`);
    }
});

for (const dark of [false, true])
    look(`every text has a contrast of 4.5 (${dark ? 'dark' : 'light'})`, { dark }, async (page) => {
        for (const path of [`/?at=${DAY}`, '/', `/units?at=${DAY}`, '/units/140322102217']) {
            await page.goto(path);
            await page.locator('main .card').first().waitFor();
            await settled(page);
            assert.deepEqual(await page.evaluate(weakTexts), [], path);
        }
    });

look('with the colours of the system the shapes stay', { forcedColors: 'active' }, async (page) => {
    await page.goto(`/?at=${DAY}`);
    await page.locator('main .interval').first().waitFor();
    for (const state of ['zero', 'unverified', 'broken']) assert.ok(await page.locator(`main .mark-${state}`).first().isVisible(), state);
});
