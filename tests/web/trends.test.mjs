/* 趋势: what is drawn, read out, tabled and taken along are the same numbers; what is not due is no zero. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { lookingAt, settled } from './testing/browser.mjs';
import { County } from './testing/county.mjs';
import { readCsv } from './testing/files.mjs';
import { numberOf } from './testing/screen.mjs';

const county = await County.open();
const look = lookingAt(county);
const DAY = '2020-08-19';
const OF = 'zeros.JOINT,cases.filed,hazards.found';

async function open(page, path) {
    await page.goto(path);
    await page.locator('.card-trend').first().waitFor();
    await page.locator('.card-trend canvas').first().waitFor();
    await settled(page);
}

const answerOf = async (page, keys) => (await page.request.get(`/v1/trends?${keys}`)).json();
const bare = (text) => text.replace(/[\s\u2009]/g, '');
const plain = (text) => `${text.replace(/^(0|100)\.0+$/, '$1')}%`;
const range = (period) => (period.fromDay === period.toDay ? period.fromDay : `${period.fromDay}–${period.toDay}`);

for (const [by, keys] of [['month', ''], ['week', '&from=2020-07-06'], ['day', '&from=2020-08-01']])
    look(`the data tables are the hub's numbers (by ${by})`, {}, async (page) => {
        const asked = `of=${OF}&by=${by}&at=${DAY}${keys}`;
        await open(page, `/trends?${asked}`);
        const { periods, series } = await answerOf(page, asked);
        assert.ok(periods.length > 3 && periods.some((period) => !period.due), `${periods.length} periods`);
        assert.equal(await page.locator('.card-trend').count(), series.length);
        for (const [at, { statuses, counts, previous }] of series.entries()) {
            const card = page.locator('.card-trend').nth(at);
            await card.getByRole('button', { name: '数据表' }).click();
            const rows = await card.locator('tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.innerText)));
            assert.equal(rows.length, periods.length);
            rows.forEach(([period, ...cells], i) => {
                assert.ok(bare(period).startsWith(range(periods[i])), `${period}: ${range(periods[i])}`);
                if (statuses.length === 0) {
                    assert.equal(/未结束/.test(period), i === periods.length - 1 && !periods[i].whole, period);
                    assert.deepEqual(cells.map(numberOf), [Number(counts[i]), Number(previous[i])]);
                } else if (!periods[i].due) {
                    assert.deepEqual(cells.map(bare), Array(7).fill('未到期'), 'not due is no zero');
                } else {
                    const { zeroUnits, unverified, broken, total, lower, upper, coverage } = statuses[i];
                    assert.deepEqual(cells.map(bare), [`${zeroUnits}`, `${unverified}`, `${broken}`, `${total}`, plain(lower.text), plain(upper.text), plain(coverage.text)]);
                }
            });
        }
        const pressed = await page.locator('.tree-tools .switch [aria-pressed=true]').innerText();
        assert.equal(pressed, { day: '逐日', week: '逐周', month: '逐月' }[by]);
    });

/* Columns of a chart, in CSS pixels, that have a pixel of the token's colour between its axes. */
const columnsOf = (card, token) => card.locator('canvas').first().evaluate((canvas, name) => {
    const probe = document.createElement('span');
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const colour = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
    probe.remove();
    const [w, h] = [canvas.width, canvas.height];
    const { data } = canvas.getContext('2d').getImageData(0, 0, w, h);
    const columns = [];
    for (let x = Math.round(w * 0.08); x < w * 0.9; x++)
        for (let y = Math.round(h * 0.02); y < h * 0.8; y++) {
            const at = (y * w + x) * 4;
            if (Math.abs(data[at] - colour[0]) + Math.abs(data[at + 1] - colour[1]) + Math.abs(data[at + 2] - colour[2]) < 24) {
                columns.push(x);
                break;
            }
        }
    return { columns, width: w };
}, token);

const runsOf = ({ columns }) => columns.filter((x, i) => i === 0 || x - columns[i - 1] > 1).length;

look('this year is a solid line, last year a dashed one', {}, async (page) => {
    await open(page, `/trends?of=hazards.found,cases.filed&by=month&at=${DAY}`);
    const card = page.locator('.card-trend').nth(1);
    const solid = await columnsOf(card, '--series-1');
    const dashed = await columnsOf(card, '--series-2');
    assert.ok(solid.columns.length > solid.width * 0.4, `this year covers ${solid.columns.length} of ${solid.width} columns`);
    assert.ok(dashed.columns.length > solid.width * 0.2, `last year covers ${dashed.columns.length}`);
    assert.ok(runsOf(dashed) > 3 * runsOf(solid) && runsOf(dashed) > 12, `${runsOf(solid)} runs solid, ${runsOf(dashed)} dashed`);
});

