import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Say } from './words';

/* A component whose code is loaded when it is first shown. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): (props: P) => JSX.Element {
    return function Lazy(props: P): JSX.Element {
        const [found, setFound] = useState<{ Component: ComponentType<P> } | 'failed' | null>(null);
        useEffect(() => void load().then((Component) => setFound({ Component }), () => setFound('failed')), []);
        if (found === 'failed') return <p><Say of={['这一部分没有载入，请重开本页。', 'This part was not loaded: open the page again.']} /></p>;
        return found === null ? <p class="loading" /> : <found.Component {...props} />;
    };
}
