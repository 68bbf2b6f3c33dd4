import { href } from '../address';
import { words } from '../words';

export function UnknownView() {
    const w = words.value;
    return (
        <section class="card notice-card" data-code="UNKNOWN_VIEW">
            <h1>{w.unknownView}</h1>
            <p>{w.unknownViewDetail}</p>
            <p class="buttons"><a class="button" href={href({ path: '/' })}>{w.toOverview}</a></p>
        </section>
    );
}
