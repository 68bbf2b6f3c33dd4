/* A view that is loaded when it is first needed: its chunk is no part of the first view. */
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { words } from '../words';
import { Loading } from './loading';

/* `height` in rem is kept free until it is there; 0 for what lies over the page. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>, height = 24): ComponentType<P> {
    let loaded: ComponentType<P> | null = null;
    return function Lazy(props: P) {
        const [, setCount] = useState(0);
        const [failed, setFailed] = useState(false);
        useEffect(() => {
            if (loaded || failed) return;
            load().then(
                (component) => {
                    loaded = component;
                    setCount((count) => count + 1);
                },
                () => setFailed(true),
            );
        }, [failed]);
        if (failed)
            return (
                <p class="notice" role="alert">
                    <button type="button" onClick={() => location.reload()}>{words.value.retry}</button>
                </p>
            );
        if (!loaded) return height > 0 ? <Loading height={height} /> : null;
        const Component = loaded;
        return <Component {...props} />;
    };
}
