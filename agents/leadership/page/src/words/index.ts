/* The dictionary of the reader's language. Chinese is the first; a key that English lacks does not compile. */
import { computed, effect, signal } from '@preact/signals';
import { address } from '../address';
import { viewsZh } from './views.zh';
import { zh } from './zh';

export type Lang = 'zh' | 'en';

/* The same keys with the same kinds of values, whatever the texts. */
export type Same<T> = {
    [K in keyof T]: T[K] extends (...args: infer A) => string
        ? (...args: A) => string
        : T[K] extends readonly string[] ? readonly string[] : T[K] extends Record<string, string> ? Record<string, string> : string;
};

const chinese = { ...zh, ...viewsZh };
export type Words = Same<typeof chinese>;
/* English is a chunk of its own, loaded by who reads it. */
const english = signal<Words | null>(null);

function kept(): string | null {
    try {
        return localStorage.getItem('lang');
    } catch {
        return null; /* storage forbidden: the address alone keeps the language */
    }
}

const chosen = signal<Lang>(kept() === 'en' ? 'en' : 'zh');

export const lang = computed<Lang>(() => {
    const named = address.value.keys.get('lang');
    return named === 'zh' || named === 'en' ? named : chosen.value;
});

export const words = computed<Words>(() => (lang.value === 'en' && english.value ? english.value : chinese));

/* Loads the dictionary that is read, if it is not there yet. Without it the page stays Chinese. */
export async function loadWords(): Promise<void> {
    if (lang.peek() !== 'en' || english.peek()) return;
    try {
        english.value = (await import('./english')).english;
    } catch {
        /* the next switch tries again */
    }
}

effect(() => {
    if (lang.value === 'en') void loadWords();
});

export function keepLang(next: Lang): void {
    chosen.value = next;
    try {
        localStorage.setItem('lang', next);
    } catch {
        /* as above */
    }
}

/* The word of a code in one of the dictionary's tables; the code itself where the table does not know it. */
export function word(table: Record<string, string>, code: string | undefined): string {
    return code === undefined ? '' : (table[code] ?? code);
}

/* "HazardFixedOnSpot" as English words: the log's own names, where the server's Chinese label is not what is read. */
export function spelled(type: string): string {
    return type.replace(/([a-z])([A-Z])/g, '$1 $2').replace(/ (\w)/g, (all) => all.toLowerCase());
}
