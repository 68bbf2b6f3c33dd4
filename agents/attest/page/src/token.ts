/* The token of this browser, and the little that it keeps: in localStorage, which is written before anything is sent. */
import { signal } from '@preact/signals';

/* Whether this browser keeps nothing, as some do in a private window: then nothing is confirmed from it. */
export const keepsNothing = signal(false);

export function keep(name: string, value: unknown): boolean {
    try {
        if (value === null) localStorage.removeItem(name);
        else localStorage.setItem(name, JSON.stringify(value));
        return true;
    } catch {
        keepsNothing.value = true;
        return false;
    }
}

export function kept<T>(name: string): T | null {
    try {
        return JSON.parse(localStorage.getItem(name) ?? 'null') as T | null;
    } catch {
        return null;
    }
}

const NAME = 'sanling-attest-token';

export const token = signal<string | null>(kept<string>(NAME));

export function setToken(text: string | null): void {
    token.value = text;
    keep(NAME, text);
}
