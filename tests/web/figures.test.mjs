/* Every figure is a door: the drawer has the figure's own total and rows, the first row opens its record, and Esc leads
 * back to the figure. Walked for all figures of the overview and of the work in hand. */
import assert from 'node:assert/strict';
import { lookingAt, settled } from './testing/browser.mjs';
import { COUNTY, County } from './testing/county.mjs';
import { doorsOf, numberOf } from './testing/screen.mjs';

const county = await County.open();
const look = lookingAt(county);
const DAY = '2020-08-19';
const PARTS = ['hazards', 'petitions', 'disputes', 'cases', 'joint', 'campaigns', 'tallies'];

async function open(page, path) {
    await page.goto(path);
    await page.locator('main .card').first().waitFor();
    await settled(page);
}

/* What the hub says is behind a figure; asked once. */
const told = new Map();
function figureOf(figure, unit) {
    const key = `${figure} ${unit}`;
    if (!told.has(key)) told.set(key, county.ask('--at', DAY, 'figure', figure, unit || COUNTY));
    return told.get(key);
}

/* Doors of a view, each figure of each unit once. */
async function walkOf(page) {
    const doors = await doorsOf(page);
    return [...new Map(doors.map((door) => [`${door.figure} ${door.unit}`, door])).values()];
}

/* Opens the door with a click, reads the drawer once it is filled, and closes it again. */
async function readDrawer(page, { figure, unit }) {
    const door = await page.evaluateHandle(([name, whose]) => [...document.querySelectorAll(`main a.door[data-figure="${name}"]`)]
        .find((one) => (new URL(one.href).searchParams.get('whose') ?? '') === whose && one.getBoundingClientRect().width > 0), [figure, unit]);
    await door.evaluate((one) => one.click());
    await page.waitForFunction((name) => {
        const drawer = document.querySelector('.drawer');
        return new URL(location.href).searchParams.get('why') === name && drawer?.querySelector('.drawer-figure b').textContent &&
            !drawer.querySelector('.drawer-loading .loading-bar, .virtual-row .loading-bar') &&
            (drawer.querySelector('.event-row') || drawer.querySelector('p.drawer-loading'));
    }, figure);
    const read = await page.evaluate(() => {
        const drawer = document.querySelector('.drawer');
        const box = drawer.getBoundingClientRect();
        return {
            total: drawer.querySelector('.drawer-figure b').textContent,
            rows: [...drawer.querySelectorAll('.event-row')].map((row) => ({
                text: row.innerText, position: /\/events\/(\d+)/.exec(row.querySelector('a[href*="/events/"]')?.href ?? '')?.[1] ?? '0',
                unit: /\/units\/([^?]+)/.exec(row.querySelector('a[href*="/units/"]')?.href ?? '')?.[1] ?? '',
            })),
            about: drawer.innerText,
            inside: box.left >= 0 && box.right <= innerWidth + 1 && box.width > 200,
        };
    });
    await page.keyboard.press('Escape');
    await page.locator('.drawer').waitFor({ state: 'detached' });
    return read;
}

const firstPositions = new Set();
const walked = new Set(); // a figure that stands in several views is opened in one of them

async function walk(page) {
    const doors = await walkOf(page);
    const wrong = [];
    for (const door of doors) {
        const name = `${door.figure} ${door.unit}: “${door.text}”`;
        const answer = figureOf(door.figure, door.unit);
        const total = Number(answer.total ?? 0);
        if (!/余/.test(door.text) && numberOf(door.text) !== total) wrong.push(`${name}: the hub says ${total}`);
        if (walked.has(`${door.figure} ${door.unit}`)) continue;
        walked.add(`${door.figure} ${door.unit}`);
        const read = await readDrawer(page, door);
        if (numberOf(read.total) !== total) wrong.push(`${name}: the drawer says ${read.total}, the hub ${total}`);
        if (!read.inside) wrong.push(`${name}: the drawer is not on the screen`);
        if (total > 0 && read.rows.length === 0) wrong.push(`${name}: ${total} without a row`);
        if (total === 0 && !/没有形成此数的事件/.test(read.about)) wrong.push(`${name}: 0 is not explained`);
        if (read.rows.length === 0) continue;
        const { position = '0', unit = '' } = answer.rows[0];
        if (read.rows[0].position !== position || (unit && read.rows[0].unit !== unit))
            wrong.push(`${name}: begins with #${read.rows[0].position} of ${read.rows[0].unit}, at the hub with #${position} of ${unit}`);
        if (position !== '0') firstPositions.add(position);
    }
    assert.deepEqual(wrong, []);
    return doors.length;
}

