/* What the page weighs on the wire (the compressed files that the gateway hands out), against its budget. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { County, PASSWORD } from './testing/county.mjs';

const PAGE = process.env.SANLING_PAGE;
const KB = 1024;
const LIMITS = { first: 60 * KB, data: 25 * KB, charts: 185 * KB, everything: 300 * KB };

function files(folder, prefix = '') {
    return readdirSync(folder).flatMap((name) => {
        const path = join(folder, name);
        return statSync(path).isDirectory() ? files(path, `${prefix}${name}/`) : [`${prefix}${name}`];
    });
}

/* As gzip sends it, the larger of the two encodings: what any browser gets at most. */
const weight = (name) => statSync(join(PAGE, `${name}.gz`)).size;

/* The scripts and styles that a file of the page loads at once: what the first view needs. */
function loadedAtOnce(name, found = new Set()) {
    if (found.has(name)) return found;
    found.add(name);
    const text = readFileSync(join(PAGE, name), 'utf8');
    const imported = name.endsWith('.html')
        ? [...text.matchAll(/(?:src|href)="\/([^"]+\.(?:js|css))"/g)].map((match) => match[1])
        : [...text.matchAll(/(?:import|from)\s*"\.\/([^"]+\.js)"/g)].map((match) => `assets/${match[1]}`);
    imported.forEach((one) => loadedAtOnce(one, found));
    return found;
}

const sum = (names) => [...names].reduce((total, name) => total + weight(name), 0);
const said = (bytes) => `${(bytes / KB).toFixed(1)} KB`;

function within(what, bytes, limit) {
    console.log(`${what}: ${said(bytes)} of ${said(limit)}`);
    assert.ok(bytes <= limit, `${what}: ${said(bytes)}, at most ${said(limit)}`);
}

const text = files(PAGE).filter((name) => /\.(html|js|css)$/.test(name));

test('every file of the page is compressed beside itself', () => {
    for (const name of text)
        for (const ending of ['gz', 'br']) assert.ok(statSync(join(PAGE, `${name}.${ending}`)).size > 0, name);
});

test('the first view is light', () => {
    within('first view', sum(loadedAtOnce('index.html')), LIMITS.first);
});

test('charts are a piece of their own, and the whole stays small', () => {
    const charts = text.filter((name) => readFileSync(join(PAGE, name), 'utf8').includes('zrender') ||
        /echarts|chart-/.test(name));
    assert.ok(charts.length > 0, 'there is a piece with charts');
    assert.deepEqual([...loadedAtOnce('index.html')].filter((name) => charts.includes(name)), [], 'not at once');
    within('charts', sum(charts), LIMITS.charts);
    within('everything', sum(text), LIMITS.everything);
});

test("the first view's data is light", async () => {
    const county = await County.open();
    try {
        const session = await fetch(`${county.address}/v1/session`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json', Origin: county.address },
            body: JSON.stringify({ account: 'leader', password: PASSWORD }),
        });
        assert.equal(session.status, 200);
        const cookie = session.headers.get('set-cookie').split(';')[0];
        const answer = await fetch(`${county.address}/v1/overview`, { headers: { cookie, 'Accept-Encoding': 'identity' } });
        assert.equal(answer.status, 200);
        within('overview', gzipSync(Buffer.from(await answer.arrayBuffer())).length, LIMITS.data);
    } finally {
        await county.close();
    }
});
