/* A chart in one sentence: first, last, largest change, gaps. */
import type { TrendPeriod } from '../../api/types';
import { integer } from '../../components/number';
import type { Words } from '../../words';
import { type Series, unfinished } from './option';

export function sentenceOf(series: Series, periods: readonly TrendPeriod[], name: string, labels: readonly string[], w: Words): string {
    return series.statuses.length > 0 ? statusSentence(series, periods, name, labels, w) : countSentence(series, periods, name, labels, w);
}

/* A period that is not over is named so, and is no change. */
function countSentence(series: Series, periods: readonly TrendPeriod[], name: string, labels: readonly string[], w: Words): string {
    const values = series.counts.map(Number);
    const last = values.length - 1;
    if (last < 0) return w.chartEmpty(name);
    let change = 0;
    for (let i = 1; i <= (unfinished(periods) < 0 ? last : last - 1); i++) if (change === 0 || Math.abs(values[i]! - values[i - 1]!) > Math.abs(values[change]! - values[change - 1]!)) change = i;
    const largest = change > 0 ? w.chartChange(labels[change]!, integer(values[change - 1]!), integer(values[change]!)) : '';
    const before = series.previous[last] !== undefined ? w.chartLastYear(integer(series.previous[last]!)) : '';
    return w.chartCounts(name, labels[0]!, integer(values[0]!), labels[last]! + (unfinished(periods) < 0 ? '' : w.open + w.unfinished + w.close), integer(values[last]!)) + before + largest + w.stop;
}

function statusSentence(series: Series, periods: readonly TrendPeriod[], name: string, labels: readonly string[], w: Words): string {
    const due = periods.map((period, i) => ({ period, i })).filter(({ period }) => period.due);
    const say = ({ i }: { i: number }): string => {
        const count = series.statuses[i]!;
        return `${labels[i]} ${w.barLabel(integer(count.zeroUnits), integer(count.unverified), integer(count.broken), integer(count.total))}`;
    };
    if (due.length === 0) return w.chartNothingDue(name);
    const ends = due.length > 1 ? [due[0]!, due[due.length - 1]!] : [due[0]!];
    const notDue = periods.length - due.length;
    return name + w.colon + ends.map(say).join(w.listComma) + (notDue > 0 ? w.chartNotDue(String(notDue)) : '') + w.stop;
}
