/* The matters of one kind, filtered by step, office and deadline; the address keeps the filters. */
import { address, go } from '../../address';
import type { MattersDocument } from '../../api/matters';
import { Card } from '../../components/card';
import { Loading } from '../../components/loading';
import { integer } from '../../components/number';
import { ProblemNotice } from '../../components/problem';
import { word, words } from '../../words';
import { Exports } from '../shared/exports';
import { MatterTable, stepWord } from '../shared/matters';
import { usePaged } from '../shared/paged';
import { useExport } from '../shared/use-export';

const PAGE = 50;
const OFFICES = ['PETITIONS', 'WORK_SAFETY', 'PUBLIC_SECURITY', 'GOVERNANCE', 'LEADERSHIP'] as const;
export const ONLY = ['open', 'overdue', 'dueSoon', 'joint', 'supervised', 'all'] as const;
type Only = (typeof ONLY)[number];

interface ListProps {
    title: string;
    kind?: string; /* of MatterKind; none: all kinds */
    steps: readonly string[];
    only?: Only; /* what is shown unless the address says otherwise */
    offered?: readonly Only[];
}

export function MatterList({ title, kind = '', steps, only = 'open', offered = ['open', 'dueSoon', 'overdue', 'supervised', 'all'] }: ListProps) {
    const w = words.value;
    const keys = address.value.keys;
    const chosen = offered.find((name) => name === keys.get('only')) ?? only;
    const step = steps.find((name) => name === keys.get('step')) ?? '';
    const campaign = keys.get('campaign') ?? '';
    const office = OFFICES.find((name) => name === keys.get('office')) ?? '';
    const params = {
        kind, step, office, campaign, sort: 'due', limit: String(PAGE),
        ...(chosen === 'all' ? {} : { [chosen]: 'true' }),
        ...(chosen === 'overdue' || chosen === 'dueSoon' || chosen === 'supervised' ? { open: 'true' } : {}),
    };
    useExport('matters', { ...params, limit: undefined });
    const { first, rest, more, problem } = usePaged<MattersDocument>('matters', params);
    const matters = [first.value, ...rest].flatMap((page) => page?.matters ?? []);
    const total = first.value?.total ?? 0;
    const filtered = step !== '' || office !== '' || campaign !== '' || chosen !== only;
    const clear = () => go({ keys: { step: null, office: null, only: null, campaign: null } });
    return (
        <Card title={title} hint={first.value ? w.mattersCount(integer(total)) : undefined} aside={<Exports name="matters" params={{ ...params, limit: undefined }} />}>
            <div class="tree-tools">
                <div class="switch" role="group" aria-label={w.state}>
                    {offered.map((name) => (
                        <button key={name} type="button" aria-pressed={chosen === name} onClick={() => go({ keys: { only: name === only ? null : name } }, true)}>{word(w.onlyWords, name)}</button>
                    ))}
                </div>
                {steps.length > 0 && (
                    <select class="choice" aria-label={w.step} value={step} onChange={(event) => go({ keys: { step: event.currentTarget.value } }, true)}>
                        <option value="">{w.allSteps}</option>
                        {steps.map((name) => <option key={name} value={name}>{stepWord(kind, name)}</option>)}
                    </select>
                )}
                <select class="choice" aria-label={w.office} value={office} onChange={(event) => go({ keys: { office: event.currentTarget.value } }, true)}>
                    <option value="">{w.allOffices}</option>
                    {OFFICES.map((name) => <option key={name} value={name}>{word(w.offices, name)}</option>)}
                </select>
            </div>
            {first.problem && <ProblemNotice problem={first.problem} retry={first.retry} kept={first.value !== null} />}
            {first.loading && <Loading height={16} lines={5} />}
            {first.value && <MatterTable matters={matters} kinds={kind === ''} empty={filtered ? w.filterEmpty : w.noOpenMatters} />}
            {first.value && matters.length === 0 && filtered && <p class="buttons"><button type="button" onClick={clear}>{w.clearFilter}</button></p>}
            {problem && <ProblemNotice problem={problem} kept />}
            {matters.length < total && (
                <p class="buttons"><button type="button" disabled={more === null} onClick={() => more?.(String(matters.length))}>{w.loadMore} {w.shownOf(integer(matters.length), integer(total))}</button></p>
            )}
        </Card>
    );
}
