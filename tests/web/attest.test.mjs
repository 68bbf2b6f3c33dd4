/* Zero reports on the office's page, against a real hub and the office's real agent: what a person confirmed is in the log,
 * once, with its units and no others; what nobody confirmed is not. */
import assert from 'node:assert/strict';
import { askToConfirm, confirmButton, enter, FEBRUARY, fill, Office, openPeriod, recorded, VILLAGE } from './testing/attest.mjs';
import { lookingAt } from './testing/browser.mjs';
import { until } from './testing/county.mjs';
import { PHONE } from './testing/desk.mjs';
import { overflowing } from './testing/screen.mjs';

const office = await Office.open();
const look = lookingAt(office);
const text = (page) => page.locator('main').innerText();

look('what is due stands there with its days, and that nothing of it is filled in or ticked', PHONE, async (page) => {
    await enter(page, office);
    assert.doesNotMatch(page.url(), /token/, 'the token does not stay in the address');
    const rows = await page.locator('[data-period]').allInnerTexts();
    assert.equal(rows.length, 2);
    assert.match(rows[0], /零案件.*已逾期 27 天/s);
    assert.match(rows[1], /2020-02-01 – 2020-02-29.*29 天.*2020-03-05 前（含当天）核报.*未核报 19 \/ 19.*1 个已破零/s);
    assert.match(rows[1], /还有 2 天/);
    assert.deepEqual(await overflowing(page), []);
    await openPeriod(page);
    assert.equal(await page.locator('input:checked').count(), 0);
    assert.equal(await page.locator('#role').inputValue(), '');
    assert.ok(await confirmButton(page).isDisabled());
    assert.match(await page.locator('.left-out').innerText(), /示范17村.*140322102217/s);
    assert.equal(await page.locator('[aria-labelledby=covered] .unit').count(), 18);
    assert.doesNotMatch(await page.locator('[aria-labelledby=covered]').innerText(), /示范17村/);
    assert.match(await page.locator('input[value=UNIT_STATEMENT] + .say').innerText(), /不会成为零/);
    assert.deepEqual(await overflowing(page), []);
    assert.deepEqual(office.attested(), []);
});

look('each of basis, role and tick is needed, and a name is no role', PHONE, async (page) => {
    await enter(page, office);
    await openPeriod(page);
    assert.ok(await page.locator('.tick input').isDisabled(), 'what would be ticked has no basis yet');
    await fill(page);
    assert.ok(await confirmButton(page).isEnabled());
    for (const wrong of ['', '张三', 'A', '1A']) {
        await page.locator('#role').fill(wrong);
        assert.ok(await confirmButton(page).isDisabled(), wrong);
    }
    await page.locator('#role').fill('safety_clerk');
    assert.equal(await page.locator('#role').inputValue(), 'SAFETY_CLERK');
    assert.ok(await confirmButton(page).isEnabled());
    await page.locator('input[value=SITE_VISIT]').check();
    assert.ok(await confirmButton(page).isDisabled(), 'another basis is another sentence: it is ticked anew');
    await page.locator('input[value=UNIT_STATEMENT]').check();
    assert.match(await text(page), /规则不采这一依据/);
    await fill(page);
    const agree = await askToConfirm(page);
    assert.match(await page.getByRole('dialog').innerText(), /18 个单位在 2020-02-01 至 2020-02-29 期间确无案件，我据“查台账”核实.*1 个单位不在其中.*DUTY_OFFICER/s);
    await page.keyboard.press('Escape');
    await agree.waitFor({ state: 'detached' });
    assert.deepEqual(office.attested(), [], 'asked, but not answered');
});

look('a part is confirmed: one unit, and what is left stays due', PHONE, async (page) => {
    await enter(page, office);
    await openPeriod(page);
    await page.getByRole('link', { name: '只核报 only 示范03村' }).click();
    await page.getByRole('heading', { name: '所包含的 1 个单位' }).waitFor();
    await fill(page, { basis: 'SITE_VISIT' });
    await (await askToConfirm(page)).click();
    await recorded(page);
    const [event, ...more] = office.attested();
    assert.deepEqual(more, []);
    assert.deepEqual([event.units, event.basis, event.byRole, event.fromDay, event.toDay, event.scope ?? false],
        [['140322102203'], 'SITE_VISIT', 'DUTY_OFFICER', '2020-02-01', '2020-02-29', false]);
    assert.match(await page.locator('.outcome').innerText(), new RegExp(`#${event.position}`));
    await page.getByRole('link', { name: '回到待核报' }).click();
    await page.getByText('未核报 18 / 19 个单位').waitFor();
});

