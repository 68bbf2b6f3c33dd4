import type { Freshness, Summary } from '../../api/types';
import { Card } from '../../components/card';
import { Digits } from '../../components/digits';
import { Door, EventDoor } from '../../components/door';
import { zeroWord } from '../../components/mark';
import { dateTime, integer } from '../../components/number';
import { Table } from '../../components/table';
import { word, words } from '../../words';
import { countOf, More } from '../overview';

function age(office: Freshness): string {
    const w = words.value;
    if (!office.lastRecordedAt) return w.neverHeard;
    if (office.ageHours < 1) return w.justNow;
    return office.ageHours < 48 ? w.hoursAgo(integer(office.ageHours)) : w.daysAgo(integer(Math.floor(office.ageHours / 24)));
}

/* Which office was last heard when, and what it still owes. */
export function Offices({ summary }: { summary: Summary }) {
    const w = words.value;
    const offices = summary.freshness.filter((office) => office.office !== 'OPERATOR' && office.office !== 'HUB');
    return (
        <Card title={w.lastHeard} class="offices">
            <Table caption={w.lastHeard} rows={offices} rowKey={(office) => office.office} class="stacked"
                columns={[
                    { name: 'office', head: w.office, class: 'stacked-title', cell: (office) => word(w.offices, office.office) },
                    {
                        name: 'last', head: w.lastTime,
                        cell: (office) => office.late
                            ? <span class="tag tag-late">{age(office)} · {w.beyondAgreed}</span>
                            : <time dateTime={office.lastRecordedAt ?? ''} title={dateTime(office.lastRecordedAt)}>{age(office)}</time>,
                    },
                    {
                        name: 'position', head: w.position, numeric: true,
                        cell: (office) => office.lastPosition === '0' ? '–' : <EventDoor position={office.lastPosition} />,
                    },
                    { name: 'owed', head: w.owed, numeric: true, class: 'stacked-tag', cell: (office) => <Owed office={office} summary={summary} /> },
                ]} />
            <p class="silent-units soft">
                {w.silentUnits}{w.open}{w.silentHint}{w.close} <b><Door figure="programme.silent"><Digits value={summary.programme.silent} /></Door></b>
                {' '}<More path="/lists/silent">{w.lists}</More>
            </p>
        </Card>
    );
}

/* Units that the office has to attest and has not: one figure for each zero, never summed. */
function Owed({ office, summary }: { office: Freshness; summary: Summary }) {
    const w = words.value;
    const attests = office.attests ?? [];
    if (attests.length === 0) return <span class="quiet">{w.notAttesting}</span>;
    return (
        <>
            {attests.map((zero, index) => {
                const count = countOf(summary.zeros.counts, 'ALL', zero);
                return (
                    <span key={zero} title={zeroWord(zero)}>
                        {index > 0 && w.listComma}
                        <Door figure={`zeros.${zero}.unverified`}><Digits value={count?.unverified ?? 0} /></Door>
                    </span>
                );
            })}
        </>
    );
}
