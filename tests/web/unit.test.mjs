/* A unit's page: three zeros with their verified and claimed days, the strip of its days in pixels, why, its records, what
 * is in hand. Held against what the hub says of the unit at the same moment. */
import assert from 'node:assert/strict';
import { lookingAt, settled } from './testing/browser.mjs';
import { County, TOWN } from './testing/county.mjs';
import { numberOf } from './testing/screen.mjs';

const county = await County.open();
const look = lookingAt(county);
const DAY = '2020-08-19';
const BROKEN = '140322102217'; // 示范63村: four cases in the year
const CLAIMING = '140322102200'; // 郭家坪村: ten years claimed
const WORDS = { COVERED: '已核实为零', GAP: '缺口：到期未报', BREAK: '破零当日', CONTRADICTED: '零报告被后来的事件否定', NOT_DUE: '未到期' };
const NAMES = { PETITION: '零上访', ACCIDENT: '零事故', CASE: '零案件' };

async function open(page, code, keys = `?at=${DAY}`) {
    await page.goto(`/units/${code}${keys}`);
    await page.locator('.card-events').waitFor();
    await settled(page);
}

const statusOf = (code) => county.ask('--at', DAY, 'status', code).units[0];
const daysOf = async (page, code, keys = `?at=${DAY}`) => (await page.request.get(`/v1/units/${code}/days${keys}`)).json();
const dayNumber = (day) => Date.parse(`${day}T00:00:00Z`) / 86400000;
const bare = (text) => text.replace(/[\s\u2009]/g, '');

/* The drawn pieces of each row of the strip, in pixels; rows by their height on the screen. */
const drawnOf = (page) => page.evaluate(() => {
    const svg = document.querySelector('.card-strip .strip svg');
    const frame = svg.getBoundingClientRect();
    return {
        width: frame.width,
        end: svg.querySelector('.strip-day').getBoundingClientRect().left - frame.left,
        after: svg.querySelector('.strip-after')?.getBoundingClientRect().left - frame.left,
        pieces: [...svg.querySelectorAll('[data-kind]')].map((piece) => {
            const box = piece.getBoundingClientRect();
            const look = getComputedStyle(piece);
            return {
                kind: piece.dataset.kind, left: box.left - frame.left, right: box.right - frame.left, width: box.width, height: box.height,
                row: Math.floor((box.top + box.height / 2 - frame.top - 20) / 34), fill: look.fill, dashes: look.strokeDasharray,
            };
        }),
    };
});

for (const code of [BROKEN, CLAIMING])
    look(`three zeros of ${code}: verified days as the hub counts them, what is claimed beside them, never added`, {}, async (page) => {
        await open(page, code);
        for (const zero of statusOf(code).zeros) {
            const card = page.locator(`.zero-card[data-zero=${zero.zero}]`);
            assert.equal(numberOf(await card.locator('.streak b').innerText()), zero.streakDays);
            assert.equal(await card.locator('h2').innerText().then(bare), `${NAMES[zero.zero]}·${zero.status === 'BROKEN' ? '本年已破零' : '零'}`);
            const text = await card.innerText().then(bare);
            assert.match(text, new RegExp(`核实至${zero.verifiedUntil}`));
            if (zero.claimedDays) {
                assert.match(text, new RegExp(`建库前自报另有${zero.claimedDays}天（未核实，不计入）`));
                const [solid, frame] = await card.locator('.streak-bar').evaluate((svg) => ['.fill-zero', '.strip-claimed'].map((name) => svg.querySelector(name).getBoundingClientRect().toJSON()));
                assert.ok(Math.abs(frame.left - solid.right) < 2 && frame.width > solid.width, 'an empty frame behind the verified days');
            } else {
                assert.match(text, /无建库前自报/);
                assert.equal(await card.locator('.strip-claimed').count(), 0);
            }
            assert.doesNotMatch(text, new RegExp(`${zero.streakDays + 3652}天`), 'not added');
            for (const position of (zero.breaks ?? []).slice(0, 4)) assert.match(text, new RegExp(`#${position}`));
        }
    });

