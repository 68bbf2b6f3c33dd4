/* Search for a unit by name or code: a combobox whose choices are links. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { go } from '../address';
import { get } from '../api/client';
import type { UnitName } from '../api/types';
import { word, words } from '../words';

interface Hit extends UnitName {
    parent: string;
}

const WAIT_MS = 150;

export function Search({ onClose, autoFocus }: { onClose: () => void; autoFocus: boolean }) {
    const w = words.value;
    const input = useRef<HTMLInputElement>(null);
    const [text, setText] = useState('');
    const [hits, setHits] = useState<Hit[] | null>(null);
    const [chosen, setChosen] = useState(0);
    const leaving = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

    useEffect(() => {
        if (autoFocus) input.current?.focus();
    }, [autoFocus]);
    useEffect(() => {
        const q = text.trim();
        setHits(null);
        if (q === '') return undefined;
        const abort = new AbortController();
        const timer = setTimeout(() => {
            get<{ units: Hit[] }>('search', { q }, abort.signal).then(
                (answer) => {
                    setHits(answer.units);
                    setChosen(0);
                },
                () => undefined,
            );
        }, WAIT_MS);
        return () => {
            clearTimeout(timer);
            abort.abort();
        };
    }, [text]);

    const close = (): void => {
        setText('');
        input.current?.blur();
        onClose();
    };
    const take = (hit: Hit | undefined): void => {
        if (!hit) return;
        close();
        go({ path: `/units/${hit.code}` });
    };
    const onKeyDown = (event: KeyboardEvent): void => {
        const count = hits?.length ?? 0;
        if (event.key === 'Escape') close();
        else if (event.key === 'Enter') take(hits?.[chosen]);
        else if (event.key === 'ArrowDown' && count > 0) setChosen((chosen + 1) % count);
        else if (event.key === 'ArrowUp' && count > 0) setChosen((chosen + count - 1) % count);
        else return;
        event.preventDefault();
        event.stopPropagation();
    };
    return (
        <div class="search" role="search">
            <input ref={input} id="search" type="text" role="combobox" autocomplete="off" spellcheck={false} placeholder={w.search}
                aria-label={w.search} aria-expanded={hits !== null} aria-controls="hits" aria-autocomplete="list"
                aria-activedescendant={hits && hits.length > 0 ? `hit-${chosen}` : undefined} value={text}
                onInput={(event) => setText(event.currentTarget.value)} onKeyDown={onKeyDown}
                onFocus={() => clearTimeout(leaving.current)}
                onBlur={() => { leaving.current = setTimeout(() => { setText(''); onClose(); }, 200); }} />
            <kbd aria-hidden="true">/</kbd>
            {hits !== null && (
                <ul class="hits" id="hits" role="listbox" aria-label={w.searchHits(hits.length)}>
                    {hits.map((hit, index) => (
                        <li key={hit.code} id={`hit-${index}`} role="option" aria-selected={index === chosen}
                            onPointerDown={(event) => { event.preventDefault(); take(hit); }}>
                            <span>{hit.name}</span>
                            <span class="quiet">{word(w.unitKinds, hit.kind)} {hit.code}</span>
                        </li>
                    ))}
                    {hits.length === 0 && <li class="quiet">{w.searchNone}</li>}
                </ul>
            )}
            <span class="unseen" aria-live="polite">{hits === null ? '' : hits.length === 0 ? w.searchNone : w.searchHits(hits.length)}</span>
        </div>
    );
}
