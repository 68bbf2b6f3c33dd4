/* What differs between what was known at the moment shown and what is known of the same day now. */
import { address, href } from '../../address';
import type { Difference, DifferenceRow, FigureDifference, MomentShown, Overview } from '../../api/types';
import { EventDoor, UnitDoor } from '../../components/door';
import { Mark, stateWord, zeroWord } from '../../components/mark';
import { integer } from '../../components/number';
import { figureName } from '../../figure-name';
import { lang, spelled, words } from '../../words';

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
    const { difference, figuresDifference, moment } = document;
    if (!difference) return null;
    return <PastNotice difference={difference} figures={figuresDifference ?? []} moment={moment} />;
}

const FIGURES = 5; /* that the notice names; the comparison has them all, with their records */

export function PastNotice({ difference, figures, moment }: { difference: Difference; figures: readonly FigureDifference[]; moment: MomentShown }) {
    const w = words.value;
    const first = difference.rows[0];
    if (address.value.known === 'now')
        return (
            <div class="notice notice-past" role="status">
                {w.seenFromNow} <a class="door" href={href({ keys: { known: 'end' } })}>{w.seeThen}</a>
            </div>
        );
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
                    {w.countsThenNow}{w.colon}
                    {figures.slice(0, FIGURES).map((figure, index) => (
                        <span key={figure.figure} class="nowrap">
                            {figureName(figure.figure)} {integer(figure.then)} → {integer(figure.now)}
                            {index + 1 < Math.min(FIGURES, figures.length) ? w.listComma : w.stop}
                        </span>
                    ))}{' '}
                    {figures.length > FIGURES && (
                        <a class="door" href={href({ path: '/compare', keys: { a: moment.position, b: 'now' } })}>{w.figuresMore(figures.length)}</a>
                    )}
                </p>
            )}
        </div>
    );
}
