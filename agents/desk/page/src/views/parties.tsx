/* Who the parties are, sealed for the office before anything is kept: the clear text stands in this form only, and is gone
 * with it. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { clockOffSeconds } from '../clock';
import { setup } from '../office';
import { Back, Heading, Notice } from '../parts';
import { go, toDispute } from '../route';
import { base64Of, bytesOf, padded, seal } from '../seal';
import type { Dispute } from '../steps';
import { tap } from '../tap';
import { Say, type Words } from '../words';

const FIELDS: { name: string; label: Words; long?: boolean }[] = [
    { name: 'nameA', label: ['甲方（申请人）姓名', 'Side A, name'] },
    { name: 'contactA', label: ['甲方联系方式', 'Side A, contact'] },
    { name: 'nameB', label: ['乙方（被申请人）姓名', 'Side B, name'] },
    { name: 'contactB', label: ['乙方联系方式', 'Side B, contact'] },
    { name: 'facts', label: ['纠纷情况', 'What it is about'], long: true },
];

export function PartiesScreen({ dispute }: { dispute: Dispute }): JSX.Element {
    const [form, setForm] = useState<Record<string, string>>({});
    const [wrong, setWrong] = useState<Words | null>(null);
    const parties = setup.value?.parties;
    const back = toDispute(dispute.code);
    if (!parties) return <><Back to={back} /><Heading of={['本单位不收当事人信息', 'This office takes no data of parties']} /></>;
    const submit = async (event: Event): Promise<void> => {
        event.preventDefault();
        const filled = Object.fromEntries(Object.entries(form).filter(([, value]) => value.trim() !== ''));
        if (Object.keys(filled).length === 0) return setWrong(['还没有填写', 'Nothing is filled in']);
        const message = padded(JSON.stringify({ version: 1, matter: dispute.code, ...filled }));
        if (message === null) return setWrong(['太长：最多约 5 000 字', 'Too long: some 5,000 characters']);
        const ciphertext = base64Of(seal(message, bytesOf(parties.publicKey)));
        setForm({});
        if (await tap(dispute.code, 'sealedNoteAdded', { matterKind: 'DISPUTE', recipientKey: parties.key, ciphertext })) go(back);
    };
    return (
        <form class="screen" autocomplete="off" onSubmit={(event) => void submit(event)}>
            <Back to={back} />
            <Heading of={['当事人信息（密封）', 'Data of the parties, sealed']} />
            <Notice><Say block of={['在本机加密后才保存和发送，只有本单位的密钥能打开；本机也打不开。只填办案需要的。',
                'Sealed on this phone before it is kept or sent; only the key of the office opens it, not even this phone. Fill in what is needed, no more.']} /></Notice>
            {FIELDS.map(({ name, label, long }) => (
                <div class="field-group" key={name}>
                    <label class="field" for={name}><Say of={label} /></label>
                    {long
                        ? <textarea id={name} rows={5} autocomplete="off" spellcheck={false} value={form[name] ?? ''} onInput={(event) => setForm({ ...form, [name]: event.currentTarget.value })} />
                        : <input id={name} type="text" autocomplete="off" autocorrect="off" spellcheck={false} value={form[name] ?? ''} onInput={(event) => setForm({ ...form, [name]: event.currentTarget.value })} />}
                </div>
            ))}
            {wrong && <Notice kind="problem"><Say of={wrong} /></Notice>}
            <button type="submit" class="primary" disabled={clockOffSeconds.value !== 0}><Say of={['密封', 'Seal']} /></button>
        </form>
    );
}
