import type { ArticleDocument, ArticleRow } from '../../api/compare';
import { Card } from '../../components/card';
import { Door } from '../../components/door';
import { Loading } from '../../components/loading';
import { ProblemNotice } from '../../components/problem';
import { Table } from '../../components/table';
import { useDocument } from '../../view';
import { lang, words } from '../../words';

/* Digits with real minus and thin spaces stay as the server wrote them; only the sign is set. */
const set = (text: string): string => text.replace(/^-/, '−');

export function Article() {
    const w = words.value;
    const english = lang.value === 'en';
    const found = useDocument<ArticleDocument>('article');
    const { value, problem } = found;
    const hint = value ? `${value.moment.day} · ${w.policy} ${value.moment.policyVersion}` : undefined;
    if (problem?.code === 'NOT_FOUND') return <Card title={w.withArticleTitle}><p>{w.noArticle}</p></Card>;
    return (
        <Card title={w.withArticleTitle} hint={hint}>
            {problem && <ProblemNotice problem={problem} retry={found.retry} kept={value !== null} />}
            {found.loading && <Loading height={20} lines={7} />}
            {value && (
                <Table<ArticleRow> caption={w.withArticleTitle} class="stack article" rows={value.rows} rowKey={(row) => row.label + row.unit}
                    columns={[
                        { name: 'label', head: w.item, class: 'stack-head', cell: (row) => (english ? row.labelEn || row.label : row.label) },
                        { name: 'article', head: w.published, numeric: true, cell: (row) => set(row.article) },
                        { name: 'computed', head: w.computed, numeric: true, cell: (row) => (row.figure ? <Door figure={row.figure} unit={row.unit}><b>{set(row.computed)}</b></Door> : <b>{set(row.computed)}</b>) },
                        { name: 'same', head: w.sameOrNot, class: 'stack-aside', cell: (row) => <span class={row.same ? 'tag' : 'tag tag-overdue'} data-same={row.same}>{row.same ? w.same : w.notSame}</span> },
                        { name: 'why', head: w.howOrWhy, class: 'stack-main soft', cell: (row) => (english ? row.whyEn || row.why : row.why) },
                    ]} />
            )}
        </Card>
    );
}
