/* 清单: who owes what; what was changed afterwards. */
import { address, href, type ListName } from '../address';
import { word, words } from '../words';
import { MatterList } from './in-hand/list';
import { Attention } from './lists/attention';
import { Suspected } from './lists/suspected';
import './views.css';

const LISTS: readonly ListName[] = ['unverified', 'silent', 'unswept', 'late', 'contradicted', 'suspected', 'corrected', 'amended', 'withdrawn', 'evaluations', 'overdue'];

export function List() {
    const { view } = address.value;
    const list = view.name === 'list' ? view.list : 'unverified';
    const w = words.value;
    return (
        <div class="view-list">
            <nav class="parts" aria-label={w.lists}>
                {LISTS.map((name) => <a key={name} href={href({ path: `/lists/${name}` })} aria-current={name === list ? 'page' : undefined}>{word(w.listNames, name)}</a>)}
            </nav>
            {list === 'suspected' ? <Suspected /> : list === 'overdue' ? <MatterList title={word(w.listNames, list)} steps={[]} only="overdue" offered={['overdue', 'dueSoon', 'supervised']} /> : <Attention list={list} />}
        </div>
    );
}

