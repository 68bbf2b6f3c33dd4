/* What the page hands out, read again: CSV, .xlsx (with unzip) and PDF (with poppler). */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/* Rows of cells. The file begins with a byte order mark, so that office software reads it as UTF-8. */
export function readCsv(path) {
    const text = readFileSync(path, 'utf8');
    if (!text.startsWith('\uFEFF')) throw new Error(`${path}: no byte order mark`);
    const rows = [[]];
    const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/gy;
    cell.lastIndex = 1;
    while (cell.lastIndex < text.length) {
        const found = cell.exec(text);
        if (!found) throw new Error(`${path}: no CSV in line ${rows.length}`);
        rows.at(-1).push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
        if (found[3] !== ',') rows.push([]);
    }
    rows.pop();
    return rows;
}

const part = (path, name) => execFileSync('unzip', ['-p', path, name], { maxBuffer: 256 << 20 }).toString();
const plain = (xml) => xml.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');

/* Rows of cells of the first sheet, as text. */
export function readXlsx(path) {
    const column = (letters) => [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0) - 1;
    return [...part(path, 'xl/worksheets/sheet1.xml').matchAll(/<row [^>]*?(?:\/>|>(.*?)<\/row>)/gs)].map((row) => {
        const cells = [];
        for (const [, letters, attributes, body] of (row[1] ?? '').matchAll(/<c r="([A-Z]+)\d+"([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)) {
            const [, tag, value] = /<(v|t)[^>]*>([^<]*)</.exec(body ?? '') ?? [];
            if (/t="s"/.test(attributes)) throw new Error(`${path}: ${letters}: a shared string, where each stands in its cell`);
            cells[column(letters)] = tag ? plain(value) : '';
        }
        return Array.from(cells, (cell) => cell ?? '');
    });
}

export function readPdf(path) {
    const [, pages] = /^Pages:\s+(\d+)/m.exec(execFileSync('pdfinfo', [path]).toString());
    const sheets = execFileSync('pdftotext', ['-layout', path, '-'], { maxBuffer: 64 << 20 }).toString().split('\f');
    return { pages: Number(pages), sheets: sheets.slice(0, Number(pages)) };
}
