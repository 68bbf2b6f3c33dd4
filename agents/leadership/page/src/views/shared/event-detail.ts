/* A few words about an event beside its type: which zero and days it attests, which record it changes, which matter. */
import type { EventRecord, ZeroKind } from '../../api/types';
import { zeroWord } from '../../components/mark';
import { integer } from '../../components/number';
import { dayRange } from '../../days';
import { word, words } from '../../words';
import { payloadOf } from './events';

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export function eventDetail(record: EventRecord, year: string): string {
    const w = words.value;
    const { fields } = payloadOf(record);
    const parts: string[] = [];
    if (text(fields['zero'])) parts.push(zeroWord(fields['zero'] as ZeroKind));
    if (text(fields['fromDay'])) parts.push(dayRange(text(fields['fromDay']), text(fields['toDay']), year));
    if (text(fields['basis'])) parts.push(fields['bySystem'] === true ? w.basisBySystem : word(w.bases, text(fields['basis'])));
    for (const name of ['attestation', 'target']) if (text(fields[name]) && text(fields[name]) !== '0') parts.push(`#${integer(text(fields[name]))}`);
    for (const name of ['hazard', 'accident', 'case']) if (text(fields[name])) parts.push(text(fields[name]));
    if (record.event.matter) parts.push(record.event.matter);
    if (text(fields['dueDay'])) parts.push(w.dueBy(dayRange(text(fields['dueDay']), '', year)));
    return parts.length > 0 ? ` · ${parts.join(' ')}` : '';
}
