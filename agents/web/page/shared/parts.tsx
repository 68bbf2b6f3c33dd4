/* Small parts that the agents' pages have. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Trouble } from './ask';
import { Say, type Words } from './say';

export function Notice({ kind = '', children }: { kind?: '' | 'problem'; children: ComponentChildren }): JSX.Element {
    return <div class={kind === '' ? 'notice' : 'notice notice-problem'} role={kind === '' ? undefined : 'alert'}>{children}</div>;
}

export function TroubleText({ of }: { of: Trouble }): JSX.Element {
    return <><Say of={[of.zh, of.en]} block /> <code>{of.code}</code></>;
}

/* A screen's heading takes the focus when the screen comes, so that a reader hears where it is. */
export function Heading({ of }: { of: Words }): JSX.Element {
    const heading = useRef<HTMLHeadingElement>(null);
    useEffect(() => {
        scrollTo(0, 0);
        heading.current?.focus({ preventScroll: true });
    }, []);
    return <h1 tabIndex={-1} ref={heading}><Say of={of} /></h1>;
}

interface ChoiceProps {
    legend: Words;
    name: string;
    options: Record<string, Words>;
    value: string; /* '': nothing is chosen yet */
    onChange: (value: string) => void;
    block?: boolean; /* the English under the Chinese */
}

export function Choice({ legend, name, options, value, onChange, block = false }: ChoiceProps): JSX.Element {
    return (
        <fieldset class="choice">
            <legend><Say of={legend} /></legend>
            {Object.entries(options).map(([code, words]) => (
                <label key={code} class={value === code ? 'option chosen' : 'option'}>
                    <input type="radio" name={name} value={code} checked={value === code} onChange={() => onChange(code)} />
                    <Say of={words} block={block} />
                </label>
            ))}
        </fieldset>
    );
}

export function Back({ to }: { to: string }): JSX.Element {
    return <a class="back" href={to}><span aria-hidden="true">‹ </span><Say of={['返回', 'Back']} /></a>;
}
