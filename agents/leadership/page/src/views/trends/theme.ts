/* The chart's colours are the page's tokens, read again when the theme changes. */
import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { Theme } from './option';

function read(): Theme {
    const style = getComputedStyle(document.documentElement);
    const token = (name: string): string => style.getPropertyValue(name).trim();
    return {
        ink: token('--ink'), quiet: token('--ink-3'), rule: token('--rule'), card: token('--card'), accent: token('--accent'), zero: token('--zero'),
        broken: token('--broken'), hatch: token('--hatch'), hatchTint: token('--hatch-tint'), thisYear: token('--series-1'), lastYear: token('--series-2'),
        font: token('--font'),
    };
}

const theme = signal<Theme | null>(null);
let watched = false;

function watch(): void {
    if (watched) return;
    watched = true;
    const again = (): void => {
        theme.value = read();
    };
    new MutationObserver(again).observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', again);
}

export function useTheme(): Theme {
    useEffect(watch, []);
    theme.value ??= read();
    return theme.value;
}
