/* Days as numbers since 1970-01-01, and how they are written. The page counts in days of the hub; no clock is read. */
export const DAY_MS = 86_400_000;

export const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
export const dayText = (number: number): string => new Date(number * DAY_MS).toISOString().slice(0, 10);

/* MM-DD within the year that is looked at, else the whole date. */
export const shortDay = (day: string, year: string): string => (day.startsWith(`${year}-`) ? day.slice(5) : day);
/* "07-16–07-31"; one day alone is written once. */
export function dayRange(from: string, to: string, year: string): string {
    return to === '' || from === to ? shortDay(from, year) : `${shortDay(from, year)}–${shortDay(to, year)}`;
}
/* How many days from `from` to `to`, both included. */
export const daysIn = (from: string, to: string): number => dayNumber(to || from) - dayNumber(from) + 1;

/* First days of the months that begin within the days, as numbers. */
export function monthsWithin(from: number, to: number): { day: number; month: number; year: number }[] {
    const months: { day: number; month: number; year: number }[] = [];
    const begin = new Date(from * DAY_MS);
    for (let year = begin.getUTCFullYear(), month = begin.getUTCMonth(); ; month++) {
        const day = Math.round(Date.UTC(year, month, 1) / DAY_MS);
        if (day > to) return months;
        if (day >= from || months.length === 0)
            months.push({ day: Math.max(day, from), month: (month % 12) + 1, year: year + Math.floor(month / 12) });
    }
}
