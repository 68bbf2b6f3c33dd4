/* 选时刻: two questions, which day, and as known when. What differs from now is said before the view is opened. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { address, go, isDay } from '../address';
import { get } from '../api/client';
import type { Difference, Shown } from '../api/types';
import { addDays } from '../components/number';
import { shownMoment } from '../view';
import { DifferenceSentence } from '../views/overview/past';
import { words } from '../words';
import { Calendar } from './calendar';
import { Dialog } from './dialog';
import { choosingTime } from './time-bar';
import './time-machine.css';

type Known = 'now' | 'end' | 'position' | 'time';

function knownOf(known: string, at: string): Known {
    if (known === 'now' || known === 'end') return known;
    if (/^\d+$/.test(known)) return 'position';
    return known !== '' ? 'time' : at !== '' ? 'end' : 'now';
}

export function TimeMachine() {
    const w = words.value;
    const moment = shownMoment.value;
    const today = moment?.today ?? new Date().toISOString().slice(0, 10);
    const { at, known: before } = address.value;
    const [day, setDay] = useState(at || moment?.day || today);
    /* Whether the day was chosen, or is only what the view shows: a position alone brings its own day. */
    const [chosen, setChosen] = useState(at !== '');
    const [known, setKnown] = useState<Known>(knownOf(before, at));
    const [position, setPosition] = useState(/^\d+$/.test(before) ? before : '');
    const [time, setTime] = useState(before.includes('T') ? before.slice(0, 16) : `${addDays(today, -1)}T18:00`);
    const [fault, setFault] = useState('');
    const choose = (next: string): void => {
        setDay(next);
        setChosen(true);
        setFault('');
        /* The honest default of a past day: what was known when it closed. */
        if (known === 'now' && next < today) setKnown('end');
        if (known === 'end' && next === today) setKnown('now');
    };
    const close = (): void => {
        choosingTime.value = false;
    };
    const submit = (event: SubmitEvent): void => {
        event.preventDefault();
        if (!isDay(day)) return setFault(w.badDay);
        if (day > today) return setFault(w.dayFuture(today));
        const digits = position.replace(/[\s#]/g, '');
        if (known === 'position' && !/^[1-9]\d{0,18}$/.test(digits)) return setFault(w.badPosition);
        if (known === 'time' && Number.isNaN(Date.parse(time))) return setFault(w.badTime);
        close();
        if (known === 'now' && day === today) return go({ keys: { at: null, known: null } });
        const value = known === 'position' ? digits : known === 'time' ? `${time.slice(0, 16)}:00+08:00` : known;
        const alone = (known === 'position' || known === 'time') && !chosen;
        go({ keys: { at: alone ? null : day, known: value } });
    };
    const option = (value: Known, label: string, hint: string | undefined, field?: ComponentChildren) => (
        <div class="known-option">
            <label>
                <input type="radio" name="known" value={value} checked={known === value} onChange={() => { setKnown(value); setFault(''); }} />
                {' '}{label} {hint && <span class="quiet">{hint}</span>}
            </label>
            {field}
        </div>
    );
    return (
        <Dialog name="time" title={w.timeMachine} onClose={close}>
            <form class="time-machine" onSubmit={submit} noValidate>
                <fieldset class="which-day">
                    <legend>{w.whichDay}</legend>
                    <input class="day-field" aria-label={w.whichDay} inputMode="numeric" maxLength={10} value={day}
                        onInput={(event) => { const text = event.currentTarget.value.trim(); if (isDay(text)) choose(text); else setDay(text); }} />
                    <Calendar day={isDay(day) ? day : today} last={today} onChoose={choose} />
                </fieldset>
                <fieldset class="as-known">
                    <legend>{w.asKnown}</legend>
                    {option('end', w.asKnownEnd, w.asKnownEndHint)}
                    {option('now', w.asKnownNow, w.asKnownNowHint)}
                    {option('position', w.asKnownPosition, undefined,
                        <input aria-label={w.asKnownPosition} inputMode="numeric" placeholder="184203" value={position} maxLength={24}
                            onInput={(event) => { setPosition(event.currentTarget.value); setKnown('position'); }} />)}
                    {option('time', w.asKnownTime, undefined,
                        <input aria-label={w.asKnownTime} type="datetime-local" value={time} onInput={(event) => { setTime(event.currentTarget.value); setKnown('time'); }} />)}
                    {known === 'end' && isDay(day) && day < today && <WhatDiffers day={day} />}
                </fieldset>
                <p class="form-fault" role="alert">{fault}</p>
                <p class="buttons">
                    <button type="submit" class="primary">{w.show}</button>
                    <button type="button" onClick={close}>{w.cancel}</button>
                    {address.value.past && (
                        <button type="button" onClick={() => { close(); go({ keys: { at: null, known: null } }); }}>{w.backToLive}</button>
                    )}
                </p>
            </form>
        </Dialog>
    );
}

/* In a sentence, with the records that made it. */
function WhatDiffers({ day }: { day: string }) {
    const w = words.value;
    const [difference, setDifference] = useState<(Difference & Shown) | null>(null);
    useEffect(() => {
        setDifference(null);
        const abort = new AbortController();
        const timer = setTimeout(() => {
            get<Difference & Shown>('difference', { unit: address.value.unit, at: day, known: 'end', limit: '3' }, abort.signal).then(
                setDifference, () => undefined);
        }, 200);
        return () => {
            clearTimeout(timer);
            abort.abort();
        };
    }, [day]);
    const first = difference?.rows[0];
    return (
        <div class="what-differs" role="status">
            {difference && !first && w.differsNot}
            {difference && first && (
                <>
                    <b>{w.differs}</b>
                    <DifferenceSentence row={first} day={day} />
                    {difference.total > 1 && <> {w.differsMore(difference.total)}{w.stop}</>}
                </>
            )}
        </div>
    );
}

