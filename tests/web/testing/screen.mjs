/* What stands on the screen, in words and pixels. */

/* "1 147" and "−38.6" as numbers: thin spaces part the thousands, the minus is a real one. */
export const numberOf = (text) => Number(text.replace(/[\s\u2009\u202f\u00a0,]/g, '').replace('−', '-').match(/-?\d+(\.\d+)?/)?.[0]);

/* Every figure that opens its events: name, the unit it is of ('' the view's own), and the number that is read. */
export function doorsOf(page, within = 'main') {
    return page.evaluate((root) => [...document.querySelectorAll(`${root} a.door[data-figure]`)].map((door) => ({
        figure: door.dataset.figure, unit: new URL(door.href).searchParams.get('whose') ?? '', text: door.textContent,
    })), within);
}

/* Widths in pixels of the three parts of each bar that is drawn. */
export function barsOf(page, within = 'main') {
    return page.evaluate((root) => [...document.querySelectorAll(`${root} svg`)]
        .filter((svg) => svg.querySelector('[data-part]') && svg.getBoundingClientRect().width > 0)
        .map((svg) => ({
            label: svg.getAttribute('aria-label') ?? '',
            width: svg.getBoundingClientRect().width,
            parts: [...svg.querySelectorAll('[data-part]')].map((rect) => {
                const box = rect.getBoundingClientRect();
                return { part: rect.dataset.part, left: box.left, right: box.right, width: box.width, height: box.height };
            }),
        })), within);
}

/* Elements whose text runs over the screen's right edge, or that make the page wider than the screen. */
export function overflowing(page) {
    return page.evaluate(() => {
        const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
        const found = wide > 0 ? [`the page is ${wide} px wider than the screen`] : [];
        for (const element of document.querySelectorAll('main *, header.top *')) {
            const box = element.getBoundingClientRect();
            if (box.width === 0 || element.closest('.unseen, [aria-hidden=true], svg')) continue;
            let scroller = element.parentElement;
            while (scroller && !/auto|scroll|hidden|clip/.test(getComputedStyle(scroller).overflowX)) scroller = scroller.parentElement;
            if (!scroller && box.right > innerWidth + 1 && element.children.length === 0)
                found.push(`${element.className || element.tagName}: ${element.textContent.slice(0, 40)} ends at ${Math.round(box.right)}`);
        }
        return found;
    });
}

/* Texts with less contrast than 4.5 to what lies behind them, by the computed colours; to be evaluated in the page. */
export const weakTexts = () => {
    const parse = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
        .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const colour = parse(getComputedStyle(at).backgroundColor);
            if (colour.length === 3 || colour[3] === 1) return colour;
        }
        return [255, 255, 255];
    };
    const found = new Set();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const element = node.parentElement;
        if (!node.textContent.trim() || element.getClientRects().length === 0 || element.closest('svg, .unseen, :disabled, script, noscript, option')) continue;
        const [a, b] = [light(parse(getComputedStyle(element).color)), light(behind(element))];
        const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        if (ratio < 4.5) found.add(`${element.className}: ${node.textContent.trim().slice(0, 20)} ${ratio.toFixed(2)}`);
    }
    return [...found];
};

/* What is pressed and is smaller than 44 px, or has no name. */
export const hardToPress = (page) => page.evaluate(() => [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter((one) => one.getClientRects().length > 0)
    .flatMap((one) => {
        const target = one.closest('label') ?? one;
        const box = target.getBoundingClientRect();
        const name = one.getAttribute('aria-label') ?? one.labels?.[0]?.textContent ?? one.textContent;
        return [
            ...(box.height < 44 || box.width < 44 ? [`${name}: ${Math.round(box.width)} × ${Math.round(box.height)}`] : []),
            ...(name.trim() === '' ? [`no name: ${one.outerHTML.slice(0, 80)}`] : []),
        ];
    }));