for (const size of [[390, 844], [1280, 900]])
    look(`the strip: every span of days at its place, breaks taller, nothing after the status day (${size[0]} px)`, { size }, async (page) => {
        await open(page, BROKEN);
        const days = await daysOf(page, BROKEN);
        const drawn = await drawnOf(page);
        const today = days.moment.today > '2020-12-31' ? '2020-12-31' : days.moment.today;
        const [first, last] = [dayNumber(days.fromDay), dayNumber(today)];
        const at = (day) => ((day - first) / (last - first + 1)) * drawn.width;
        const least = { GAP: 6, BREAK: 4, COVERED: 1, NOT_DUE: 0 };
        days.zeros.forEach(({ zero, spans }, row) => {
            const pieces = drawn.pieces.filter((piece) => piece.row === row);
            assert.deepEqual(pieces.map((piece) => piece.kind), spans.map((span) => span.kind), zero);
            pieces.forEach((piece, i) => {
                const [left, right] = [at(dayNumber(spans[i].fromDay)), at(dayNumber(spans[i].toDay) + 1)];
                const name = `${zero} ${spans[i].kind} ${spans[i].fromDay}`;
                assert.ok(piece.width >= least[piece.kind] - 0.1, `${name}: ${piece.width} px`);
                if (right - left >= least[piece.kind]) {
                    assert.ok(Math.abs(piece.left - left) <= 1.5, `${name} begins at ${piece.left}, not ${left}`);
                    assert.ok(Math.abs(piece.right - right) <= 1.5, `${name} ends at ${piece.right}, not ${right}`);
                } else assert.ok(Math.abs((piece.left + piece.right) / 2 - (left + right) / 2) <= 4, `${name} stands off its day`);
                assert.ok(piece.right <= drawn.end + 1.5, `${name} runs over the status day`);
                if (piece.kind === 'GAP') assert.match(piece.fill, /url\(.*hatch/, 'a gap is hatched');
                if (piece.kind === 'NOT_DUE') assert.notEqual(piece.dashes, 'none', 'what is not due is dotted');
            });
            /* What lies side by side covers each day once. */
            const side = spans.filter((span) => span.kind !== 'BREAK' && span.kind !== 'CONTRADICTED');
            assert.equal(side.reduce((sum, span) => sum + dayNumber(span.toDay) - dayNumber(span.fromDay) + 1, 0), dayNumber(DAY) - first + 1);
            side.slice(1).forEach((span, i) => assert.equal(dayNumber(span.fromDay), dayNumber(side[i].toDay) + 1, `${zero}: a day twice or never`));
        });
        const tall = (kind) => drawn.pieces.filter((piece) => piece.kind === kind).map((piece) => piece.height);
        assert.equal(tall('BREAK').length, 4);
        assert.ok(Math.min(...tall('BREAK')) > Math.max(...tall('COVERED')), 'breaks are taller');
        assert.ok(Math.abs(drawn.after - drawn.end) < 1.5 && Math.abs(drawn.end - at(dayNumber(DAY) + 1)) < 1.5, 'greyed from the status day on');
        await page.getByText(/08-19，其后不显示/).waitFor();
    });

look('a zero report that a later event denied is underlined', {}, async (page) => {
    const [row] = county.ask('attention', 'contradicted', '--period', '2019').rows;
    const keys = '?at=2019-12-31&known=now';
    await open(page, row.unit, keys);
    const days = await daysOf(page, row.unit, keys);
    const denied = days.zeros.flatMap((zero) => zero.spans).filter((span) => span.kind === 'CONTRADICTED');
    const drawn = (await drawnOf(page)).pieces;
    const lines = drawn.filter((piece) => piece.kind === 'CONTRADICTED');
    assert.ok(denied.length > 0 && lines.length >= denied.length, `${denied.length} denied, ${lines.length} drawn`);
    for (const line of lines) assert.ok(line.height <= 4 && line.width >= 6, 'a line below the days');
});

look('the data table of the strip is what the hub says of the days', {}, async (page) => {
    await open(page, BROKEN);
    await page.locator('.card-strip').getByRole('button', { name: '数据表' }).click();
    const cells = await page.locator('.card-strip tbody tr').evaluateAll((rows) =>
        rows.map((row) => [...row.cells].map((cell) => cell.innerText.trim())));
    const days = await daysOf(page, BROKEN);
    const short = (day) => day.slice(5);
    const expected = days.zeros.flatMap(({ zero, spans }) => spans.map((span) => ({
        zero: NAMES[zero], from: short(span.fromDay), to: short(span.toDay), count: dayNumber(span.toDay) - dayNumber(span.fromDay) + 1,
        kind: WORDS[span.kind], positions: span.positions.map(Number),
    })));
    assert.equal(cells.length, expected.length);
    cells.forEach(([zero, period, count, kind, records], i) => {
        const wanted = expected[i];
        assert.equal(zero, wanted.zero);
        assert.equal(period, wanted.from === wanted.to ? wanted.from : `${wanted.from}–${wanted.to}`);
        assert.equal(numberOf(count), wanted.count);
        assert.ok(kind.startsWith(wanted.kind), `${kind}: ${wanted.kind}`);
        if (wanted.kind === WORDS.GAP) assert.match(kind, /公安局/);
        assert.deepEqual(records.split('#').slice(1).map(numberOf), wanted.positions);
    });
});

look('the arrows read the strip day by day', {}, async (page) => {
    await open(page, BROKEN);
    await page.locator('.card-strip .strip svg').focus();
    await page.keyboard.press('Home');
    await page.locator('.strip-reading', { hasText: '2020-01-01' }).waitFor();
    for (let i = 0; i < 23; i++) await page.keyboard.press('ArrowRight');
    const reading = page.locator('.strip-reading', { hasText: '2020-01-24' });
    await reading.waitFor();
    assert.match(bare(await reading.innerText()), /零案件：.*破零当日/);
    await page.keyboard.press('ArrowRight');
    await page.locator('.strip-reading', { hasText: '2020-01-25' }).waitFor();
});

look('each break, gap and report that counts is a sentence with its records', {}, async (page) => {
    await open(page, BROKEN);
    const status = statusOf(BROKEN).zeros.find((zero) => zero.zero === 'CASE');
    const sentences = await page.locator('#why .sentences li, .card-why .sentences li').evaluateAll((all) => all.map((one) =>
        ({ kind: one.dataset.kind, text: one.innerText, positions: [...one.querySelectorAll('a[href*="/events/"]')].map((door) => /events\/(\d+)/.exec(door.href)[1]) })));
    const breaks = sentences.filter((one) => one.kind === 'BREAK').flatMap((one) => one.positions);
    assert.deepEqual([...new Set(breaks)].sort(), [...status.breaks].sort());
    const attested = new Set(sentences.filter((one) => one.kind === 'ATTESTED' && /零案件/.test(one.text)).flatMap((one) => one.positions));
    assert.ok(attested.size > 0);
    for (const position of attested) assert.ok(status.attestations.includes(position), `#${position} attests`);
    for (const { text, kind, positions } of sentences) {
        if (kind !== 'GAP' && kind !== 'NOT_DUE') assert.ok(positions.length > 0, `no record behind “${text}”`);
        assert.doesNotMatch(text, /undefined|NaN|[A-Z]{4,}_/, text);
    }
    const denied = status.breaks[0];
    await page.locator(`.card-why a[href*="/events/${denied}"]`).first().click();
    await page.locator('main h1', { hasText: '立案' }).waitFor();
});

look('its records stand newest first, and what is in hand below', {}, async (page) => {
    await open(page, BROKEN);
    const positions = (await page.locator('.card-events tbody tr td:first-child').allInnerTexts()).map((text) => numberOf(text.replace('#', '')));
    assert.ok(positions.length > 0);
    assert.deepEqual(positions, [...positions].sort((a, b) => b - a));
    const told = county.ctlAs('leader', '--json', 'replay', '--unit', BROKEN, '--to', '24447').trim().split('\n').map((line) => JSON.parse(line))
        .filter((record) => record.position).map((record) => Number(record.position)).sort((a, b) => b - a);
    assert.deepEqual(positions, told.slice(0, positions.length));
    const matters = county.ask('--at', DAY, 'matters', '--open', BROKEN);
    const shown = await page.locator('table.matters tbody tr').count();
    assert.equal(shown, Math.min(20, Number(matters.total ?? 0)), 'open matters');
});

look('a town has sums and no zeros of its own', {}, async (page) => {
    await open(page, TOWN);
    assert.equal(await page.locator('.card-strip, .card-why').count(), 0);
    const { counts } = statusOf(TOWN).below;
    const all = counts.filter((count) => !count.group);
    const text = bare(await page.locator('main').innerText());
    for (const count of all) assert.ok(text.includes(`零${count.zeroUnits ?? 0}未核实${count.unverified ?? 0}破零${count.broken ?? 0}共${count.total}`), count.zero ?? 'joint');
});
