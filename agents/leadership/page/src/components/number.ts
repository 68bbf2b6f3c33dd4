/* How numbers, days and times are written, the same on screen, paper and in both languages. The page never rounds and
 * never divides: percentages come as text from the server. */

const THIN = '\u2009';

/* 184 203, with thin spaces; 64-bit numbers come as strings and never pass through a double. */
export function integer(value: number | string): string {
    const text = String(value);
    const sign = text.startsWith('-') ? '−' : '';
    return sign + text.replace(/^-/, '').replace(/\B(?=(\d{3})+$)/g, THIN);
}

/* A signed decimal of the server, "-35.7", with a real minus. */
export function signed(text: string): string {
    if (text === '') return '';
    return text.startsWith('-') ? `−${text.slice(1)}` : text.startsWith('+') ? text : `+${text}`;
}

/* "100.00" is said as 100%, anything else as the server rounded it. */
export function percent(text: string): string {
    const short = text.replace(/^(0|100)\.0+$/, '$1');
    return `${short}%`;
}

/* 2020-08-19 → 08-19 within the year that is looked at. */
export function monthDay(day: string, year: number | string): string {
    return day.startsWith(`${year}-`) ? day.slice(5) : day;
}

const zone = 'Asia/Shanghai';
const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit',
});

/* An RFC 3339 time as 2020-08-19 09:41:07 in the county's zone; empty for none. */
export function dateTime(time: string | null | undefined): string {
    const at = time ? Date.parse(time) : Number.NaN;
    return Number.isNaN(at) ? '' : clock.format(at);
}

/* 09:41:07 on `day`, else with its date: 08-19 09:41. */
export function timeOn(time: string | null | undefined, day: string): string {
    const text = dateTime(time);
    if (text === '') return '';
    const [date = '', hours = ''] = text.split(' ');
    return date === day ? hours : `${monthDay(date, day.slice(0, 4))} ${hours.slice(0, 5)}`;
}

/* The day `count` days after `day`; both ISO. */
export function addDays(day: string, count: number): string {
    const at = new Date(`${day}T00:00:00Z`);
    at.setUTCDate(at.getUTCDate() + count);
    return at.toISOString().slice(0, 10);
}

/* An ISO day of a count of days since 1970-01-01; empty for 0. */
export function dayOf(count: number): string {
    return count === 0 ? '' : new Date(count * 86_400_000).toISOString().slice(0, 10);
}

/* Orders two parts of wholes, a/b against c/d, without dividing. */
export function compareParts(a: number, b: number, c: number, d: number): number {
    return a * d - c * b;
}
