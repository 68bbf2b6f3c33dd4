/* A link that opens tomorrow what is seen today: it always carries day and position. */
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { address, href } from '../address';
import { live } from '../live';
import { shownMoment } from '../view';
import { words } from '../words';

const message = signal<{ link: string; copied: boolean } | null>(null);

export function linkToNow(): string {
    const moment = shownMoment.peek();
    const { past, at, known } = address.peek();
    const day = at || (moment?.day ?? '');
    const position = past ? (known || moment?.position || '') : (live.peek().position || moment?.position || '');
    return location.origin + href({ keys: { at: day, known: position, why: address.peek().why } });
}

export function copyLink(): Promise<void> {
    return copyText(linkToNow());
}

/* Without a secure context there is no clipboard: the text is then shown, selected, to be copied by hand. */
export async function copyText(link: string): Promise<void> {
    try {
        await navigator.clipboard.writeText(link);
        message.value = { link, copied: true };
        setTimeout(() => (message.value = null), 2500);
    } catch {
        message.value = { link, copied: false };
    }
}

export function CopyMessage() {
    const w = words.value;
    const field = useRef<HTMLInputElement>(null);
    const now = message.value;
    useEffect(() => {
        if (now && !now.copied) field.current?.select();
    }, [now]);
    if (!now) return null;
    return (
        <div class="band band-updates copy" role="status">
            {now.copied ? w.copied : (
                <>
                    <label for="link">{w.copyByHand}</label>{' '}
                    <input id="link" ref={field} class="link" readOnly value={now.link} />{' '}
                    <button type="button" onClick={() => (message.value = null)}>{w.close_}</button>
                </>
            )}
        </div>
    );
}