look('a month that is not due has no bar', {}, async (page) => {
    await open(page, `/trends?of=zeros.JOINT&by=month&at=${DAY}`);
    const card = page.locator('.card-trend').first();
    const { periods } = await answerOf(page, `of=zeros.JOINT&by=month&at=${DAY}`);
    assert.equal(periods.filter((period) => period.due).length, 7);
    const zero = await columnsOf(card, '--zero');
    assert.equal(runsOf(zero), 7, 'seven closed months');
    const label = await card.locator('.chart').getAttribute('aria-label');
    assert.match(label, /1 段未到期/);
});

look('the arrows read the chart point by point', {}, async (page) => {
    await open(page, `/trends?of=${OF}&by=month&at=${DAY}`);
    const { periods, series } = await answerOf(page, `of=${OF}&by=month&at=${DAY}`);
    for (const [at, { statuses, counts, previous }] of series.entries()) {
        const card = page.locator('.card-trend').nth(at);
        await card.scrollIntoViewIfNeeded();
        await card.locator('.chart canvas').waitFor();
        await card.locator('.chart').focus();
        for (let i = 0; i < periods.length; i++) {
            await page.keyboard.press('ArrowRight');
            const reading = card.locator('.chart-reading', { hasText: `${i + 1}月` });
            await reading.waitFor();
            const text = bare(await reading.innerText());
            if (statuses.length === 0) assert.match(text, new RegExp(`今年${counts[i]}·上年同期${previous[i]}`));
            else if (!periods[i].due) assert.match(text, /未到期$/);
            else assert.match(text, new RegExp(`覆盖${plain(statuses[i].coverage.text)}·零${statuses[i].zeroUnits}，未核实${statuses[i].unverified}，破零${statuses[i].broken}`));
        }
        await page.keyboard.press('Home');
        await card.locator('.chart-reading', { hasText: '1月' }).waitFor();
    }
});

look('each chart has an address that answers with the same numbers', {}, async (page) => {
    await open(page, `/trends?of=${OF}&by=month&at=${DAY}`);
    const { periods, series } = await answerOf(page, `of=${OF}&by=month&at=${DAY}`);
    for (const [at, { figure, statuses, counts, previous }] of series.entries()) {
        const card = page.locator('.card-trend').nth(at);
        await card.getByRole('button', { name: '数据表' }).click();
        const address = await card.locator('.csv-address input').inputValue();
        const answer = await page.request.get(address);
        assert.equal(answer.status(), 200, address);
        const file = county.path(`trend-${at}.csv`);
        writeFileSync(file, await answer.body());
        const rows = readCsv(file).filter((row) => row[0] === figure);
        assert.equal(rows.length, periods.length);
        rows.forEach((row, i) => {
            assert.deepEqual(row.slice(1, 3), [periods[i].fromDay, periods[i].toDay]);
            if (statuses.length === 0) assert.deepEqual(row.slice(5, 7), [counts[i], previous[i]]);
            else if (periods[i].due) assert.deepEqual(row.slice(7, 11).map(Number), [statuses[i].total, statuses[i].zeroUnits, statuses[i].broken, statuses[i].unverified]);
            else assert.ok(row.slice(7, 11).every((cell) => cell === '–') && /未到期/.test(row.at(-1)), row.join());
        });
        const book = await page.request.get(await card.getByRole('link', { name: '.xlsx' }).getAttribute('href'));
        assert.equal(book.status(), 200);
    }
});

look('charts come as a piece of their own, and only when one is near the view', {}, async (page) => {
    const scripts = [];
    page.on('response', (answer) => { if (answer.url().endsWith('.js')) scripts.push(answer.url()); });
    const heavy = async () => (await Promise.all(scripts.map(async (url) => ((await (await page.request.get(url)).text()).includes('zrender') || /chart-/.test(url) ? [url] : [])))).flat();
    await page.goto(`/in-hand/hazards?at=${DAY}`);
    await page.locator('main .card').first().waitFor();
    await settled(page);
    assert.ok(scripts.length > 0);
    assert.deepEqual(await heavy(), [], 'not for figures and tables');
    await page.getByRole('banner').getByRole('link', { name: '趋势' }).click();
    await page.locator('.card-trend canvas').first().waitFor();
    assert.equal((await heavy()).length, 1);
    const [cards, drawn] = [await page.locator('.card-trend').count(), await page.locator('.card-trend canvas').count()];
    assert.ok(drawn < cards, `${drawn} of ${cards} are drawn`);
});

look('a figure chosen or left out changes the address, and what is shown', {}, async (page) => {
    await open(page, `/trends?of=cases.filed&by=month&at=${DAY}`);
    await page.getByRole('button', { name: '逐周' }).click();
    await page.waitForURL(/by=week/);
    await page.locator('.figure-choice summary').click();
    await page.getByLabel('查破', { exact: true }).check();
    await page.waitForURL(/of=cases\.filed(,|%2C)cases\.resolved/);
    await page.waitForFunction(() => document.querySelectorAll('.card-trend').length === 2);
});
