/* Units of the tree in words: what a mark alone must not say. */
import type { StatusKind, ZeroKind } from '../../api/types';
import { stateWord, zeroWord } from '../../components/mark';
import { dayRange, dayText } from '../../days';
import { word, words } from '../../words';
import { type Columns, KINDS, nameOf, OFFICES, statusOf, type View, VIEWS } from './columns';

const STATES: readonly StatusKind[] = ['UNSPECIFIED', 'ZERO', 'BROKEN', 'UNVERIFIED', 'NOT_COUNTED'];
export const stateAt = (c: Columns, unit: number, view: View): StatusKind => STATES[statusOf(c, unit, view)] ?? 'NOT_COUNTED';
export const zeroAt = (view: View): ZeroKind => (view === 0 ? 'UNSPECIFIED' : (VIEWS[view] as ZeroKind));
export const kindWord = (c: Columns, unit: number): string => word(words.value.unitKinds, KINDS[c.kind[unit]!]);
export const officeWord = (c: Columns, unit: number): string => word(words.value.offices, OFFICES[c.gapOffice[unit]!]);

/* "公安局 07-16–07-31", empty where nothing is owed. English has the days first: its offices' names are long. */
export function gapWords(c: Columns, unit: number, year: string): string {
    if (c.gapOffice[unit] === 0) return '';
    return words.value.gapCell(dayRange(dayText(c.gapFrom[unit]!), dayText(c.gapTo[unit]!), year), officeWord(c, unit));
}

/* "示范03村，零案件未核实，缺口 7月16日至31日，公安局": read aloud, so days in words. */
export function dotSentence(c: Columns, unit: number, view: View, year: string): string {
    const w = words.value;
    const status = w.dotStatus(nameOf(c, unit), zeroWord(zeroAt(view)), stateWord(stateAt(c, unit, view)));
    if (c.gapOffice[unit] === 0) return status;
    const [from, to] = [dayText(c.gapFrom[unit]!), dayText(c.gapTo[unit]!)];
    const days = from.startsWith(year) && to.startsWith(year) ? w.spokenDays(Number(from.slice(5, 7)), Number(from.slice(8)), Number(to.slice(5, 7)), Number(to.slice(8))) : dayRange(from, to, year);
    return status + w.dotGap(days, officeWord(c, unit));
}
