/* What differs between what was known at the moment shown and what is known of the same day now. */
import { href } from '../../address';
import type { DifferenceRow, Overview } from '../../api/types';
import { EventDoor, UnitDoor } from '../../components/door';
import { Mark, stateWord, zeroWord } from '../../components/mark';
import { integer } from '../../components/number';
import { spelled, lang, word, words } from '../../words';

export function DifferenceSentence({ row, day }: { row: DifferenceRow; day: string }) {
    const w = words.value;
    return (
        <>
            <UnitDoor code={row.unit}>{row.name}</UnitDoor> {zeroWord(row.zero)}{w.colon}{w.differsThen(day)}{' '}
            <Mark state={row.then} /> <b>{stateWord(row.then)}</b>{lang.value === 'en' ? '; ' : '；'}{w.differsNow}{' '}
            <Mark state={row.now} /> <b>{stateWord(row.now)}</b>
            {row.positions.length > 0 && (
                <>
                    {w.comma}{w.becauseOf}{' '}
                    {row.positions.map((position, index) => (
                        <span key={position}>
                            {index > 0 && w.listComma}
                            <EventDoor position={position} />{row.types[index] && lang.value === 'en' ? ` ${spelled(row.types[index] ?? '')}` : ''}
                        </span>
                    ))}
                </>
            )}
            {w.stop}
        </>
    );
}

export function Past({ document }: { document: Overview }) {
    const w = words.value;
    const { difference, figuresDifference, moment } = document;
    if (!difference) return null;
    const first = difference.rows[0];
    const figures = figuresDifference ?? [];
    return (
        <div class="notice notice-past" role="status" data-differs={difference.total + figures.length > 0}>
            {!first && figures.length === 0 && w.differsNot}
            {first && (
                <p>
                    <b>{w.differs}</b>
                    <DifferenceSentence row={first} day={moment.day} />
                    {difference.total > 1 && (
                        <> <a class="door" href={href({ path: '/compare', keys: { a: moment.position, b: 'now' } })}>{w.differsMore(difference.total)}</a></>
                    )}
                </p>
            )}
            {figures.length > 0 && (
                <p>
                    {!first && <b>{w.differs}</b>}
                    {figures.map((figure, index) => (
                        <span key={figure.figure} class="nowrap">
                            {index > 0 && w.listComma}
                            {word(w.figures, figure.figure)} {integer(figure.then)} → {integer(figure.now)}
                        </span>
                    ))}{' '}
                    <span class="quiet">{w.countsThenNow}</span>
                </p>
            )}
        </div>
    );
}
