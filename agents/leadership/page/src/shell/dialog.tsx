/* A modal dialog of the browser: Esc closes it and the focus returns to where it was. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { words } from '../words';

export function Dialog({ title, onClose, children, name }: { title: string; onClose: () => void; children: ComponentChildren; name: string }) {
    const box = useRef<HTMLDialogElement>(null);
    useEffect(() => {
        const before = document.activeElement;
        box.current?.showModal();
        box.current?.querySelector<HTMLElement>('[data-first]')?.focus();
        return () => {
            /* Unless the focus has gone elsewhere by itself. */
            const free = document.activeElement === document.body || document.activeElement === null;
            if (free && before instanceof HTMLElement && before !== document.body && before.isConnected) before.focus();
        };
    }, []);
    return (
        <dialog ref={box} class={`dialog-${name}`} aria-label={title} onClose={onClose}>
            <div class="dialog-head">
                <h2>{title}</h2>
                <button type="button" onClick={() => box.current?.close()}>{words.value.close_}</button>
            </div>
            {children}
        </dialog>
    );
}
