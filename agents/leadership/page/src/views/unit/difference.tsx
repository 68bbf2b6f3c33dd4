/* Looking back: where what was known then and what is known now part. */
import type { DifferenceRow } from '../../api/types';
import type { UnitDocument } from '../../api/unit';
import { EventDoor } from '../../components/door';
import { State, zeroWord } from '../../components/mark';
import { dayRange } from '../../days';
import { words } from '../../words';
import { useTypeNames } from '../shared/events';

export function Differences({ document }: { document: UnitDocument }) {
    const w = words.value;
    const { moment, difference, unit } = document;
    const typeName = useTypeNames();
    if (!moment.past || !difference) return null;
    const rows = difference.rows.filter((row) => row.unit === unit.code);
    if (rows.length === 0 && difference.rows.length === 0) return <p class="past-notice">{w.nowSame}</p>;
    return (
        <div class="past-notice">
            <b>{w.nowOtherwise}</b>{' '}
            {(rows.length > 0 ? rows : difference.rows).map((row) => <Difference key={row.unit + row.zero} row={row} own={row.unit === unit.code} day={moment.day} typeName={typeName} />)}
        </div>
    );
}

function Difference({ row, own, day, typeName }: { row: DifferenceRow; own: boolean; day: string; typeName: (type: string) => string }) {
    const w = words.value;
    return (
        <p>
            {!own && `${row.name} `}
            {w.thenNow(dayRange(day, '', ''), zeroWord(row.zero))}<State state={row.then} />{w.nowIs}<State state={row.now} />
            {row.positions.length > 0 && w.becauseRecords}
            {row.positions.map((position, i) => <span key={position}>{i > 0 && w.listComma}<EventDoor position={position} /> {typeName(row.types[i] ?? '')}</span>)}
            {w.stop}
        </p>
    );
}
