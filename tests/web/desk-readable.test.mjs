/* The mediation desk for whoever reads or taps otherwise: sizes, contrasts, names, keyboard, large letters; and its
 * weight. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { lookingAt, openBrowser, openPage } from './testing/browser.mjs';
import { agree, allRecorded, bothAgree, enter, explain, openDispute, PHONE, press, Station } from './testing/desk.mjs';
import { hardToPress, overflowing, weakTexts } from './testing/screen.mjs';

const station = await Station.open({ parties: true });
const look = lookingAt(station);
const KB = 1024;

/* Every screen, one after the other: `see(name)` is called on each. */
async function walk(page, see) {
    await page.goto('/desk/');
    await page.locator('#token').waitFor();
    await see('login');
    await enter(page, station);
    await see('list');
    await page.goto('/desk/#/new');
    await page.locator('#unit').fill('示范');
    await page.locator('.hits button').first().waitFor();
    await see('new');
    await page.goto('/desk/#/');
    const code = await openDispute(page);
    await allRecorded(page);
    await see('opened');
    const at = async (screen) => {
        await page.goto(`/desk/#/d/${code}/${screen}`);
        await page.locator(`main[data-screen=${screen.split('/')[0]}] h1`).waitFor();
        await see(screen);
        await page.goto(`/desk/#/d/${code}`);
        await page.locator('main[data-screen=dispute]').waitFor();
    };
    await at('explain');
    await at('end');
    await at('parties');
    await explain(page);
    await see('explained');
    await press(page, '请甲方表态');
    await see('hand over');
    await press(page, '我是甲方');
    await see('choose');
    await page.getByRole('button', { name: /^不同意/ }).click();
    await see('confirm');
    await page.goto(`/desk/#/d/${code}`);
    await bothAgree(page);
    await press(page, '登记调解申请');
    await press(page, '记录第 1 次调解');
    await at('agree');
    await agree(page);
    await allRecorded(page);
    await see('agreed');
}

for (const dark of [false, true])
    look(`every screen is read, named and pressed with a thumb (${dark ? 'dark' : 'light'})`, { ...PHONE, dark }, async (page) => {
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
        const page = await openPage(browser, station, { ...PHONE, size: [360, 740] });
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

look('a dispute is opened with the keyboard alone, and a reader hears where it is', { ...PHONE, hasTouch: false, isMobile: false }, async (page) => {
    await enter(page, station, station.newToken('station-phone-2')); /* of its own: the office tells a phone of no dispute but its post's */
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    assert.match(await focused(), /办理中的纠纷/, 'a new screen has the focus at its heading');
    const tabTo = async (pattern) => {
        for (let i = 0; i < 40; i++) {
            await page.keyboard.press('Tab');
            const name = await page.evaluate(() => {
                const one = document.activeElement;
                if (one === document.body) return '';
                return `${one.labels?.[0]?.textContent ?? ''} ${one.textContent}`;
            });
            if (pattern.test(name)) return;
        }
        throw new Error(`no way to ${pattern} with the Tab key`);
    };
    await tabTo(/登记纠纷/);
    await page.keyboard.press('Enter');
    await page.locator('#unit').waitFor();
    await tabTo(/单位/);
    await page.keyboard.type('17村');
    await tabTo(/示范17村/);
    await page.keyboard.press('Space');
    await tabTo(/类别/);
    await page.locator('#category').selectOption('NEIGHBOUR'); /* how a list is opened differs between systems */
    await tabTo(/来源|警情/);
    await page.keyboard.press('Space');
    await tabTo(/^ *登记 Open it/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: '示范17村' }).waitFor();
    await allRecorded(page);
    assert.match(await page.locator('[role=status]').first().innerText(), /已登记 recorded 2\n/);
});

look('who wants no motion gets none, and shapes stay in colours of the system', { ...PHONE, forcedColors: 'active' }, async (page) => {
    await enter(page, station);
    await openDispute(page);
    const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length);
    assert.equal(moving, 0);
    assert.ok(await page.locator('.stage').isVisible());
});

test('the desk is light: what opens it, and what seals comes apart', () => {
    const folder = join(process.env.SANLING_DESK, 'assets');
    const sizes = Object.fromEntries(readdirSync(folder).filter((name) => name.endsWith('.gz')).map((name) => [name, statSync(join(folder, name)).size]));
    const sealing = Object.keys(sizes).filter((name) => name.startsWith('parties-'));
    const first = Object.entries(sizes).filter(([name]) => !sealing.includes(name)).reduce((sum, [, size]) => sum + size, 0);
    const seal = sealing.reduce((sum, name) => sum + sizes[name], 0);
    console.log(`first ${(first / KB).toFixed(1)} KB of 40, sealing ${(seal / KB).toFixed(1)} KB of 20`);
    assert.ok(first > 0 && first <= 40 * KB, `${first}`);
    assert.ok(seal > 0 && seal <= 20 * KB, `${seal}`);
    for (const name of readdirSync(folder).filter((one) => one.endsWith('.js') && !one.startsWith('parties-')))
        assert.ok(!readFileSync(join(folder, name), 'utf8').includes('poly1305'), name);
});
