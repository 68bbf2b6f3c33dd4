/* The page of zero reports for whoever reads or taps otherwise: sizes, contrasts, names, keyboard, large letters; a county
 * of 4,707 units; and its weight. */
import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as attest from './testing/attest.mjs';
import { lookingAt, openBrowser, openPage } from './testing/browser.mjs';
import { PHONE } from './testing/desk.mjs';
import { hardToPress, overflowing, weakTexts } from './testing/screen.mjs';

class Wide extends attest.Office {
    static villages = 4707;
}

const office = await Wide.open();
const look = lookingAt(office);
const KB = 1024;

/* Every screen, one after the other, without confirming anything: `see(name)` is called on each. */
async function walk(page, see) {
    await page.goto('/attest/');
    await page.getByText('还没有口令').click();
    await see('login');
    await attest.enter(page, office);
    await page.locator('[data-period]').first().waitFor();
    await see('due');
    await attest.openPeriod(page);
    await page.getByText('只核报一部分').click();
    await see('period');
    await page.locator('input[value=UNIT_STATEMENT]').check();
    await page.locator('#role').fill('张三');
    await see('unit statement, a name');
    await attest.fill(page);
    await attest.askToConfirm(page);
    await see('dialog');
    await page.keyboard.press('Escape');
    await page.goto('/attest/#/sent');
    await page.locator('main[data-screen=sent]').waitFor();
    await see('confirmed');
}

for (const [device, options] of [['phone', PHONE], ['desk', { size: [1280, 900], account: null }]])
    for (const dark of [false, true])
        look(`every screen is read, named and pressed (${device}, ${dark ? 'dark' : 'light'})`, { ...options, dark }, async (page) => {
            await walk(page, async (name) => {
                assert.deepEqual(await page.evaluate(weakTexts), [], name);
                assert.deepEqual(await hardToPress(page), [], name);
                assert.deepEqual(await overflowing(page), [], name);
                const levels = await page.evaluate(() => [...document.querySelectorAll('h1, h2')].map((one) => Number(one.tagName[1])));
                assert.equal(levels.filter((level) => level === 1).length, 1, `${name}: ${levels}`);
                assert.equal(levels[0], 1, name);
            });
        });

test('letters twice as large, and a narrow phone, stay on the screen', async () => {
    const browser = await openBrowser('defaultFontSize=32');
    try {
        const page = await openPage(browser, office, { ...PHONE, size: [360, 740] });
        const wrong = [];
        await walk(page, async (name) => {
            const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            if (over > 0) wrong.push(`${name}: ${over} px wider than the screen`);
        });
        assert.deepEqual([...wrong, ...page.wrong], []);
    } finally {
        await browser.close();
    }
});

look('thousands of units are looked through, page by page and by name', PHONE, async (page) => {
    await attest.enter(page, office);
    await attest.openPeriod(page);
    await page.getByRole('heading', { name: '所包含的 4706 个单位' }).waitFor();
    const rows = page.locator('[aria-labelledby=covered] .unit');
    assert.equal(await rows.count(), 50, 'no more than can be read stands in the page');
    await page.getByText('1 / 95').waitFor();
    await page.getByRole('button', { name: '下一页' }).click();
    await page.getByText('2 / 95').waitFor();
    await page.locator('#search').fill('示范4707');
    await page.getByText('找到 1 个（确认仍包含全部 4706 个）').waitFor();
    assert.match(await rows.innerText(), /示范4707村 140322125330/);
});

look('a period is confirmed with the keyboard alone, and a reader hears what became of it', { ...PHONE, hasTouch: false, isMobile: false }, async (page) => {
    await attest.enter(page, office);
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    await page.locator('[data-period]').first().waitFor();
    assert.match(await focused(), /待核报/, 'a new screen has the focus at its heading');
    const tabTo = async (pattern) => {
        for (let i = 0; i < 80; i++) {
            await page.keyboard.press('Tab');
            const name = await page.evaluate(() => {
                const one = document.activeElement;
                return one === document.body ? '' : `${one.labels?.[0]?.textContent ?? ''} ${one.textContent}`;
            });
            if (pattern.test(name)) return;
        }
        throw new Error(`no way to ${pattern} with the Tab key`);
    };
    await tabTo(/2020-02-01/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '确认 Confirm' }).waitFor();
    await tabTo(/查台账/);
    await page.keyboard.press('Space');
    await tabTo(/岗位代码/);
    await page.keyboard.type('duty_officer');
    await tabTo(/确无案件/);
    await page.keyboard.press('Space');
    await tabTo(/^ *确认 Confirm/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await tabTo(/确认核报/);
    await page.keyboard.press('Enter');
    await attest.recorded(page);
    assert.match(await page.getByRole('status').innerText(), /已登记.*共 5 条/s);
    const events = office.attested();
    assert.deepEqual(events.map(({ units }) => units.length), [1000, 1000, 1000, 1000, 706]);
    const units = events.flatMap((event) => event.units);
    assert.equal(new Set(units).size, 4706);
    assert.ok(!units.includes(attest.VILLAGE));
});

test('the page is light', () => {
    const folder = join(process.env.SANLING_ATTEST, 'assets');
    const size = readdirSync(folder).filter((name) => name.endsWith('.gz')).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    console.log(`${(size / KB).toFixed(1)} KB of 30`);
    assert.ok(size > 0 && size <= 30 * KB, `${size}`);
});
