/* 在办 and 清单: matters by step and legal deadline, rates with their integers, campaigns, tallies, and who owes what. The
 * figures themselves are walked in figures.test.mjs; here stand the lists, and what is said about the figures. */
import assert from 'node:assert/strict';
import { lookingAt, settled } from './testing/browser.mjs';
import { County } from './testing/county.mjs';
import { numberOf } from './testing/screen.mjs';

const county = await County.open();
const look = lookingAt(county);
const DAY = '2020-08-19';
const bare = (text) => text.replace(/[\s\u2009]/g, '').replaceAll('−', '-');
const plain = (text) => `${text.replace(/^(0|100)\.0+$/, '$1')}%`;

async function open(page, path) {
    await page.goto(path);
    await page.locator('main .card').first().waitFor();
    await settled(page);
}

const ask = (...words) => county.ask('--at', DAY, ...words);
let summaryOnce;
const summary = () => (summaryOnce ??= ask('summary'));
const cells = (page, table) => page.locator(`${table} tbody tr`).evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText)));
const mattersShown = async (page) => (await cells(page, 'table.matters')).map((row) => row[0].trim().split(/\s/).at(-1));

/* Until the list has as many rows as the hub counts; its matters then. */
async function listOf(page, total) {
    await page.waitForFunction((wanted) => {
        const hint = [...document.querySelectorAll('main .card')].at(-1).querySelector('header, .card-head')?.innerText ?? '';
        return new RegExp(`(^|\\D)${wanted} 件`).test(hint.replace(/\u2009/g, ''));
    }, total);
    await settled(page);
    return mattersShown(page);
}

look('petitions stand by their legal deadline, the overdue one reversed', {}, async (page) => {
    await open(page, `/in-hand/petitions?at=${DAY}`);
    const { matters } = ask('matters', '--kind', 'petition', '--open');
    const shown = await listOf(page, matters.length);
    assert.deepEqual([...shown].sort(), matters.map((matter) => matter.matter).sort());
    const rows = await cells(page, 'table.matters');
    const days = rows.map((row) => row[5].trim()).filter(Boolean);
    assert.deepEqual(days, [...days].sort(), 'the earliest day first');
    for (const matter of matters) {
        const row = rows[shown.indexOf(matter.matter)];
        assert.equal(row[5].trim(), matter.dueDay ?? '', matter.matter);
        const left = matter.daysLeft ?? 0;
        assert.equal(bare(row[6]), !matter.dueDay ? '无期限' : left < 0 ? `逾期${-left}天` : left === 0 ? '今日到期' : `剩${left}天`, matter.matter);
        assert.doesNotMatch(row[3], /[A-Z_]{3,}/, 'a step in words');
    }
    const [tag, soon] = await page.evaluate(() => ['.tag-overdue', '.tag:not(.tag-overdue)'].map((name) => {
        const look = getComputedStyle(document.querySelector(`table.matters ${name}`));
        const dark = (colour) => colour.match(/[\d.]+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0) < 384;
        return { ground: look.backgroundColor, reversed: !/, 0\)$|transparent/.test(look.backgroundColor) && dark(look.backgroundColor) && !dark(look.color) };
    }));
    assert.ok(tag.reversed, `overdue on ${tag.ground}`);
    assert.ok(!soon.reversed, `in time on ${soon.ground}`);
});

look('filters narrow the list: what is asked, the step, the office', {}, async (page) => {
    await open(page, `/in-hand/petitions?at=${DAY}`);
    const all = ask('matters', '--kind', 'petition').matters;
    const opened = ask('matters', '--kind', 'petition', '--open').matters;
    await page.getByRole('button', { name: '逾期', exact: true }).click();
    assert.deepEqual(await listOf(page, 1), [county.story('overdue')]);
    await page.getByRole('button', { name: '联合处置', exact: true }).click();
    const joint = ask('matters', '--kind', 'petition', '--joint').matters ?? [];
    assert.deepEqual(await listOf(page, joint.length), joint.map((matter) => matter.matter));
    await page.getByRole('button', { name: '全部', exact: true }).click();
    await listOf(page, all.length);
    await page.getByRole('button', { name: '在办', exact: true }).click();
    for (const step of new Set(opened.map((matter) => matter.step))) {
        await page.getByLabel('环节', { exact: true }).selectOption(step);
        const at = opened.filter((matter) => matter.step === step).map((matter) => matter.matter);
        assert.deepEqual((await listOf(page, at.length)).sort(), at.sort(), step);
    }
    await page.getByLabel('环节', { exact: true }).selectOption('REVIEWED');
    await page.getByText('这里的空是筛选的结果，不是零。').waitFor();
    await page.getByRole('button', { name: '清除筛选' }).click();
    await listOf(page, opened.length);
});

