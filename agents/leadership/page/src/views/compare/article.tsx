import type { ArticleDocument, ArticleRow } from '../../api/compare';
import { Card } from '../../components/card';
import { Door } from '../../components/door';
import { Loading } from '../../components/loading';
import { ProblemNotice } from '../../components/problem';
import { Table } from '../../components/table';
import { useDocument } from '../../view';
import { lang, words } from '../../words';
import { Exports } from '../shared/exports';
import { useExport } from '../shared/use-export';

/* Digits with real minus and thin spaces stay as the server wrote them; only the sign is set. */
const set = (text: string): string => text.replace(/^-/, '−');

/* The same number may still mean something else: that is said, not passed over. */
function Verdict({ row }: { row: ArticleRow }) {
    const w = words.value;
    const text = row.verdict === 'OTHER_DEFINITION' ? w.otherDefinition : row.same ? w.same : w.notSame;
    return <span class={row.verdict === 'DIFFERENT' || (!row.verdict && !row.same) ? 'tag tag-overdue' : 'tag'} data-verdict={row.verdict}>{text}</span>;
}

export function Article() {
    const w = words.value;
    const english = lang.value === 'en';
    const found = useDocument<ArticleDocument>('article');
    const { value, problem } = found;
    useExport('article', {});
    const hint = value ? `${value.moment.day} · ${w.policy} ${value.moment.policyVersion}` : undefined;
    if (problem?.code === 'NOT_FOUND') return <Card title={w.withArticleTitle}><p>{w.noArticle}</p></Card>;
    return (
        <Card title={w.withArticleTitle} hint={hint} aside={<Exports name="article" />}>
            {problem && <ProblemNotice problem={problem} retry={found.retry} kept={value !== null} />}
            {found.loading && <Loading height={20} lines={7} />}
            {value && (
                <Table<ArticleRow> caption={w.withArticleTitle} class="stack article" rows={value.rows} rowKey={(row) => row.label + row.unit}
                    columns={[
                        { name: 'label', head: w.item, class: 'stack-head', cell: (row) => (english ? row.labelEn || row.label : row.label) },
                        { name: 'article', head: w.published, numeric: true, cell: (row) => set(row.article) },
                        { name: 'computed', head: w.computed, numeric: true, cell: (row) => (row.figure ? <Door figure={row.figure} unit={row.unit}><b>{set(row.computed)}</b></Door> : <b>{set(row.computed)}</b>) },
                        { name: 'same', head: w.sameOrNot, class: 'stack-aside', cell: (row) => <Verdict row={row} /> },
                        { name: 'why', head: w.howOrWhy, class: 'stack-main soft', cell: (row) => (english ? row.whyEn || row.why : row.why) },
                    ]} />
            )}
        </Card>
    );
}
