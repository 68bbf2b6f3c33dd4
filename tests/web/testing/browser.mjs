/* The distribution's Chromium, driven through playwright-core. Every page of every test is watched: a violation of the
 * content security policy, an uncaught error, or a request to anywhere but the page's own server fails the test. */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { PASSWORD } from './county.mjs';

// The packages are in the build folder, not beside the sources.
const { chromium } = createRequire(join(process.env.SANLING_PACKAGES, 'package.json'))('playwright-core');
const FAILURES = process.env.SANLING_FAILURES;
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'];

/* `settings`: of the rendering engine, as a reader sets them: defaultFontSize=32; `flags`: further ones of the program. */
export const openBrowser = (settings = '', flags = []) =>
    chromium.launch({ executablePath: process.env.SANLING_CHROMIUM ?? '/usr/bin/chromium',
        args: [...FLAGS, ...flags, ...(settings ? [`--blink-settings=${settings}`] : [])] });

/* What must not happen on a page; empty at its end. */
async function watch(page, address) {
    const wrong = [];
    await page.exposeFunction('sanlingViolation', (text) => wrong.push(`policy: ${text}`));
    await page.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
            window.sanlingViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
        });
    });
    page.on('pageerror', (error) => wrong.push(`uncaught: ${error.stack ?? error}`));
    page.on('console', (message) => {
        if (/Content Security Policy/.test(message.text())) wrong.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
        if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(`${address}/`))
            wrong.push(`request to ${request.url()}`);
    });
    return wrong;
}

/* A page in a context of its own; `size` [width, height]. Logged in by the interface, unless account is null: that the
 * form works is a test of its own. */
export async function openPage(browser, county, options = {}) {
    const { size = [1280, 900], dark = false, account = 'leader', ...rest } = options;
    const context = await browser.newContext({
        viewport: { width: size[0], height: size[1] },
        colorScheme: dark ? 'dark' : 'light',
        locale: 'zh-CN',
        timezoneId: 'Asia/Shanghai',
        reducedMotion: 'reduce',
        baseURL: county.address,
        acceptDownloads: true,
        ...rest,
    });
    if (account) await login(context, county, account);
    const page = await context.newPage();
    page.setDefaultTimeout(10000);
    page.wrong = await watch(page, county.address);
    return page;
}

/* Tries at all accounts together are bounded by the second: behind a test that used them up, whoever logs in waits as long
 * as the answer says, once. */
export async function login(context, county, account = 'leader') {
    const ask = () => context.request.post(`${county.address}/v1/session`,
        { data: { account, password: PASSWORD }, headers: { Origin: county.address } });
    let answer = await ask();
    if (answer.status() === 429) {
        await new Promise((done) => setTimeout(done, 1000 * Number(answer.headers()['retry-after'])));
        answer = await ask();
    }
    assert.equal(answer.status(), 200, `login: ${await answer.text()}`);
}

/* By the form, as a person does. */
export async function logInByForm(page, account, password = PASSWORD) {
    await page.locator('#account').fill(account);
    await page.locator('#password').fill(password);
    await page.locator('form button.primary').click();
}

/* Until what the view asked for is there: nothing is loading, and what it draws has been drawn. */
export async function settled(page) {
    await page.waitForLoadState('load');
    await page.waitForFunction(() => document.querySelector('main') && !document.querySelector('main .loading, .drawer .loading'));
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/* A test file's browser and county: `look(name, options, body)` is a test with a page of its own. A failed one leaves a
 * picture. */
export function lookingAt(county) {
    let browser;
    let failed = false;
    after(async () => {
        await browser?.close();
        await county.close({ failed });
    });
    return (name, options, body) =>
        test(name, async () => {
            browser ??= await openBrowser();
            const page = await openPage(browser, county, options);
            try {
                await body(page);
                assert.deepEqual(page.wrong, []);
            } catch (failure) {
                failed = true;
                await leavePicture(page, name);
                throw failure;
            } finally {
                await page.context().close();
            }
        });
}

async function leavePicture(page, name) {
    if (!FAILURES) return;
    mkdirSync(FAILURES, { recursive: true });
    const path = join(FAILURES, `${name.replace(/[^\w一-鿿]+/g, '-')}.png`);
    await page.screenshot({ path, fullPage: true }).catch(() => {});
    console.error(`picture: ${path}; at ${page.url()}; ${page.wrong.join('; ')}`);
}
