import type { ComponentChildren } from 'preact';

/* A card with its heading; `hint` stands quietly beside it, `aside` at the right end. */
export function Card(props: {
    title: ComponentChildren; hint?: ComponentChildren; aside?: ComponentChildren; class?: string; id?: string;
    children: ComponentChildren;
}) {
    return (
        <section class={`card ${props.class ?? ''}`} id={props.id} aria-label={typeof props.title === 'string' ? props.title : undefined}>
            <header class="card-head">
                <h2>{props.title}</h2>
                {props.hint !== undefined && <span class="hint">{props.hint}</span>}
                {props.aside !== undefined && <span class="aside">{props.aside}</span>}
            </header>
            {props.children}
        </section>
    );
}
