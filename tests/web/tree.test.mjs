/* The state map and the tree: dots, sentences and sums as the hub has them, rows that are virtual and say so. */
import assert from 'node:assert/strict';
import { lookingAt, settled } from './testing/browser.mjs';
import { COUNTY, County, TOWN } from './testing/county.mjs';
import { numberOf } from './testing/screen.mjs';

const county = await County.open();
const look = lookingAt(county);
const DAY = '2020-08-19';
const rows = (page) => page.locator('[role=treegrid] .tree-row');
const bare = (text) => text.replace(/[\s\u2009]/g, '');

async function openTree(page, keys = '') {
    await page.goto(`/units?at=${DAY}${keys}`);
    await rows(page).first().waitFor();
    await settled(page);
}

let towns;
const statuses = () => (towns ??= county.ask('--at', DAY, 'status', COUNTY, '--depth', '1').units);
const countOf = (status, zero, group) => status.below.counts.find((count) => (count.zero ?? '') === zero && (count.group ?? '') === group) ?? {};

/* The rows in the order of the screen, with what they say to a screen reader. */
const readRows = (page) => rows(page).evaluateAll((all) => all.map((row) => ({
    name: row.querySelector('.tree-name a').innerText, code: row.querySelector('.tree-code').innerText, level: row.ariaLevel,
    index: Number(row.getAttribute('aria-rowindex')), place: Number(row.getAttribute('aria-posinset')), of: Number(row.getAttribute('aria-setsize')),
    zeros: [...row.querySelectorAll('.tree-zero')].map((cell) => cell.getAttribute('aria-label') ?? cell.innerText), top: row.getBoundingClientRect().top, text: row.innerText,
})).sort((a, b) => a.index - b.index));

look('the map has a dot for each village, in the state that the hub says, and a sentence for each', {}, async (page) => {
    await openTree(page);
    for (const zero of ['', 'PETITION', 'ACCIDENT', 'CASE']) {
        const name = { '': '联合', PETITION: '零上访', ACCIDENT: '零事故', CASE: '零案件' }[zero];
        await page.locator('.map-tools .switch').getByRole('button', { name, exact: true }).click();
        await page.locator('.map-tools .switch [aria-pressed=true]', { hasText: name }).waitFor();
        await settled(page);
        const map = await page.locator('.map-town').evaluateAll((all) => all.map((town) => ({
            code: town.dataset.code, dots: [...town.querySelectorAll('[data-dot]')].map((dot) => ({
                mark: dot.querySelector('svg').getAttribute('class'), label: dot.getAttribute('aria-label'), width: dot.getBoundingClientRect().width })),
        })));
        let dots = 0;
        for (const town of map) {
            const count = countOf(statuses().find((status) => status.unit === town.code), zero, 'AREA');
            const marked = (state) => town.dots.filter((dot) => dot.mark.includes(`mark-${state}`)).length;
            assert.deepEqual([marked('zero'), marked('unverified'), marked('broken')], [count.zeroUnits ?? 0, count.unverified ?? 0, count.broken ?? 0], `${town.code} ${zero}`);
            for (const { label, mark, width } of town.dots) {
                assert.match(label, new RegExp(mark.includes('unverified') ? '未核实' : mark.includes('broken') ? '破零' : '零'), label);
                assert.ok(width >= 8, `${width} px`);
            }
            dots += town.dots.length;
        }
        assert.equal(dots, 288, `${name}: every village and community`);
    }
    assert.equal(await page.locator('.map-town [tabindex="0"][data-dot]').count(), await page.locator('.map-town [role=grid]').count(), 'one tab stop a town');
});

look('the arrows go from dot to dot, and Enter opens the village', {}, async (page) => {
    await openTree(page);
    const dots = page.locator(`.map-town[data-code="${TOWN}"] [data-dot]`);
    await dots.first().focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowLeft');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.dot), '1');
    const sentence = await page.evaluate(() => document.activeElement.getAttribute('aria-label'));
    assert.equal(await page.locator('.map-reading').innerText(), sentence);
    await page.keyboard.press('Enter');
    await page.locator('main h1').waitFor();
    assert.ok(sentence.startsWith(await page.locator('main h1').innerText()), sentence);
});

