/* 总览: what stands there is what the hub says; silence is never drawn or counted as zero. */
import assert from 'node:assert/strict';
import { lookingAt, settled } from './testing/browser.mjs';
import { COUNTY, County } from './testing/county.mjs';
import { barsOf, doorsOf, numberOf, overflowing } from './testing/screen.mjs';

const county = await County.open();
const look = lookingAt(county);
const DAY = '2020-08-19';
/* Pixels, but for what the browser's layout rounds away. */
const LEAST = { zero: 1, unverified: 4.9, broken: 3.9 };
const SIZES = [[390, 844], [1280, 900], [1920, 1080]];

async function open(page, path) {
    await page.goto(path);
    await page.locator('main .interval').first().waitFor();
    await settled(page);
}

for (const [when, path, words] of [['now', '/', []], [`on ${DAY}`, `/?at=${DAY}`, ['--at', DAY]]])
    look(`every figure of the overview is the hub's (${when})`, {}, async (page) => {
        await open(page, path);
        const doors = await doorsOf(page);
        assert.ok(doors.length > 60, `${doors.length} figures`);
        const told = new Map();
        for (const { figure, unit, text } of doors) {
            const key = `${figure} ${unit}`;
            if (!told.has(key)) told.set(key, Number(county.ask(...words, 'figure', figure, unit || COUNTY).total ?? 0));
            assert.equal(numberOf(text), told.get(key), `${key}: “${text}”`);
        }
    });

look('both bounds, the coverage and the three counts stand together, as the hub rounds them', {}, async (page) => {
    await open(page, `/?at=${DAY}`);
    const { counts } = county.ask('--at', DAY, 'summary').zeros;
    const joint = counts.find((count) => !count.zero && !count.group);
    const card = page.locator('main section', { hasText: '三项皆零' }).first();
    const text = (await card.innerText()).replace(/\s/g, '');
    assert.match(text, new RegExp(`${joint.lower.text}%[–-]${joint.upper.text}%覆盖${joint.coverage.text}%`));
    for (const [word, number] of [['三项皆零', joint.zeroUnits], ['未核实', joint.unverified], ['破零', joint.broken]])
        assert.match(text, new RegExp(`${word}${number}`));
    assert.match(text, /未报不等于零/);
});

for (const size of SIZES)
    look(`no rate stands without its coverage (${size[0]} px)`, { size }, async (page) => {
        for (const path of [`/?at=${DAY}`, '/']) {
            await open(page, path);
            const alone = await page.evaluate(() => [...document.querySelectorAll('.interval')].filter((rate) => {
                const piece = rate.closest('p, div, header, td, li');
                return !/覆盖/.test(piece.textContent) || rate.getBoundingClientRect().width === 0;
            }).map((rate) => rate.parentElement.outerHTML));
            assert.deepEqual(alone, []);
        }
    });

look('where nothing was reported it says so, and draws no zero', {}, async (page) => {
    await open(page, '/');
    const joint = county.ask('summary').zeros.counts.find((count) => !count.zero && !count.group);
    assert.equal(joint.unverified, joint.total, 'nobody attested in 2021');
    assert.equal(await page.locator('main .interval').first().innerText(), '尚不知道');
    for (const bar of await barsOf(page, '.joint-status')) assert.deepEqual(bar.parts.map((one) => one.part), ['unverified']);
});

for (const size of SIZES)
    look(`a single silent or broken unit is seen in every bar (${size[0]} px)`, { size }, async (page) => {
        await open(page, `/?at=${DAY}`);
        const bars = await barsOf(page);
        assert.ok(bars.length >= 7, `${bars.length} bars`);
        for (const { label, parts } of bars)
            for (const { part, width } of parts)
                assert.ok(width >= LEAST[part], `${label}: ${part} is ${width} px wide`);
        const [lens] = bars.filter((bar) => bar.parts.length > 3 || /零 4 ?418/.test(bar.label.replaceAll('\u2009', ' ')));
        assert.ok(lens.parts.some((one) => one.part === 'broken'), 'one broken of 4,419 is drawn');
    });

look('at 80 pixels a bar still shows one silent and one broken unit among thousands', {}, async (page) => {
    await open(page, '/?at=2020-08-11&known=2020-08-11T12:00:00%2B08:00');
    const bar = page.locator('.bar', { has: page.locator('svg[aria-label*="破零 1，共 4"]') }).first();
    await bar.evaluate((box) => { box.style.width = '80px'; });
    /* Drawn for the width before, it is squeezed as a whole until its measuring comes round; the view box tells which. */
    await page.waitForFunction((box) => box.querySelector('svg').viewBox.baseVal.width === 80, await bar.elementHandle());
    const [drawn] = (await barsOf(page)).filter((one) => Math.abs(one.width - 80) < 1);
    for (const { part, width } of drawn.parts)
        assert.ok(width >= LEAST[part], `${part} is ${width} px wide`);
    assert.ok(drawn.parts.some((one) => one.part === 'unverified') && drawn.parts.some((one) => one.part === 'broken'));
});

look('the states differ in shape and word, not in colour alone', {}, async (page) => {
    await open(page, `/?at=${DAY}`);
    const shapes = await page.evaluate(() => ['zero', 'unverified', 'broken'].map((state) =>
        document.querySelector(`main .mark-${state}`).firstElementChild.outerHTML));
    assert.equal(new Set(shapes).size, 3, shapes.join('\n'));
    const dots = await page.evaluate(() => [...document.querySelectorAll('main .joint-status .mark, main .zero-card .mark')]
        .filter((mark) => !/零|核实/.test(mark.parentElement.textContent)).length);
    assert.equal(dots, 0, 'each mark has its word beside it');
});

look('the oldest overdue matters stand first', {}, async (page) => {
    await open(page, `/?at=${DAY}`);
    const days = await page.locator('section', { hasText: '最久逾期事项' }).locator('tbody tr').allInnerTexts();
    assert.ok(days.length > 0);
    const late = days.map((row) => numberOf(/逾期 ?([\d\u2009]+)/.exec(row)?.[1] ?? '-1'));
    assert.deepEqual(late, [...late].sort((a, b) => b - a));
    assert.match(days[0], new RegExp(county.story('overdue')));
});

look('each office stands there with the position at which it was last heard', {}, async (page) => {
    await open(page, `/?at=${DAY}`);
    const rows = await page.locator('section', { hasText: '各部门最近上报' }).locator('tbody tr').allInnerTexts();
    const shown = rows.map((row) => numberOf(/#([\d\u2009\u202f ]+)/.exec(row)?.[1] ?? 'none'));
    for (const { position } of county.ask('--at', DAY, 'summary').freshness.filter((one) => one.position))
        assert.ok(shown.includes(Number(position)), `${position} of ${rows.join(' | ')}`);
});

for (const lang of ['zh', 'en'])
    for (const size of SIZES)
        look(`nothing runs over the screen (${lang}, ${size[0]} px)`, { size }, async (page) => {
            await open(page, `/?at=${DAY}&lang=${lang}`);
            assert.deepEqual(await overflowing(page), []);
        });

for (const [zoom, size] of [[2, [640, 450]], [4, [320, 225]]])
    look(`magnified ${zoom} times it fits`, { size, deviceScaleFactor: zoom }, async (page) => {
        await open(page, `/?at=${DAY}`);
        assert.deepEqual(await overflowing(page), []);
    });

look('on the wall there is neither search nor button', { size: [1920, 1080] }, async (page) => {
    await open(page, `/?wall=1&at=${DAY}`);
    assert.equal(await page.locator('#search').isVisible(), false);
});
