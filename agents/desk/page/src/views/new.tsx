import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { clockOffSeconds, stamp } from '../clock';
import { setup, takeCode, units, sync } from '../office';
import { Back, Choice, Heading, Notice } from '../parts';
import { go, toDispute } from '../route';
import { newKey } from '../shared/ask';
import { VIOLENCE } from '../steps';
import { disputes, keep, kept, loadDisputes } from '../store';
import { open, said } from '../tap';
import { CHANNELS, ORIGINS, Say, SCALES, type Words } from '../words';

const HITS_MAX = 8;

/* The number of a form that was left is taken up again by the next one. */
async function draftCode(): Promise<string | null> {
    const draft = await kept<string>('draft');
    if (draft !== undefined && !disputes.value.some((dispute) => dispute.code === draft)) return draft;
    const code = await takeCode(stamp());
    await keep('draft', code ?? undefined);
    return code;
}

function UnitField({ unit, choose }: { unit: string; choose: (code: string) => void }): JSX.Element {
    const [text, setText] = useState('');
    const picked = useRef<HTMLParagraphElement>(null);
    const chosen = units.value.find(([code]) => code === unit);
    const wanted = text.trim();
    /* The button that was pressed is gone: the focus goes to what it chose. */
    useEffect(() => {
        if (document.activeElement === document.body) picked.current?.focus();
    }, [unit]);
    const hits = wanted === '' ? [] : units.value.filter(([code, name]) => code.startsWith(wanted) || name.includes(wanted));
    return (
        <div class="field-group">
            <label class="field" for="unit"><Say of={['单位（名称或代码）', 'Unit, by name or code']} /></label>
            {chosen && <p class="picked" tabIndex={-1} ref={picked}>{chosen[1]} <span class="code">{chosen[0]}</span></p>}
            <input id="unit" type="search" autocomplete="off" enterkeyhint="search" value={text} aria-describedby="unit-hits"
                onInput={(event) => setText(event.currentTarget.value)} />
            <ul class="hits" id="unit-hits" aria-label="单位 Units">
                {hits.slice(0, HITS_MAX).map(([code, name]) => (
                    <li key={code}>
                        <button type="button" aria-pressed={code === unit} onClick={() => { choose(code); setText(''); }}>
                            {name} <span class="code">{code}</span>
                        </button>
                    </li>
                ))}
                {hits.length > HITS_MAX && <li class="soft"><Say of={[`还有 ${hits.length - HITS_MAX} 个，请写得更具体`, 'more: write further']} /></li>}
                {wanted !== '' && hits.length === 0 && <li class="soft"><Say of={['没有这个单位', 'No such unit']} /></li>}
            </ul>
        </div>
    );
}

function missing(form: { unit: string; category: string; scale: string; origin: string; channel: string }): Words | null {
    if (form.unit === '') return ['请选单位', 'Choose the unit'];
    if (form.category === '') return ['请选类别', 'Choose the category'];
    if (form.scale === '') return ['请选规模', 'Choose the scale'];
    if (form.origin === '') return ['请选来源', 'Choose where it came from'];
    return null;
}

export function NewScreen(): JSX.Element {
    const [code, setCode] = useState<string | null | undefined>(undefined);
    const [form, setForm] = useState({ unit: '', category: '', scale: 'INDIVIDUAL', origin: '', channel: 'MOBILE_STATION' });
    const [wrong, setWrong] = useState<Words | null>(null);
    const [key] = useState(newKey);
    const set = (change: Partial<typeof form>): void => { setForm({ ...form, ...change }); setWrong(null); };
    const violence = form.category === VIOLENCE;
    useEffect(() => {
        void draftCode().then((found) => found ?? sync().then(draftCode)).then(setCode);
        if (units.value.length === 1) set({ unit: units.value[0]?.[0] ?? '' });
    }, []);
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        const lack = missing(form);
        setWrong(lack);
        if (lack !== null || !code) return;
        const unitName = units.value.find(([one]) => one === form.unit)?.[1] ?? form.unit;
        const made = await open(code, key, { ...form, unitName, channel: violence ? '' : form.channel });
        said.value = made ? ['已记下', 'Noted'] : null;
        if (!made) await loadDisputes(); /* another window's may not be heard of yet */
        const there = disputes.value.find((dispute) => dispute.code === code);
        if (there?.steps[0]?.key === key) return go(toDispute(code));
        if (there === undefined) return;
        setCode(await draftCode()); /* another window took it */
        setWrong(['编号刚被另一窗口用了，已换新编号，请再点一次登记', 'Another window took the code: there is a new one, press again']);
    };
    return (
        <form class="screen" onSubmit={(event) => void submit(event)}>
            <Back to="#/" />
            <Heading of={['登记纠纷', 'Open a dispute']} />
            {code === null && <Notice kind="problem"><Say block of={['本机没有可用的编号：请连上单位一次再登记。', 'No number left on this phone: reach the office once, then open it.']} /><code>NO_NUMBER</code></Notice>}
            <UnitField unit={form.unit} choose={(unit) => set({ unit })} />
            <div class="field-group">
                <label class="field" for="category"><Say of={['类别', 'Category']} /></label>
                <select id="category" value={form.category} onChange={(event) => set({ category: event.currentTarget.value })}>
                    <option value="">请选择 Choose</option>
                    {(setup.value?.categories ?? []).map((one) => <option key={one.code} value={one.code}>{one.name}</option>)}
                </select>
            </div>
            {violence && <Notice><Say block of={['家庭暴力不调解：登记后依法处置。', 'Domestic violence is not mediated: register it and act on it by law.']} /></Notice>}
            <Choice legend={['规模', 'Scale']} name="scale" options={SCALES} value={form.scale} onChange={(scale) => set({ scale })} />
            <Choice legend={['来源', 'Where it came from']} name="origin" options={ORIGINS} value={form.origin} onChange={(origin) => set({ origin })} />
            {!violence && <Choice legend={['调解渠道', 'Channel']} name="channel" options={CHANNELS} value={form.channel} onChange={(channel) => set({ channel })} />}
            {wrong && <Notice kind="problem"><Say of={wrong} /></Notice>}
            {code && <p class="soft"><Say of={['编号', 'Code']} /> <span class="code">{code}</span></p>}
            <button class="primary" type="submit" disabled={!code || clockOffSeconds.value !== 0}><Say of={['登记', 'Open it']} /></button>
        </form>
    );
}