for (const [part, kind] of [['hazards', 'hazard'], ['disputes', 'dispute'], ['cases', 'case']])
    look(`open ${part} are as many as the hub has, in its order of days`, {}, async (page) => {
        await open(page, `/in-hand/${part}?at=${DAY}`);
        const { matters = [], total = matters.length } = ask('matters', '--kind', kind, '--open');
        const shown = await listOf(page, total);
        assert.equal(shown.length, Math.min(50, total));
        const known = new Set(matters.map((matter) => matter.matter));
        for (const matter of shown) assert.ok(matters.length < total || known.has(matter), matter);
    });

look('cases against the same days of last year: both pairs of integers, and points', {}, async (page) => {
    await open(page, `/in-hand/cases?at=${DAY}`);
    const { cases } = summary();
    const text = bare(await page.locator('main .card').first().innerText());
    const pair = (rate) => `${plain(rate.text)}(${rate.part}/${rate.whole})`;
    assert.ok(text.includes(`查处率${pair(cases.clearance)}·上年${pair(cases.previousClearance)}·${cases.clearanceChangePoints}个百分点`), text);
    assert.ok(text.includes(`同比${cases.filedChange}%`), text);
    assert.doesNotMatch(text, /[+-][\d.]+%个?百分点/);
});

look('no rate of the work in hand without its two integers', {}, async (page) => {
    const rates = { hazards: ['整改率', summary().hazards.rate], petitions: ['按期办结', summary().petitions.onTime], disputes: ['掌上占比', summary().disputes.mobileShare] };
    for (const [part, [name, rate]] of Object.entries(rates)) {
        await open(page, `/in-hand/${part}?at=${DAY}`);
        assert.ok(bare(await page.locator('main .share').first().innerText()).startsWith(`${name}${plain(rate.text)}(${rate.part}/${rate.whole})`), part);
    }
});

look('each campaign with how far it is', {}, async (page) => {
    await open(page, `/in-hand/campaigns?at=${DAY}`);
    await page.locator('main table tbody tr').first().waitFor();
    const rows = await cells(page, 'main .card:first-of-type table');
    const { campaigns } = ask('campaigns');
    assert.equal(rows.length, campaigns.length);
    assert.equal(campaigns.filter((one) => one.running).length, summary().programme.campaignsRunning);
    rows.forEach((row, i) => {
        const one = campaigns[i];
        assert.equal(bare(row[0]), `${one.code}${one.name}`);
        assert.equal(row[2].trim(), one.closed ? '已结束' : one.running ? '进行中' : one.ended ? '到期未结' : '未启动', one.code);
        assert.equal(bare(row[4]), `${one.mattersClosed ?? 0}/${one.matters ?? 0}`, one.code);
        assert.equal(bare(row[5]), one.closedRate?.text ? plain(one.closedRate.text) : '–', one.code);
        assert.equal(numberOf(row[6]), one.overdue ?? 0, one.code);
        assert.equal(numberOf(row[8]), Number(one.events ?? 0), one.code);
    });
    const labels = await page.locator('ol.labels').evaluateAll((lists) => lists.map((list) => list.children.length));
    assert.deepEqual(labels, [10, 10, 16], 'ten measures, ten work systems, eight haves and eight clears');
    const first = campaigns.find((one) => one.matters > 0);
    await page.locator(`main a.door[href*="campaign=${first.code}"]`).first().click();
    await settled(page);
    const hints = await page.locator('main .card .hint').allInnerTexts();
    assert.ok(hints.some((hint) => numberOf(hint) === first.matters), `${first.code}: ${first.matters} in ${hints}`);
});

