/* How fast the page is, on loopback and against a real hub: the first view of a county of 5,000 units, and the tree of
 * one with 50,000. Prints one JSON document; nothing here fails a test, since other work on the machine counts too.
 * Usage: run performance.mjs [UNITS [TREE-UNITS]] */
import { openBrowser, openPage, settled } from './testing/browser.mjs';
import { County } from './testing/county.mjs';

/* Long tasks of the main thread (50 ms and more) as the browser counts them. */
const WATCH_TASKS = () => {
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((entry) => Math.round(entry.duration))))
        .observe({ type: 'longtask', buffered: true });
    window.shifts = 0;
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shifts += entry.value)))
        .observe({ type: 'layout-shift', buffered: true });
};

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

/* Milliseconds from the navigation until the joint status stands there, and until nothing is loading. */
async function firstView(browser, county) {
    const page = await openPage(browser, county);
    await page.addInitScript(WATCH_TASKS);
    await page.addInitScript(() => {
        const look = () => {
            if (!window.figures && document.querySelector('main .interval')) window.figures = performance.now();
            if (!window.ready && window.figures && !document.querySelector('main .loading')) window.ready = performance.now();
            if (!window.ready) requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    });
    await page.goto('/');
    await page.waitForFunction(() => window.ready);
    await settled(page);
    const times = await page.evaluate(() => ({
        figures_ms: Math.round(window.figures), ready_ms: Math.round(window.ready), tasks_ms: window.tasks,
        layout_shift: Math.round(window.shifts * 1000) / 1000,
    }));
    await page.context().close();
    return times;
}

/* The tree: until the first rows stand there, then scrolling and filtering, in frames. */
async function tree(browser, county) {
    const page = await openPage(browser, county);
    await page.addInitScript(WATCH_TASKS);
    const start = Date.now();
    await page.goto('/units');
    await page.locator('[role=treegrid] [role=row][aria-rowindex="3"]').waitFor();
    const opened = Date.now() - start;
    await settled(page);
    const opening = await page.evaluate(() => window.tasks.splice(0));
    await page.keyboard.press('Home');
    const scrolled = await page.evaluate(scrollThrough);
    return { page, opened_ms: opened, opening_tasks_ms: opening, ...scrolled };
}

/* In the page: scrolls what scrolls the rows by a screen a frame, and tells how long the frames took. */
async function scrollThrough() {
    let box = document.querySelector('[role=treegrid]');
    while (box && box.scrollHeight <= box.clientHeight + 1) box = box.parentElement;
    box ??= document.scrollingElement;
    const frames = [];
    let before = await new Promise(requestAnimationFrame);
    for (let step = 0; step < 120; step++) {
        box.scrollTop += 600;
        const now = await new Promise(requestAnimationFrame);
        frames.push(now - before);
        before = now;
    }
    frames.sort((a, b) => a - b);
    return {
        scroll_frame_p50_ms: Math.round(frames[60] * 10) / 10, scroll_frame_max_ms: Math.round(frames[119] * 10) / 10,
        scroll_tasks_ms: window.tasks.splice(0),
        rows_in_dom: document.querySelectorAll('[role=treegrid] [role=row]').length,
    };
}

const [units = '5000', treeUnits = '50000'] = process.argv.slice(2);
const browser = await openBrowser();
const told = {};
for (const [name, count, look] of [['first', units, firstView], ['tree', treeUnits, tree]]) {
    const county = await County.make({ units: Number(count), events: 20000 });
    try {
        const rounds = [];
        for (let round = 0; round < 5; round++) {
            const { page, ...times } = await look(browser, county);
            rounds.push(times);
            await page?.context().close();
        }
        const middle = Object.fromEntries(Object.entries(rounds[0]).map(([key, value]) =>
            [key, typeof value === 'number' ? median(rounds.map((one) => one[key])) : rounds.flatMap((one) => one[key])]));
        told[`${name}_of_${count}_units`] = middle;
    } finally {
        await county.close();
    }
}
await browser.close();
console.log(JSON.stringify(told, null, 2));
