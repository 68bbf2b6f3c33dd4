/* Single keys for views and moments. Dead in fields, and as a whole at a switch (WCAG 2.1.4). */
import { signal } from '@preact/signals';
import { address, go, href, open } from '../address';
import { addDays } from '../components/number';
import { applyUpdates, waiting } from '../live';
import { shownMoment } from '../view';
import { exportAddress } from './export';
import { helpOpen } from './help-open';
import { backToLive, choosingTime } from './time-bar';

function kept(): boolean {
    try {
        return localStorage.getItem('keys') !== 'off';
    } catch {
        return true;
    }
}

export const keysOn = signal(kept());

export function switchKeys(on: boolean): void {
    keysOn.value = on;
    try {
        localStorage.setItem('keys', on ? 'on' : 'off');
    } catch {
        /* storage forbidden: lasts as long as the page */
    }
}

const places: Record<string, string> = { o: '/', u: '/units', w: '/in-hand/hazards', t: '/trends', c: '/compare/article' };

/* A day back or on; the open day is now. */
function step(days: number): void {
    const moment = shownMoment.peek();
    if (!moment) return;
    const day = addDays(moment.day, days);
    if (day > moment.today) return;
    if (day === moment.today) backToLive();
    else go({ keys: { at: day, known: 'end' } });
}

function inField(target: EventTarget | null): boolean {
    return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));
}

export function followKeys(): void {
    let afterG = 0;
    document.addEventListener('keydown', (event) => {
        if (!keysOn.value || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || inField(event.target)) return;
        if (document.querySelector('dialog[open]')) return;
        const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
        const place = places[key];
        if (Date.now() - afterG < 1200 && place !== undefined) {
            afterG = 0;
            event.preventDefault();
            open(href({ path: place }));
            return;
        }
        afterG = 0;
        switch (key) {
            case 'g':
                afterG = Date.now();
                return;
            case '/': {
                const button = document.querySelector<HTMLElement>('.search-button');
                if (button && button.offsetParent !== null) button.click();
                else document.getElementById('search')?.focus();
                break;
            }
            case '[':
                step(-1);
                break;
            case ']':
                step(1);
                break;
            case 't':
                choosingTime.value = true;
                break;
            case 'l':
                if (!address.value.past) return;
                backToLive();
                break;
            case 'u':
                if (waiting.value === 0) return;
                applyUpdates();
                break;
            case 'e':
                location.assign(exportAddress('xlsx'));
                break;
            case '?':
                helpOpen.value = true;
                break;
            default:
                return;
        }
        event.preventDefault();
    });
}
