/* 为什么: the status in sentences, each with the records that it rests on. */
import { useSignal } from '@preact/signals';
import type { Reason } from '../../api/unit';
import { Card } from '../../components/card';
import { EventDoor } from '../../components/door';
import { zeroWord } from '../../components/mark';
import { words } from '../../words';
import { useTypeNames } from '../shared/events';
import { type Sentence, sentencesOf } from './why';

const POSITIONS = 8; /* behind one sentence, until asked for more */

export function Why({ reasons, year }: { reasons: readonly Reason[]; year: string }) {
    const w = words.value;
    const sentences = sentencesOf(reasons, w, useTypeNames(), year);
    return (
        <Card title={w.why} class="card-why" id="why">
            {sentences.length === 0 && <p class="quiet">{w.whyNone}</p>}
            <ul class="sentences">
                {sentences.map((sentence, i) => <SentenceItem key={i} sentence={sentence} />)}
            </ul>
        </Card>
    );
}

function SentenceItem({ sentence }: { sentence: Sentence }) {
    const w = words.value;
    const all = useSignal(false);
    const shown = all.value ? sentence.positions : sentence.positions.slice(0, POSITIONS);
    const rest = sentence.positions.length - shown.length;
    return (
        <li data-kind={sentence.kind}>
            {sentence.zero !== 'UNSPECIFIED' && <b>{zeroWord(sentence.zero)}{w.colon}</b>}
            {sentence.text}{' '}
            {shown.map((position) => <span key={position}><EventDoor position={position} /> </span>)}
            {rest > 0 && <button type="button" class="plain" onClick={() => (all.value = true)}>{w.whyMore(String(rest))}</button>}
        </li>
    );
}
