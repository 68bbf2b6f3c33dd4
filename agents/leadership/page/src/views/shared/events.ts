/* What an event says beside its type, in few words: the payload's own fields, never anything that is not in the record. */
import type { EventRecord } from '../../api/types';
import { useDocument } from '../../view';
import { lang, spelled } from '../../words';

interface Catalogue {
    types: { name: string; label: string }[];
}

/* Gives an event type its word: the hub's label in Chinese, the log's own name spelled out in English. */
export function useTypeNames(): (type: string) => string {
    const catalogue = useDocument<Catalogue>('catalogue', {}, { moment: false, live: false });
    if (lang.value === 'en') return spelled;
    const labels = new Map((catalogue.value?.types ?? []).map((type) => [type.name, type.label]));
    return (type) => labels.get(type) || spelled(type);
}

const ENVELOPE = new Set(['source', 'sequence', 'occurredAt', 'utcOffsetMinutes', 'unit', 'matter', 'mode', 'campaign', 'note']);

/* The payload's type name, "ZeroAttested", and its fields. */
export function payloadOf(record: EventRecord): { type: string; fields: Record<string, unknown> } {
    for (const [name, value] of Object.entries(record.event))
        if (!ENVELOPE.has(name) && typeof value === 'object' && value !== null)
            return { type: name.charAt(0).toUpperCase() + name.slice(1), fields: value as Record<string, unknown> };
    return { type: '', fields: {} };
}
