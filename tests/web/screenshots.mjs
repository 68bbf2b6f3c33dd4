/* Pictures of every view: 390, 1280 and 1920 pixels wide, light and dark, the overview in both languages; of the
 * mediation desk, screen by screen on a phone; of the page of zero reports, on a phone and a desk.
 * Usage: run screenshots.mjs FOLDER [VIEW…]     VIEW: a name of `views` below, desk or attest; without one all of them */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import * as attest from './testing/attest.mjs';
import { openBrowser, openPage, settled } from './testing/browser.mjs';
import { COUNTY, County, TOWN } from './testing/county.mjs';
import { agree, allRecorded, answer, bothAgree, enter, explain, openDispute, PHONE, press, Station } from './testing/desk.mjs';

const SIZES = [[390, 844], [1280, 900], [1920, 1080]];

function views(county) {
    const overdue = encodeURIComponent(county.story('overdue'));
    return {
        login: { path: '/login', account: null },
        overview: { path: '/', english: true },
        'overview-past': { path: '/?at=2020-08-19' },
        town: { path: `/?unit=${TOWN}` },
        units: { path: '/units' },
        'units-past': { path: '/units?at=2020-08-19' },
        unit: { path: '/units/140322102217' },
        'unit-past': { path: `/units/${county.story('concealed')}?at=2019-07-04&known=2019-07-05T08:00:00%2B08:00` },
        hazards: { path: '/in-hand/hazards?at=2020-08-19' },
        petitions: { path: '/in-hand/petitions?at=2020-08-19' },
        disputes: { path: '/in-hand/disputes?at=2020-08-19' },
        cases: { path: '/in-hand/cases?at=2020-08-19' },
        joint: { path: '/in-hand/joint?at=2020-08-19' },
        campaigns: { path: '/in-hand/campaigns?at=2020-08-19' },
        tallies: { path: '/in-hand/tallies?at=2020-08-19' },
        matter: { path: `/matters/${overdue}` },
        trends: { path: '/trends?at=2020-08-19' },
        compare: { path: '/compare/article?at=2020-08-19' },
        moments: { path: '/compare?a=15000&b=now' },
        late: { path: '/lists/late?at=2020-12-31' },
        figure: { path: '/?at=2020-08-19&why=hazards.struck_off' },
        event: { path: '/events/8177' },
        unknown: { path: `/units/${COUNTY.replace('0322', '0399')}` },
        readme: { path: '/?at=2020-08-19', sizes: [[1280, 1000]], whole: false }, // deploy/overview.png is its light one
        wall: { path: '/?wall=1&at=2020-08-19', sizes: [[1920, 1080]], whole: false },
    };
}

/* One size, theme and language of the page that stands there. The screen is made as high as the page, so that what is
 * fixed to its edges stands there. */
async function take(page, folder, name, view, size, dark) {
    await page.emulateMedia({ colorScheme: dark ? 'dark' : 'light' });
    await page.setViewportSize({ width: size[0], height: size[1] });
    await settled(page);
    if (view.whole ?? true) {
        const height = await page.evaluate(() => document.documentElement.scrollHeight);
        await page.setViewportSize({ width: size[0], height: Math.max(size[1], height) });
        await settled(page);
    }
    await page.screenshot({ path: join(folder, `${name}-${size[0]}-${dark ? 'dark' : 'light'}.png`) });
}

async function takeAll(browser, county, folder, name, view, lang) {
    const page = await openPage(browser, county, { account: view.account === null ? null : 'leader' });
    const english = lang === 'en';
    await page.goto(`${view.path}${english ? `${view.path.includes('?') ? '&' : '?'}lang=en` : ''}`);
    for (const size of view.sizes ?? SIZES)
        for (const dark of [false, true]) await take(page, folder, english ? `${name}-en` : name, view, size, dark);
    if (page.wrong.length > 0) console.error(`${name}: ${page.wrong.join('; ')}`);
    await page.context().close();
}

/* Three of the phone's screens side by side: deploy/desk.png. */
async function takeThree(browser, folder, shots) {
    const page = await browser.newPage({ viewport: { width: 885, height: 560 }, deviceScaleFactor: 1 });
    const images = shots.map((shot) => `<img width=285 src="data:image/png;base64,${shot.toString('base64')}">`);
    await page.setContent(`<body style="margin:0;background:#878e99;display:flex;gap:10px;padding:5px">${images.join('')}</body>`);
    await page.waitForFunction(() => [...document.images].every((image) => image.complete));
    await page.screenshot({ path: join(folder, 'desk-readme.png') });
    await page.close();
}

