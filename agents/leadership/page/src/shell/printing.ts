/* At the foot of every sheet: of whom, which day, known to where, by which rules, and who printed it when. Browsers
 * without page margin boxes print the time bar's line on the first sheet only. */
import { address } from '../address';
import { session } from '../api/client';
import { dateTime, integer } from '../components/number';
import { live } from '../live';
import { scope, shownMoment } from '../view';
import { word, words } from '../words';

function quoted(text: string): string {
    return `"${text.replace(/["\\\n]/g, ' ')}"`;
}

function footRule(): string {
    const w = words.value;
    const moment = shownMoment.value;
    const who = session.value;
    const past = address.value.past;
    const position = past ? moment?.position : live.value.position || moment?.position;
    const what = [
        `${scope().name} ${scope().code}`, `${w.statusDay} ${moment?.day ?? '–'}`,
        `${past ? w.knownThen : w.knownTo} #${integer(position ?? '0')}`, `${w.policy} ${moment?.policyVersion ?? '–'}`, w.footerRounding,
    ].filter(Boolean).join(' · ');
    const office = [word(w.offices, who?.office), who?.account ?? ''].join(' ');
    const by = w.printedBy(office, dateTime(new Date().toISOString()));
    const text = 'font: 7pt var(--font, sans-serif); color: #444; vertical-align: top; padding-top: 2mm;';
    return `@page {
        @bottom-left { content: ${quoted(`${w.noReportIsNotZero}${what}`)}; ${text} width: 128mm; text-align: left; }
        @bottom-right { content: ${quoted(`${by}\u2003`)} counter(page) "/" counter(pages); ${text} text-align: right; }
    }`;
}

export function followPrinting(): void {
    if (!('adoptedStyleSheets' in document)) return;
    const sheet = new CSSStyleSheet();
    document.adoptedStyleSheets.push(sheet);
    addEventListener('beforeprint', () => sheet.replaceSync(footRule()));
}
