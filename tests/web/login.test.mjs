/* Who may look: the login, its refusals, a session that ended, and units that are not one's own. */
import assert from 'node:assert/strict';
import { lookingAt, logInByForm, settled } from './testing/browser.mjs';
import { COUNTY, County, PASSWORD, TOWN } from './testing/county.mjs';

const county = await County.open({ accounts: { leader: 'leader', station: 'station', other: 'leader' } });
const look = lookingAt(county);
const OTHER_TOWN_VILLAGE = '140322202000';

look('whoever is not logged in sees the login, then what the address names', { account: null }, async (page) => {
    await page.goto(`/?unit=${TOWN}`);
    await logInByForm(page, 'leader');
    await settled(page);
    assert.match(page.url(), new RegExp(`unit=${TOWN}`));
    await page.getByRole('banner').getByRole('link', { name: '总览' }).waitFor();
    await page.locator('main .interval').first().waitFor();
});

for (const [lang, words] of [['zh', /账号或密码/], ['en', /account or.* password|password/i]])
    look(`a wrong password is said in one sentence (${lang})`, { account: null }, async (page) => {
        await page.goto(`/?lang=${lang}`);
        await logInByForm(page, 'leader', 'not the password');
        const problem = page.locator('.login-problem[data-code=BAD_LOGIN]');
        await problem.waitFor();
        assert.match(await problem.innerText(), words);
        assert.equal(await page.locator('main .interval').count(), 0, 'nothing is drawn behind it');
    });

look('whoever tries too often is told how long to wait', { account: null }, async (page) => {
    await page.goto('/?lang=zh');
    for (let tries = 0; tries < 30; tries++) {
        await logInByForm(page, 'other', `wrong ${tries} password`);
        await page.locator('.login-problem[data-code]').waitFor();
        await page.waitForFunction(() => !document.querySelector('button.primary').disabled ||
            document.querySelector('[data-code=TOO_MANY_ATTEMPTS]'));
        if (await page.locator('[data-code=TOO_MANY_ATTEMPTS]').count()) break;
    }
    const text = await page.locator('[data-code=TOO_MANY_ATTEMPTS]').innerText();
    assert.match(text, /\d+ 秒后/);
    assert.ok(await page.getByRole('button', { name: '登录' }).isDisabled());
});

look('a session that ended leads to the login and back to the same view', {}, async (page) => {
    await page.goto(`/units/${TOWN}?at=2020-08-19`);
    await settled(page);
    await page.context().clearCookies();
    await page.getByRole('banner').getByRole('link', { name: '总览' }).click();
    await page.getByText('登录已过期').waitFor();
    assert.equal(await page.locator('main .interval').count(), 0);
    await logInByForm(page, 'leader');
    await page.locator('main .interval').first().waitFor();
    assert.match(page.url(), /at=2020-08-19/);
});

look('a live page whose session ends by itself says so', {}, async (page) => {
    await page.goto('/');
    await settled(page);
    await page.getByText('实时', { exact: true }).waitFor();
    const answer = await page.context().request.delete(`${county.address}/v1/session`, { headers: { Origin: county.address } });
    assert.equal(answer.status(), 204);
    await page.reload();
    await page.getByLabel('账号', { exact: true }).waitFor();
});

for (const [lang, words] of [['zh', /不在|无权|权限|辖区/], ['en', /not|permitted|subtree|outside/i]])
    look(`units outside of one's own are refused in words (${lang})`, { account: 'station' }, async (page) => {
        await page.goto(`/?unit=${OTHER_TOWN_VILLAGE}&lang=${lang}`);
        const notice = page.locator('main [role=alert][data-code]');
        await notice.waitFor();
        assert.equal(await notice.getAttribute('data-code'), 'NOT_PERMITTED');
        assert.match(await notice.innerText(), words);
        assert.equal(await page.locator('main .interval, main .state').count(), 0, 'nothing half drawn');
    });

look('who serves a town sees the town, and the county is refused', { account: 'station' }, async (page) => {
    await page.goto('/');
    await page.locator('main .interval').first().waitFor();
    assert.match(await page.locator('header.top').innerText(), /路家村镇/);
    await page.goto(`/?unit=${COUNTY}`);
    await page.locator('main [data-code=NOT_PERMITTED]').waitFor();
});

look('logging out ends the session at the server', {}, async (page) => {
    await page.goto('/');
    await settled(page);
    await page.locator('header.top details.menu summary').click();
    await page.getByRole('button', { name: '退出登录' }).click();
    await page.getByLabel('账号', { exact: true }).waitFor();
    const answer = await page.context().request.get(`${county.address}/v1/overview`);
    assert.equal(answer.status(), 401);
    assert.equal((await answer.json()).code, 'LOGIN_REQUIRED');
});

look('the form takes another password only from its own page', { account: null }, async (page) => {
    const answer = await page.context().request.post(`${county.address}/v1/session`,
        { data: { account: 'leader', password: PASSWORD }, headers: { Origin: 'http://elsewhere.example' } });
    assert.ok(answer.status() >= 400, `${answer.status()}`);
});
