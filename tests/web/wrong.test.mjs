/* What goes wrong is one clear sentence and its code, in both languages; nothing is half drawn, nothing leaks. */
import assert from 'node:assert/strict';
import { lookingAt, logInByForm } from './testing/browser.mjs';
import { County } from './testing/county.mjs';

const county = await County.open({ accounts: { leader: 'leader', station: 'station' } });
const look = lookingAt(county);
const COUNTY_CODE = '140322000000';

/* Errors of the console but those that the browser writes for an answer that is no success. */
function consoleOf(page) {
    const errors = [];
    page.on('console', (message) => {
        if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) errors.push(message.text());
    });
    return errors;
}

const CASES = [
    ['/?unit=140399000000', 'UNKNOWN_UNIT'],
    ['/units?unit=140399000000', 'UNKNOWN_UNIT'],
    ['/units/140399000000', 'UNKNOWN_UNIT'],
    ['/?at=2030-01-01', 'BAD_DAY'],
    ['/trends?at=2030-01-01', 'BAD_DAY'],
    ['/?at=2020-08-19&known=999999999', 'BAD_MOMENT'],
    ['/in-hand/petitions?at=2020-08-19&known=999999999', 'BAD_MOMENT'],
    ['/matters/NOTHING-OF-THE-KIND', 'NOT_FOUND'],
    [`/?unit=${COUNTY_CODE}`, 'NOT_PERMITTED', 'station'],
    [`/units/${COUNTY_CODE}`, 'NOT_PERMITTED', 'station'],
];

for (const account of ['leader', 'station'])
    for (const lang of ['zh', 'en'])
        look(`wrong addresses for ${account} (${lang})`, { account }, async (page) => {
            const errors = consoleOf(page);
            for (const [path, code] of CASES.filter((one) => (one[2] ?? 'leader') === account)) {
                await page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=${lang}`);
                const notice = page.locator('main [role=alert][data-code]').first();
                await notice.waitFor();
                const text = await notice.innerText();
                assert.equal(await notice.getAttribute('data-code'), code, path);
                assert.ok(text.includes(code), `${path}: the code is read: ${text}`);
                assert.ok(text.length > code.length + 4 && text.length < 400, `${path}: ${text}`);
                if (lang === 'zh') assert.match(text, /[\u4e00-\u9fff]/, path);
                else assert.doesNotMatch(text.replaceAll('盂县', '').replaceAll('路家村镇', ''), /[\u4e00-\u9fff]/, path);
                assert.doesNotMatch(text, /\bat .*:\d+|undefined|null|NaN|Error:|\.c:/, path);
                assert.equal(await page.locator('main .interval, main table tbody td').count(), 0, `${path}: nothing half drawn`);
                assert.equal(await page.locator('main [role=alert][data-code]').count(), 1, `${path}: said once`);
            }
            assert.deepEqual(errors, []);
        });

for (const [lang, words] of [['zh', /枢纽|网关/], ['en', /hub|gateway/i]])
    look(`without its hub the page says so and draws nothing (${lang})`, {}, async (page) => {
        const errors = consoleOf(page);
        await county.stop('hub', 'SIGKILL');
        await page.goto(`/?lang=${lang}`);
        const notice = page.locator('main [role=alert][data-code]').first();
        await notice.waitFor({ timeout: 30000 });
        assert.match(await notice.innerText(), words);
        assert.equal(await page.locator('main .interval').count(), 0);
        await county.startHub();
        await page.locator('main .interval').first().waitFor({ timeout: 40000 });
        assert.equal(await page.locator('main [role=alert][data-code]').count(), 0, 'what is over is not said any more');
        assert.deepEqual(errors, []);
    });

look('every refusal of the interface is a problem document in both languages', {}, async (page) => {
    const { request } = page.context();
    for (const path of ['overview?unit=140399000000', 'overview?at=2030-01-01', 'overview?at=yesterday', 'overview?known=999999999',
        'figures/no.such.figure', 'events/999999999', 'nothing', 'units/%00', 'tree?unit=../../etc/passwd', 'export/nothing.csv',
        'trends?by=EON', 'matters/NOTHING-OF-THE-KIND']) {
        const answer = await request.get(`${county.address}/v1/${path}`);
        assert.ok(answer.status() >= 400 && answer.status() < 500, `${path}: ${answer.status()}`);
        assert.match(answer.headers()['content-type'], /application\/problem\+json/, path);
        const problem = await answer.json();
        assert.equal(problem.status, answer.status(), path);
        assert.match(problem.code, /^[A-Z_]+$/, path);
        assert.match(problem.title, /[\u4e00-\u9fff]/, path);
        assert.doesNotMatch(problem.titleEn, /[\u4e00-\u9fff]/, path);
        assert.doesNotMatch(JSON.stringify(problem), /\/(tmp|home|root|work)\/|\.[ch]:\d/, path);
    }
});

look('a path that is no view says so and leads back', {}, async (page) => {
    for (const path of ['/nowhere', '/events/x', '/lists/none', '/in-hand/none', '/units/1/2']) {
        await page.goto(`${path}?lang=zh`);
        await page.locator('main h1, main [role=alert], main .notice').first().waitFor();
        assert.match(await page.locator('main').innerText(), /没有/, path);
        assert.ok(await page.locator('main a[href^="/"]').count() >= 1, path);
    }
});

look('the login says when nobody answers, and works when somebody does', { account: null }, async (page) => {
    const errors = consoleOf(page);
    await page.goto('/?lang=zh');
    await page.locator('#account').waitFor();
    await county.stop('leadership', 'SIGTERM');
    await logInByForm(page, 'leader');
    const problem = page.locator('.login-problem[data-code]');
    await problem.waitFor();
    assert.match(await problem.innerText(), /没有回应/);
    await county.startPage();
    await logInByForm(page, 'leader');
    await page.locator('main .interval').first().waitFor();
    assert.deepEqual(errors, []);
});
