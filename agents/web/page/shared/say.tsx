/* What is read on a page of an office's agent: Chinese first, English small beside it. */
import type { JSX } from 'preact';

export type Words = readonly [string, string];

export function Say({ of, block = false }: { of: Words; block?: boolean }): JSX.Element {
    return (
        <span class={block ? 'say say-block' : 'say'}>
            <span>{of[0]}</span> <span class="en" lang="en">{of[1]}</span>
        </span>
    );
}

export const both = (of: Words): string => `${of[0]} ${of[1]}`;