look('tallies with 余 say the lower bound, and the number beside it', {}, async (page) => {
    await open(page, `/in-hand/tallies?at=${DAY}`);
    const lines = await page.locator('main dl.figures > div').evaluateAll((all) => all.map((one) => [one.querySelector('a').dataset.figure, one.querySelector('dd').innerText]));
    const shown = Object.fromEntries(lines);
    let rounded = 0;
    for (const { kind, count, rounded: text } of summary().tallies) {
        assert.equal(bare(shown[kind]), /余/.test(text) ? `${text}${count}` : count, kind);
        if (/余/.test(text)) rounded += 1;
    }
    assert.ok(rounded >= 4);
    const { cameras } = summary();
    assert.deepEqual(['cameras.in_service', 'cameras.owners', 'cameras.sign_posted'].map((name) => numberOf(shown[name])), [cameras.inService, cameras.owners, cameras.signPosted]);
});

look('joint handling and supervision are of offices', {}, async (page) => {
    await open(page, `/in-hand/joint?at=${DAY}`);
    const joint = ask('matters', '--joint').matters ?? [];
    assert.deepEqual((await listOf(page, joint.length)).sort(), joint.map((matter) => matter.matter).sort());
    const rows = await cells(page, 'table.matters');
    for (const row of rows) assert.match(row[2], /（牵头）/);
});

/* The lists, at a moment when each has something. */
for (const [list, name, when, period] of [
    ['unverified', 'unverified', ['--at', DAY], ''], ['silent', 'silent', ['--at', DAY], ''], ['late', 'late', ['--at', DAY], ''],
    ['contradicted', 'contradicted', [], '2019'], ['corrected', 'unbroken', [], '2019'],
])
    look(`list ${list}: as many as the hub has, its first units first`, {}, async (page) => {
        await open(page, `/lists/${list}?${when.length ? `at=${DAY}` : `year=${period}`}`);
        await page.locator('main table tbody tr').first().waitFor();
        const { rows, total } = county.ask(...when, 'attention', name, ...(period ? ['--period', period] : []));
        assert.ok(total > 0);
        assert.match(bare(await page.locator('main').innerText()), new RegExp(`共${total}项`));
        const units = await page.locator('main table tbody tr').evaluateAll((all) => all.map((row) => /units\/([^?]+)/.exec(row.querySelector('a[href*="/units/"]').href)[1]));
        assert.equal(units.length, Math.min(100, total));
        assert.deepEqual(units, rows.slice(0, units.length).map((row) => row.unit));
        const texts = await cells(page, 'main table');
        rows.slice(0, 20).forEach((row, i) => {
            if (row.days && list !== 'contradicted') assert.ok(texts[i].some((cell) => numberOf(cell) === row.days && /天/.test(cell)), `${row.unit}: ${texts[i].join(' | ')}`);
            if (row.position) assert.ok(texts[i].some((cell) => cell.includes('#') && numberOf(cell) === Number(row.position)), `${row.unit}: #${row.position}`);
        });
        if (list === 'corrected') assert.match(texts[0].join(' '), /两人批准/);
    });

look('suspected omissions: the rule, both offices, the evidence, what was found', {}, async (page) => {
    await open(page, `/lists/suspected?at=${DAY}`);
    const { discrepancies } = ask('discrepancies');
    const rows = await cells(page, 'main table');
    assert.equal(rows.length, discrepancies.length);
    const found = { CONFIRMED: '属实', EXPLAINED: '已说明' };
    rows.forEach((row, i) => {
        const one = discrepancies[i];
        assert.equal(row[2].trim(), one.day);
        assert.equal(row[3].split('、').length, one.offices.length);
        assert.equal(numberOf(row[4]), Number(one.evidence));
        assert.ok(one.finding ? row[6].includes(found[one.finding]) : /待核查/.test(row[6]), row.join(' | '));
    });
});
