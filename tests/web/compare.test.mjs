/* 对照: the article's figures beside the hub's, and two moments side by side. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lookingAt, settled } from './testing/browser.mjs';
import { COUNTY, County, SOURCE } from './testing/county.mjs';
import { numberOf } from './testing/screen.mjs';

const EXPECTED = join(SOURCE, 'deploy/demo/expected.json');
const county = await County.open({ page: `article: ${EXPECTED}\n` });
const look = lookingAt(county);
const DAY = '2020-08-19';
const BEFORE = '2020-08-11T12:00:00+08:00'; // before the forty late reports
const bare = (text) => text.replace(/[\s\u2009]/g, '').replaceAll('−', '-');

const rowsOf = (page, table) => page.locator(`${table} tbody tr`).evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText)));

async function open(page, path) {
    await page.goto(path);
    await page.locator('main table tbody tr').first().waitFor();
    await settled(page);
}

look('every figure of the article stands beside what the hub computes, with the same verdict as the checks', {}, async (page) => {
    await open(page, `/compare/article?at=${DAY}`);
    const rows = await rowsOf(page, 'table.article');
    const published = JSON.parse(readFileSync(EXPECTED, 'utf8')).figures.filter((figure) => figure.article !== undefined);
    assert.equal(rows.length, 27);
    assert.equal(rows.length, published.length);
    rows.forEach(([label, article, computed, verdict, why], i) => {
        const figure = published[i];
        assert.equal(label, figure.zh);
        assert.equal(bare(article), figure.article, label);
        assert.equal(bare(computed), figure.expected, label);
        const wanted = figure.article === figure.expected || Number(figure.article) === Number(figure.expected) ? (figure.why ? '口径不同' : '相同') : '不同';
        assert.equal(verdict.trim(), wanted, label);
        if (wanted !== '相同') assert.ok(why.length > 10, `${label}: why`);
    });
    assert.deepEqual(rows.filter((row) => row[3].trim() === '口径不同').map((row) => bare(row[1])), ['99.4']);
    assert.deepEqual(rows.filter((row) => row[3].trim() === '不同').map((row) => [bare(row[1]), bare(row[2])]), [['+21.5', '+21.4']]);
});

look('a computed figure of the article opens its events', {}, async (page) => {
    await open(page, `/compare/article?at=${DAY}`);
    await page.locator('table.article tr', { hasText: '联网监控' }).locator('a.door').click();
    await page.locator('.drawer .event-row').first().waitFor();
    assert.equal(numberOf(await page.locator('.drawer-figure b').innerText()), 23);
});

look('the verdicts depend on the moment: before the late reports the rate is another', {}, async (page) => {
    await open(page, `/compare/article?at=2020-08-11&known=${encodeURIComponent(BEFORE)}`);
    const rows = await rowsOf(page, 'table.article');
    const rate = rows.find((row) => row[0].startsWith('零事故率') && bare(row[1]) === '99.98');
    assert.notEqual(rate[3].trim(), '相同', rate.join(' | '));
});

/* Both sides of the table are the hub's summaries of the two moments. */
look('two moments: the zeros of both, what differs, and the units behind it', {}, async (page) => {
    await open(page, `/compare?a=2020-08-11@${encodeURIComponent(BEFORE)}&b=2020-08-11@now`);
    await page.locator('.card-sides').waitFor();
    const [a, b] = [BEFORE, 'now'].map((known) => county.ask('--at', '2020-08-11', '--known', known, 'summary'));
    const rows = await rowsOf(page, '.card-sides table');
    const said = (count) => {
        const total = `${count.zeroUnits ?? 0}·${count.unverified ?? 0}·${count.broken ?? 0}`;
        const plain = (text) => text.replace(/^(0|100)\.0+$/, '$1');
        if (!count.zeroUnits && !count.broken) return `尚不知道覆盖0%${total}`;
        const interval = count.unverified ? `${plain(count.lower.text)}%–${plain(count.upper.text)}%` : `${plain(count.lower.text)}%`;
        return `${interval}覆盖${plain(count.coverage.text)}%${total}`;
    };
    assert.equal(rows.length, a.zeros.counts.length);
    let differing = 0;
    rows.forEach(([name, first, second, verdict], i) => {
        const [one, two] = [a.zeros.counts[i], b.zeros.counts[i]];
        assert.equal(bare(first), said(one), name);
        assert.equal(bare(second), said(two), name);
        const same = said(one) === said(two);
        assert.equal(verdict.trim(), same ? '相同' : '不同', name);
        differing += same ? 0 : 1;
    });
    assert.ok(differing > 0);
    const changed = page.locator('section, .card', { hasText: '时刻甲之后才知道的' }).last();
    const units = await changed.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.innerText)));
    assert.ok(units.length >= 40, `${units.length} units`);
    const forty = units.filter((row) => row[1] === '零事故' && /未核实/.test(row[2]) && /^\s*零\s*$/.test(row[3]) && /#/.test(row[4]));
    assert.equal(forty.length, 40, 'the forty enterprises, each with the record that verified it');
});

look('a moment beside itself differs in nothing; a day alone is as it was known at its end', {}, async (page) => {
    await open(page, `/compare?a=${DAY}&b=${DAY}@end`);
    await page.locator('.card-sides').waitFor();
    await page.getByText('两个时刻的各项数字相同。').waitFor();
    assert.equal(await page.locator('.card-sides [data-same=false]').count(), 0);
    const { position } = county.ask('--at', DAY, 'summary');
    const heads = await page.locator('.sides > div').allInnerTexts();
    assert.equal(heads.length, 2);
    for (const head of heads) assert.match(bare(head), new RegExp(`状态日${DAY}·当时所知#${position}`));
});

look('figures that differ are doors to the records of their own moment', {}, async (page) => {
    await open(page, `/compare?a=2020-07-31&b=${DAY}`);
    const row = page.locator('.card', { hasText: '不同的数字' }).last().locator('tbody tr', { hasText: '隐患排查' }).first();
    await row.waitFor();
    for (const [cell, at] of [[1, '2020-07-31'], [2, DAY]]) {
        const door = row.locator('td').nth(cell).locator('a');
        const figure = county.ask('--at', at, 'figure', 'hazards.found', COUNTY);
        assert.equal(numberOf(await door.innerText()), Number(figure.total));
        assert.match(await door.getAttribute('href'), new RegExp(`at=${at}`));
    }
});