look('each figure of the overview is a door', {}, async (page) => {
    await open(page, `/?at=${DAY}`);
    const figures = await walk(page);
    assert.ok(figures > 60, `${figures} figures`);
});

look('each figure of the work in hand is a door', {}, async (page) => {
    for (const part of PARTS) {
        await open(page, `/in-hand/${part}?at=${DAY}`);
        const figures = await walk(page);
        assert.ok(figures >= 4, `${part}: ${figures} figures`);
    }
});

const plainTime = (time) => new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'medium' }).format(new Date(time));

const factsOf = async (list) => Object.fromEntries(await list.locator('div').evaluateAll((all) =>
    all.map((one) => [one.querySelector('dt').textContent, one.querySelector('dd').textContent])));

look('a row opens its record: position, publisher, both times, JSON, and its proof', {}, async (page) => {
    assert.ok(firstPositions.size > 20, `${firstPositions.size} records`);
    await open(page, `/?at=${DAY}&why=hazards.struck_off`);
    await page.locator('.drawer .event-row a[href*="/events/"]').first().click();
    await page.locator('.event-proof').waitFor();
    assert.equal(/\/events\/(\d+)/.exec(page.url())[1], figureOf('hazards.struck_off', '').rows[0].position);
    for (const position of [...firstPositions].sort((a, b) => a - b).filter((_, index) => index % 5 === 0)) {
        await page.goto(`/events/${position}?at=${DAY}`);
        await page.locator('.event-proof').waitFor();
        const record = JSON.parse(county.ctlAs('leader', '--json', 'replay', '--from', position, '--to', position).trim());
        const facts = await factsOf(page.locator('.event-cards dl.facts').first());
        assert.equal(numberOf(facts['位置'].replace('#', '')), Number(position));
        assert.equal(facts['发生'], plainTime(record.event.occurredAt));
        assert.equal(facts['记录'], plainTime(record.recordedAt));
        assert.match(facts['上报'], new RegExp(`身份 ${record.publisher.identity}$`));
        const shown = JSON.parse(await page.locator('.event-json pre').innerText());
        assert.equal(shown.position, position);
        assert.equal(shown.event.sequence, record.event.sequence);
        assert.equal(shown.event.source, record.event.source);
        const signed = await factsOf(page.locator('.event-proof dl.facts'));
        const proof = decodeURIComponent((await page.locator('.event-proof a[download]').getAttribute('href')).replace(/^[^,]*,/, ''));
        assert.equal(/^index (\d+)$/m.exec(proof)[1], String(Number(position) - 1));
        const [origin, size, root] = proof.split('\n\n')[1].split('\n');
        assert.deepEqual([signed['检查点'], numberOf(signed['涵盖记录']), signed['树根']], [origin, Number(size), root]);
    }
});

look('behind the unverified stand the units, and which office owes', {}, async (page) => {
    await open(page, `/?at=${DAY}`);
    for (const [zero, office] of [['PETITION', '信访局'], ['CASE', '公安局']]) {
        const read = await readDrawer(page, { figure: `zeros.${zero}.AREA.unverified`, unit: '' });
        const { rows } = figureOf(`zeros.${zero}.AREA.unverified`, '');
        assert.deepEqual(read.rows.map((row) => row.unit), rows.slice(0, read.rows.length).map((row) => row.unit));
        for (const { text } of read.rows) assert.ok(text.includes(office), `“${text}” names ${office}`);
    }
});
