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
