import type { Summary, ZeroKind } from '../../api/types';
import { Bar } from '../../components/bar';
import { Card } from '../../components/card';
import { zeroWord } from '../../components/mark';
import { Coverage, Integers, Interval } from '../../components/rate';
import { word, words } from '../../words';
import { countOf } from '../overview';

/* One of the three zeros, over areas and over enterprises: never one figure for both. */
export function ZeroCard({ zero, summary }: { zero: ZeroKind; summary: Summary }) {
    const w = words.value;
    const offices = summary.freshness.filter((office) => office.attests?.includes(zero));
    const hint = offices.length > 0 ? w.attestedBy(offices.map((office) => word(w.offices, office.office)).join(w.listComma)) : undefined;
    return (
        <Card title={zeroWord(zero)} hint={hint} class="zero-card">
            {(['AREA', 'ENTERPRISE'] as const).map((group) => {
                const count = countOf(summary.zeros.counts, group, zero);
                if (!count || count.total === 0) return null;
                return (
                    <div key={group} class="zero-row" data-zero={zero} data-group={group}>
                        <p class="zero-rate">
                            <span class="soft">{group === 'AREA' ? w.areas : w.enterprises}</span>
                            <Interval count={count} />
                            <Coverage count={count} />
                        </p>
                        <Bar zero={count.zeroUnits} unverified={count.unverified} broken={count.broken} total={count.total} lens />
                        <Integers count={count} />
                    </div>
                );
            })}
        </Card>
    );
}