look('tapped twice, reloaded in the middle: one statement, without the broken unit', PHONE, async (page) => {
    await enter(page, office);
    await openPeriod(page);
    await fill(page);
    let posts = 0;
    const keys = new Set();
    await page.route('**/v1/attestations', async (route) => {
        posts++;
        keys.add(route.request().headers()['idempotency-key']);
        if (posts === 1) {
            await route.fetch(); /* it arrives, but its answer does not */
            return route.abort();
        }
        return route.continue();
    });
    const agree = await askToConfirm(page);
    await agree.dblclick({ noWaitAfter: true });
    await until('the first sending', () => posts > 0);
    await page.reload();
    await recorded(page);
    assert.equal(keys.size, 1, 'one key, made before it was sent');
    const events = office.attested().slice(1);
    assert.equal(events.length, 1);
    const [{ units, basis }] = events;
    assert.deepEqual([units.length, basis], [17, 'REGISTER_CHECKED']);
    assert.ok(!units.includes(VILLAGE), 'its zero is broken');
    assert.ok(!units.includes('140322102203'), 'it is attested already');
    await page.getByRole('link', { name: /已确认/ }).first().click();
    assert.match(await text(page), /零案件.*已登记/s);
    await page.getByRole('link', { name: /^待核报/ }).click();
    await page.locator(`[data-period="${FEBRUARY}"] a.row`).click();
    await page.getByText('没有可以核报的单位').waitFor();
});

look('what is recorded and does not count stays due, and says why', PHONE, async (page) => {
    await enter(page, office);
    await openPeriod(page, 'CASE 2020-01-01');
    await fill(page, { basis: 'UNIT_STATEMENT' });
    await (await askToConfirm(page)).click();
    await recorded(page);
    assert.equal(office.attested().at(-1).basis, 'UNIT_STATEMENT');
    await page.getByRole('link', { name: '回到待核报' }).click();
    await page.locator('[data-period="CASE 2020-01-01"]').getByText('尚未计入').waitFor();
    await openPeriod(page, 'CASE 2020-01-01');
    await page.getByText('同样的不必再确认').waitFor();
});

look('with the hub away it says so, and a statement made before waits for it', PHONE, async (page) => {
    await enter(page, office);
    await openPeriod(page, 'CASE 2020-01-01');
    await fill(page);
    const before = office.attested().length;
    await office.stop('hub');
    await (await askToConfirm(page)).click();
    await page.getByText('HUB_UNREACHABLE').waitFor();
    assert.match(await text(page), /什么也没有登记.*自动再送/s);
    await page.goto('/attest/#/');
    await page.getByText('枢纽暂时没有连上').waitFor();
    assert.doesNotMatch(await text(page), /现在没有待核报/, 'not known is not nothing');
    await office.startHub();
    await page.locator('[data-period]').first().waitFor(); /* asked again by itself */
    await until('the statement in the log', () => office.attested().length > before);
    assert.equal(office.attested().length, before + 1);
    assert.equal(office.attested().at(-1).scope, true, 'nobody of January is broken: one statement for the whole subtree');
});

look('what is not as it was shown is refused, and looked at again', PHONE, async (page) => {
    office.setClock('2020-04-03');
    await enter(page, office);
    await openPeriod(page, 'CASE 2020-03-01');
    await fill(page);
    office.publish('station', { occurredAt: '2020-03-20T00:30:00Z', utcOffsetMinutes: 480, unit: '140322102205',
        caseFiled: { caseId: 'C-2', class: 'ADMIN', category: 'THEFT', influence: 'NORMAL' } });
    const before = office.attested().length;
    await (await askToConfirm(page)).click();
    await page.locator('.outcome[data-standing=refused]').waitFor();
    assert.match(await text(page), /未接受：什么也没有登记.*请再看一遍/s);
    assert.equal(office.attested().length, before);
    await page.getByRole('link', { name: '再看一遍这一期' }).click();
    await page.getByRole('heading', { name: '不列入：1 个单位已破零' }).waitFor();
});

look('a token that is wrong, or for something else, is told so with what to do', { size: [1280, 900], account: null }, async (page) => {
    await page.goto('/attest/');
    await page.getByText('还没有口令').click();
    await page.getByText('sanling-public-security -c public-security.yaml --new-token NAME --scope attest').waitFor();
    await page.locator('#token').fill('sanling_nobodys');
    await page.getByRole('button', { name: '进入' }).click();
    await page.getByText('口令无效').waitFor();
    await page.getByRole('button', { name: '换口令' }).click();
    await page.locator('#token').fill(office.deskToken);
    await page.getByRole('button', { name: '进入' }).click();
    await page.getByText('要有 attest 权限的口令').waitFor();
    assert.match(await text(page), /SCOPE_MISSING.*--scope attest/s);
});

look('nothing due is said plainly', PHONE, async (page) => {
    await page.route('**/v1/attestations/due', (route) => route.fulfill({ json: { office: 'PUBLIC_SECURITY', unit: '140322102000' } }));
    await page.goto(office.link);
    await page.getByText('现在没有待核报的期间。').waitFor();
    assert.equal(await page.locator('button.primary').count(), 0, 'an empty list is no attestation');
});
