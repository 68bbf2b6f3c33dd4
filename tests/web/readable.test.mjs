/* For whoever reads otherwise: larger letters, another language on a small screen, a screen reader, colours of one's own. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lookingAt, openBrowser, openPage, settled } from './testing/browser.mjs';
import { County } from './testing/county.mjs';
import { overflowing } from './testing/screen.mjs';

const county = await County.open();
const look = lookingAt(county);
const DAY = '2020-08-19';
const VILLAGE = '140322102217';
const VIEWS = [`/?at=${DAY}`, '/', `/units?at=${DAY}`, `/units/${VILLAGE}?at=${DAY}`, `/in-hand/hazards?at=${DAY}`,
    `/in-hand/petitions?at=${DAY}`, `/in-hand/joint?at=${DAY}`, `/trends?at=${DAY}`, `/compare?at=${DAY}`, '/compare/article',
    `/events?at=${DAY}`, '/events/24000', `/lists/unverified?at=${DAY}`, `/lists/overdue?at=${DAY}`, `/?at=${DAY}&why=hazards.found`];

async function open(page, path, lang = 'zh') {
    await page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
    await page.locator('main h1, main .card').first().waitFor();
    await settled(page);
}

look('one heading names each view, and headings skip no level', {}, async (page) => {
    for (const path of VIEWS) {
        await open(page, path);
        const levels = await page.evaluate(() => [...document.querySelectorAll('h1, h2, h3, h4')]
            .filter((one) => one.getClientRects().length > 0 || one.closest('.unseen') || one.classList.contains('unseen'))
            .map((one) => Number(one.tagName[1])));
        assert.equal(levels.filter((level) => level === 1).length, 1, `${path}: ${levels}`);
        const main = await page.evaluate(() => [...document.querySelectorAll('main h1, main h2, main h3, main h4')].map((one) => Number(one.tagName[1])));
        main.forEach((level, i) => assert.ok(level <= (main[i - 1] ?? 0) + 1, `${path}: ${main}`));
    }
});

look('on a phone the English page fits, view by view', { size: [390, 844] }, async (page) => {
    for (const path of VIEWS) {
        await open(page, path, 'en');
        assert.deepEqual(await overflowing(page), [], path);
    }
});

look('in English no Chinese word of the interface is left', {}, async (page) => {
    for (const path of VIEWS) {
        await open(page, path, 'en');
        assert.equal(await page.evaluate(() => document.documentElement.lang), 'en');
        const left = await page.evaluate(() => [...document.querySelectorAll('button, h1, h2, h3, th, dt, label, summary, nav a, [aria-label]')]
            .filter((one) => one.getClientRects().length > 0 && one.lang !== 'zh-CN' && !one.closest('[role=row], [role=img], svg, .brand'))
            .map((one) => one.getAttribute('aria-label') ?? one.textContent)
            .filter((text) => /[\u4e00-\u9fff]/.test(text)));
        const names = /[\u4e00-\u9fff]*(县|乡|镇|村|社区)|示范[^ ]*/g; /* names of units stay what they are */
        assert.deepEqual(left.filter((text) => /[\u4e00-\u9fff]/.test(text.replace(names, ''))), [], path);
    }
});

/* As a reader sets it in the browser, who has no other window for it. */
test('letters twice as large stay on the screen', async () => {
    const browser = await openBrowser('defaultFontSize=32');
    try {
        const page = await openPage(browser, county);
        const wrong = [];
        for (const path of VIEWS) {
            await open(page, path);
            assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).fontSize), '30px', 'twice the page\'s own');
            const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
            if (over > 0) wrong.push(`${path}: ${over} px wider than the screen`);
            const cut = await page.evaluate(() => [...document.querySelectorAll('.tree-row')].filter((row) =>
                [...row.children].some((cell) => cell.getBoundingClientRect().height > row.getBoundingClientRect().height + 1)).length);
            if (cut > 0) wrong.push(`${path}: ${cut} rows are lower than what stands in them`);
        }
        assert.deepEqual([...wrong, ...page.wrong], []);
    } finally {
        await browser.close();
    }
});

look('marks are hidden from readers and have their words beside them; live figures are said politely', {}, async (page) => {
    await open(page, '/');
    assert.equal(await page.locator('[role=status][aria-live=polite]').count(), 1);
    await open(page, `/?at=${DAY}`);
    const bare = await page.evaluate(() => [...document.querySelectorAll('main .mark')].filter((mark) =>
        mark.getClientRects().length > 0 && (mark.closest('[aria-hidden=true]') === null && !mark.getAttribute('aria-label'))).map((one) => one.outerHTML.slice(0, 100)));
    assert.deepEqual(bare, []);
});

look('who wants no motion gets none', {}, async (page) => {
    for (const path of VIEWS.slice(0, 6)) {
        await open(page, path);
        const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running' && one.effect.getComputedTiming().duration > 1).length);
        assert.equal(moving, 0, path);
    }
});

look('states keep their shapes in colours of the system', { forcedColors: 'active' }, async (page) => {
    for (const path of [`/?at=${DAY}`, `/units?at=${DAY}`]) {
        await open(page, path);
        const sizes = await page.evaluate(() => ['zero', 'unverified', 'broken'].map((state) =>
            [...document.querySelectorAll(`main .mark-${state}`)].find((one) => one.getBoundingClientRect().width > 3)?.innerHTML ?? ''));
        assert.ok(sizes.every((one) => one !== ''), path);
        assert.equal(new Set(sizes).size, 3, path);
    }
});
