/* The units of a period: the broken ones named and left out, the others to be looked through. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Period, Unit } from '../api';
import { toPeriod } from '../route';
import { Say } from '../shared/say';
import { attestable, found, PAGE } from '../statement';
import { thing } from '../words';

function Row({ unit, period, link }: { unit: Unit; period: Period; link: boolean }): JSX.Element {
    const part = unit.fromDay !== period.fromDay || unit.toDay !== period.toDay;
    return (
        <li class="unit">
            <span class="unit-name">{unit.name || unit.unit} <span class="code">{unit.unit}</span></span>
            {part && <span class="soft"><Say of={[`其中 ${unit.fromDay} – ${unit.toDay}`, 'of it']} /></span>}
            {link && <a class="only" href={toPeriod(period.zero, period.fromDay, unit.unit)} aria-label={`只核报 only ${unit.name ?? unit.unit}`}><Say of={['只核报它', 'only this']} /></a>}
        </li>
    );
}

export function Pages({ page, pages, go }: { page: number; pages: number; go: (page: number) => void }): JSX.Element {
    return (
        <nav class="pages" aria-label="单位分页 Pages of units">
            <button type="button" disabled={page === 0} onClick={() => go(page - 1)}><Say of={['上一页', 'Previous']} /></button>
            <span role="status">{page + 1} / {pages}</span>
            <button type="button" disabled={page + 1 >= pages} onClick={() => go(page + 1)}><Say of={['下一页', 'Next']} /></button>
        </nav>
    );
}

export function BrokenUnits({ period, units }: { period: Period; units: Unit[] }): JSX.Element | null {
    const broken = units.filter((unit) => unit.broken);
    const [all, setAll] = useState(false);
    if (broken.length === 0) return null;
    const [zh, en] = thing(period.zero);
    return (
        <section class="left-out" aria-labelledby="left-out">
            <h2 id="left-out"><Say of={[`不列入：${broken.length} 个单位已破零`, `Left out: ${broken.length} broken`]} /></h2>
            <p><Say block of={[`这些单位在此期间有过${zh}。核报为零就是不实，所以不列入；其余单位可以照常核报。`,
                `There was a ${en} at these units in this period. To attest a zero would be false: they are left out, the others can be attested.`]} /></p>
            <ul class="units">{broken.slice(0, all ? undefined : PAGE).map((unit) => <Row key={unit.unit} unit={unit} period={period} link={false} />)}</ul>
            {!all && broken.length > PAGE && <button type="button" onClick={() => setAll(true)}><Say of={[`全部 ${broken.length} 个`, 'All']} /></button>}
        </section>
    );
}

export function CoveredUnits({ period, units }: { period: Period; units: Unit[] }): JSX.Element {
    const [text, setText] = useState('');
    const [page, setPage] = useState(0);
    const covered = attestable(units);
    const hits = found(covered, text);
    const pages = Math.max(1, Math.ceil(hits.length / PAGE));
    return (
        <section aria-labelledby="covered">
            <h2 id="covered"><Say of={[`这份确认所包含的 ${covered.length} 个单位`, `The ${covered.length} units that it would cover`]} /></h2>
            {covered.length > 10 && (
                <div class="field-group">
                    <label class="field" for="search"><Say of={['按名称或编码查找', 'Find by name or code']} /></label>
                    <input id="search" type="search" autocomplete="off" enterkeyhint="search" value={text}
                        onInput={(event) => { setText(event.currentTarget.value); setPage(0); }} />
                    <p class="soft" role="status">
                        {text.trim() !== '' && <Say of={[`找到 ${hits.length} 个（确认仍包含全部 ${covered.length} 个）`, `${hits.length} found; all ${covered.length} stay covered`]} />}
                    </p>
                </div>
            )}
            <ul class="units">{hits.slice(page * PAGE, (page + 1) * PAGE).map((unit) => <Row key={unit.unit} unit={unit} period={period} link={covered.length > 1} />)}</ul>
            {pages > 1 && <Pages page={page} pages={pages} go={setPage} />}
        </section>
    );
}
