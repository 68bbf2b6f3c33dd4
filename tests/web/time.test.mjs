/* The time machine: a past day as it was known then, what is known otherwise now, and the way back. */
import assert from 'node:assert/strict';
import { lookingAt, settled } from './testing/browser.mjs';
import { County } from './testing/county.mjs';

const county = await County.open();
const look = lookingAt(county);

async function open(page, path) {
    await page.goto(path);
    await page.locator('main .interval, main .state').first().waitFor();
    await settled(page);
}

const enterprises = async (page) => (await page.locator('main section', { hasText: '零事故' }).filter({ hasText: '安委办' })
    .first().innerText()).split('企事业')[1].replace(/\s/g, '');

look('before the forty late reports accidents are known less well, and the page says what came after', {}, async (page) => {
    await open(page, '/?at=2020-08-11&known=2020-08-11T12:00:00%2B08:00');
    assert.match(await enterprises(page), /^99\.07%–99\.98%覆盖99\.09%/);
    const said = await page.locator('main .notice-past').innerText();
    assert.match(said, /未核实/);
    assert.match(said, /#[\d\s\u2009]+/, 'with the record that made it');
    await open(page, '/?at=2020-08-11&known=now');
    assert.match(await enterprises(page), /^99\.98%覆盖100%/);
});

look('looking back is written in the bar, the title and the link, and only one thing leads back', {}, async (page) => {
    await open(page, '/?at=2020-08-19');
    const bar = await page.locator('section.time').innerText();
    assert.match(bar, /回看/);
    assert.match(bar.replace(/[\u2009 ]/g, ''), /2020-08-19/);
    assert.match(bar.replace(/[\u2009\s]/g, ''), /#24447/);
    assert.match(await page.title(), /回看 2020-08-19/);
    await page.keyboard.press('Escape');
    assert.match(page.url(), /at=2020-08-19/);
    await page.getByRole('button', { name: '回到实时' }).click();
    await page.locator('section.time', { hasText: '实时' }).waitFor();
    assert.doesNotMatch(page.url(), /at=/);
});

look("a concealed accident: then a zero, now broken, with the record", {}, async (page) => {
    await open(page, `/units/${county.story('concealed')}?at=2019-07-04`);
    const text = await page.locator('main').innerText();
    assert.match(text, /回看与现在不同/);
    assert.match(text, /当时所知为\s*零；现在所知同一天为\s*破零/);
});

for (const [path, code, words] of [
    ['/?unit=140399000000', 'UNKNOWN_UNIT', /没有|不在|未知/],
    ['/units/140399000000', 'UNKNOWN_UNIT', /没有|不在|未知/],
    ['/?at=2030-01-01', 'BAD_DAY', /日期/],
    ['/?at=2020-08-19&known=999999999', 'BAD_MOMENT', /位置/],
    ['/events/999999999', 'NOT_FOUND', /没有/],
])
    look(`a wrong address is said in words: ${path}`, {}, async (page) => {
        await page.goto(path);
        const notice = page.locator('main [role=alert][data-code]').first();
        await notice.waitFor();
        assert.equal(await notice.getAttribute('data-code'), code);
        assert.match(await notice.innerText(), words);
        assert.equal(await page.locator('main .interval').count(), 0, 'nothing half drawn');
        await page.goto(`${path}${path.includes('?') ? '&' : '?'}lang=en`);
        await notice.waitFor();
        assert.doesNotMatch((await notice.innerText()).replace('盂县', ''), /[\u4e00-\u9fff]/, 'English alone');
    });

look('a day that is none is left out, and said so', {}, async (page) => {
    await open(page, '/?at=2020-02-30');
    assert.match(await page.locator('.address-faults').innerText(), /2020-02-30/);
});