/* One mediation, with a picture wherever something new stands on the screen. */
async function takeDesk(browser, folder) {
    const station = await Station.open({ parties: true });
    for (const dark of [false, true]) {
        const page = await openPage(browser, station, { ...PHONE, dark, deviceScaleFactor: 2 });
        const shots = new Map();
        const screen = async (name) => shots.set(name, await page.screenshot());
        const shot = (name) => page.screenshot({ path: join(folder, `desk-${name}-${dark ? 'dark' : 'light'}.png`), fullPage: true });
        await page.goto('/desk/');
        await page.locator('#token').waitFor();
        await shot('login');
        await enter(page, station);
        await shot('empty');
        await page.goto('/desk/#/new');
        await page.locator('#unit').fill('示范');
        await shot('new');
        await page.goto('/desk/#/');
        await openDispute(page);
        await allRecorded(page);
        await shot('opened');
        await press(page, '向双方讲解流程');
        await shot('explain');
        await page.goBack();
        await explain(page);
        await shot('explained');
        await press(page, '请甲方表态');
        await shot('consent-hand-over');
        await press(page, '我是甲方');
        await shot('consent-choose');
        await screen('choose');
        await page.getByRole('button', { name: /^不同意/ }).click();
        await shot('consent-confirm');
        await page.goto('/desk/#/');
        await page.locator('.row').first().click();
        await bothAgree(page);
        await press(page, '登记调解申请');
        await press(page, '当事人信息');
        await page.locator('#nameA').waitFor();
        await shot('parties');
        await page.goBack();
        await press(page, '记录第 1 次调解');
        await allRecorded(page);
        await shot('session');
        await screen('session');
        await page.context().setOffline(true);
        await agree(page);
        await shot('offline');
        await page.context().setOffline(false);
        await allRecorded(page);
        await press(page, '已履行');
        await allRecorded(page);
        await shot('performed');
        await page.goto('/desk/#/');
        await openDispute(page);
        await explain(page);
        await answer(page, '乙方', '不同意');
        await shot('refused-side');
        await page.getByRole('link', { name: '民警继续' }).click();
        await shot('refused');
        await screen('refused');
        if (!dark) await takeThree(browser, folder, [...shots.values()]);
        await page.goto('/desk/#/');
        await openDispute(page, { category: 'FAMILY' });
        await press(page, '终止调解');
        await shot('end');
        await page.goto('/desk/#/');
        await page.locator('summary').click();
        await shot('list');
        if (page.wrong.length > 0) console.error(`desk: ${page.wrong.join('; ')}`);
        await page.context().close();
    }
    await station.close();
}

/* Zero reports, from the list to what became of them. */
async function takeAttest(browser, folder) {
    for (const [device, options] of [['phone', { ...PHONE, deviceScaleFactor: 2 }], ['desk', { account: null }]])
        for (const dark of [false, true]) {
            const office = await attest.Office.open();
            const page = await openPage(browser, office, { ...options, dark });
            const shot = (name) => page.screenshot({ path: join(folder, `attest-${name}-${device}-${dark ? 'dark' : 'light'}.png`), fullPage: true });
            await page.goto('/attest/');
            await page.getByText('还没有口令').click();
            await shot('login');
            await attest.enter(page, office);
            await page.locator('[data-period]').first().waitFor();
            await shot('due');
            await attest.openPeriod(page);
            await shot('period');
            await page.locator('input[value=UNIT_STATEMENT]').check();
            await shot('unit-statement');
            await attest.fill(page);
            await shot('filled');
            const agree = await attest.askToConfirm(page);
            await page.screenshot({ path: join(folder, `attest-dialog-${device}-${dark ? 'dark' : 'light'}.png`) });
            await agree.click();
            await attest.recorded(page);
            await shot('recorded');
            await page.goto('/attest/#/');
            await attest.openPeriod(page, 'CASE 2020-01-01');
            await attest.fill(page, { basis: 'UNIT_STATEMENT' });
            await (await attest.askToConfirm(page)).click();
            await attest.recorded(page);
            await page.getByRole('link', { name: /已确认/ }).click();
            await shot('confirmed');
            await page.getByRole('link', { name: /^待核报/ }).click();
            await page.locator('[data-period]').first().waitFor();
            await shot('due-later');
            await office.stop('hub');
            await page.getByRole('button', { name: '再查一遍' }).click();
            await page.getByText('HUB_UNREACHABLE').waitFor();
            await shot('hub-away');
            if (page.wrong.length > 0) console.error(`attest: ${page.wrong.join('; ')}`);
            await page.context().close();
            await office.close();
        }
}

async function main(folder, ...wanted) {
    if (!folder) {
        console.error('usage: run screenshots.mjs FOLDER [VIEW…]');
        process.exit(2);
    }
    mkdirSync(folder, { recursive: true });
    const browser = await openBrowser();
    if (wanted.length === 0 || wanted.includes('desk')) await takeDesk(browser, folder);
    if (wanted.length === 0 || wanted.includes('attest')) await takeAttest(browser, folder);
    if (wanted.length > 0 && wanted.every((one) => one === 'desk' || one === 'attest')) return browser.close();
    const county = await County.open();
    try {
        for (const [name, view] of Object.entries(views(county))) {
            if (wanted.length > 0 && !wanted.includes(name)) continue;
            for (const lang of view.english ? ['zh', 'en'] : ['zh'])
                await takeAll(browser, county, folder, name, view, lang).catch((failure) =>
                    console.error(`${name}: ${failure.message.split('\n')[0]}`));
            console.log(name);
        }
    } finally {
        await browser.close();
        await county.close();
    }
}

await main(...process.argv.slice(2));
