/* 对照: does the published figure follow? What differs between two moments? */
import { address, href } from '../address';
import { words } from '../words';
import { Article } from './compare/article';
import { Moments } from './compare/moments';
import './views.css';

export function Compare() {
    const w = words.value;
    const { view } = address.value;
    const article = view.name === 'compare' && view.article;
    return (
        <div class="view-compare">
            <nav class="parts" aria-label={w.compare}>
                <a href={href({ path: '/compare/article' })} aria-current={article ? 'page' : undefined}>{w.withArticle}</a>
                <a href={href({ path: '/compare' })} aria-current={article ? undefined : 'page'}>{w.twoMoments}</a>
            </nav>
            {article ? <Article /> : <Moments />}
        </div>
    );
}
