import { href } from '../../address';
import { words } from '../../words';

export function TrendLink({ of, by = 'month' }: { of: readonly string[]; by?: 'day' | 'week' | 'month' }) {
    return <a href={href({ path: '/trends', keys: { of: of.join(','), by } })}>{words.value.trends} ›</a>;
}
