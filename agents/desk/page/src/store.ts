/* What this phone knows, durable in IndexedDB: the disputes with their steps, and what was last heard from the office.
 * A step is here before anything is sent. A change is one transaction, in which the caller looks before it writes: two
 * taps, or two windows, make one step. */
import { signal } from '@preact/signals';
import type { Dispute } from './steps';

const NAME = 'sanling-desk';
const DISPUTES = 'disputes';
const KEPT = 'kept';

export const disputes = signal<Dispute[]>([]);
/* Whether the phone keeps anything: in a private window some do not. */
export const storeFault = signal('');

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(NAME);
let opening: Promise<IDBDatabase> | null = null;

function opened(): Promise<IDBDatabase> {
    opening ??= new Promise((resolve, reject) => {
        const request = indexedDB.open(NAME, 1);
        request.onupgradeneeded = () => {
            request.result.createObjectStore(DISPUTES, { keyPath: 'code' });
            request.result.createObjectStore(KEPT);
        };
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
    });
    return opening;
}

/* Runs `work` in one transaction; resolves with what it gave once that is durable. */
async function inTransaction<T>(store: string, work: (store: IDBObjectStore, give: (result: T) => void) => void): Promise<T | undefined> {
    const database = await opened();
    return new Promise((resolve, reject) => {
        const transaction = database.transaction(store, 'readwrite', { durability: 'strict' });
        let result: T | undefined;
        transaction.oncomplete = () => resolve(result);
        transaction.onabort = transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB'));
        work(transaction.objectStore(store), (given) => (result = given));
    });
}

export async function loadDisputes(): Promise<void> {
    try {
        const all = await inTransaction<Dispute[]>(DISPUTES, (store, give) => {
            const request = store.getAll();
            request.onsuccess = () => give(request.result as Dispute[]);
        });
        disputes.value = (all ?? []).sort((a, b) => (opensAt(a) < opensAt(b) ? 1 : -1));
        storeFault.value = '';
    } catch (failure) {
        storeFault.value = String(failure);
    }
}

const opensAt = (dispute: Dispute): string => `${dispute.steps[0]?.at ?? ''} ${dispute.code}`;

/* `make` gets the dispute as it is kept (undefined: there is none) and gives what is to be kept, or null: no change.
 * Resolves with what it gave. */
export async function change(code: string, make: (dispute: Dispute | undefined) => Dispute | null): Promise<Dispute | null> {
    const changed = await inTransaction<Dispute | null>(DISPUTES, (store, give) => {
        const request = store.get(code);
        request.onsuccess = () => {
            const made = make(request.result as Dispute | undefined);
            give(made);
            if (made !== null) store.put(made);
        };
    });
    if (changed) {
        await loadDisputes();
        channel?.postMessage('changed');
    }
    return changed ?? null;
}

export async function keep(name: string, value: unknown): Promise<void> {
    await inTransaction<void>(KEPT, (store) => void (value === undefined ? store.delete(name) : store.put(value, name)));
}

export async function kept<T>(name: string): Promise<T | undefined> {
    return inTransaction<T>(KEPT, (store, give) => {
        const request = store.get(name);
        request.onsuccess = () => give(request.result as T);
    });
}

/* As change(), of one kept value. */
export async function changeKept<T, R>(name: string, make: (value: T | undefined) => { value: T; result: R }): Promise<R | undefined> {
    return inTransaction<R>(KEPT, (store, give) => {
        const request = store.get(name);
        request.onsuccess = () => {
            const { value, result } = make(request.result as T | undefined);
            store.put(value, name);
            give(result);
        };
    });
}

/* Forgets all: whoever takes the phone next knows nothing. */
export async function forgetAll(): Promise<void> {
    await inTransaction<void>(DISPUTES, (store) => void store.clear());
    await inTransaction<void>(KEPT, (store) => void store.clear());
    await loadDisputes();
    channel?.postMessage('forgotten');
}

/* Another window's change; a window that was logged out knows no more than one that is opened anew. */
channel?.addEventListener('message', ({ data }) => (data === 'forgotten' ? location.reload() : void loadDisputes()));