look('the sums of each town are those of the hub, the lowest coverage first', {}, async (page) => {
    await openTree(page);
    const read = await readRows(page);
    assert.equal(read.length, statuses().length);
    for (const row of read) {
        const status = statuses().find((one) => one.unit === row.code);
        ['PETITION', 'ACCIDENT', 'CASE'].forEach((zero, i) => {
            const count = countOf(status, zero, '');
            assert.match(bare(row.zeros[i]), new RegExp(`零${count.zeroUnits ?? 0}，未核实${count.unverified ?? 0}，破零${count.broken ?? 0}$`), `${row.code} ${zero}`);
        });
    }
    const covered = read.slice(1).map((row) => countOf(statuses().find((one) => one.unit === row.code), '', ''));
    covered.slice(1).forEach((count, i) => assert.ok(
        (covered[i].total - (covered[i].unverified ?? 0)) * count.total <= (count.total - (count.unverified ?? 0)) * covered[i].total, 'by lowest coverage'));
    await page.getByLabel(/排序/).selectOption('code');
    await page.waitForURL(/sort=code/);
    await page.waitForFunction(() => {
        const codes = [...document.querySelectorAll('.tree-row')].sort((a, b) => a.getAttribute('aria-rowindex') - b.getAttribute('aria-rowindex')).slice(1).map((row) => row.querySelector('.tree-code').innerText);
        return codes.every((code, i) => i === 0 || codes[i - 1] < code);
    });
});

look('of thousands of rows at most sixty are in the document, and each says its place among all', {}, async (page) => {
    await page.goto('/units?state=silent');
    await rows(page).first().waitFor();
    await settled(page);
    const { total } = county.ask('attention', 'silent');
    assert.ok(total > 4000);
    const grid = page.locator('[role=treegrid]');
    assert.match(bare(await page.locator('.tree-count').innerText()), new RegExp(`有${total}个符合`));
    const all = Number(await grid.getAttribute('aria-rowcount')) - 1;
    assert.ok(all >= total, `${all} rows`);
    for (const part of [0, 0.5, 1]) {
        await page.evaluate((to) => scrollTo(0, document.documentElement.scrollHeight * to), part);
        await page.waitForFunction(() => [...document.querySelectorAll('.tree-row')].some((row) => { const { top } = row.getBoundingClientRect(); return top > 0 && top < innerHeight; }));
        await settled(page);
        const read = await readRows(page);
        assert.ok(read.length <= 60, `${read.length} rows in the document`);
        for (const row of read) {
            assert.ok(row.index >= 2 && row.index <= all + 1, `row ${row.index} of ${all}`);
            assert.ok(row.place >= 1 && row.place <= row.of, `${row.place} of ${row.of}`);
        }
    }
});

look('filters: gaps, broken, silent and the kind leave what the hub counts', {}, async (page) => {
    await openTree(page);
    const joint = countOf(statuses()[0], '', '');
    const matched = (count) => page.waitForFunction((wanted) => new RegExp(`有${wanted}个符合`).test(document.querySelector('.tree-count').innerText.replace(/[\s\u2009]/g, '')), count);
    const states = page.locator('.card-tree .switch').first();
    await states.getByRole('button', { name: '破零', exact: true }).click();
    await matched(joint.broken);
    await page.locator('.card-tree select').first().selectOption('AREA');
    await matched(countOf(statuses()[0], '', 'AREA').broken);
    await page.locator('.card-tree select').first().selectOption('ENTERPRISES');
    await matched(countOf(statuses()[0], '', 'ENTERPRISE').broken);
    await page.locator('.card-tree select').first().selectOption('');
    await states.getByRole('button', { name: '有缺口', exact: true }).click();
    const { units } = county.ask('--at', DAY, 'status', COUNTY, '--depth', '9');
    await matched(units.filter((unit) => unit.zeros?.some((zero) => zero.gaps?.length > 0)).length);
});

look("a village's row has its three streaks in days, found by name and by code", {}, async (page) => {
    const status = county.ask('--at', DAY, 'status', '140322102217').units[0];
    for (const text of ['示范63村', '140322102217']) {
        await openTree(page);
        await page.getByPlaceholder('按名称或代码筛选').fill(text);
        const row = page.locator('.tree-row', { has: page.locator('.tree-code', { hasText: '140322102217' }) });
        await row.waitFor();
        const days = (await row.locator('.tree-days').allInnerTexts()).map(numberOf);
        assert.deepEqual(days, status.zeros.map((zero) => zero.streakDays), text);
    }
});
