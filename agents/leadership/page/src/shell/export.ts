/* What is exported is what is in view: the same parameters, asked of /v1/export. */
import { signal } from '@preact/signals';
import { address, momentParams } from '../address';
import { url } from '../api/client';

/* A view that exports something of its own says so here, and takes it away when it goes. */
export const exportOf = signal<{ name: string; params: Record<string, string | undefined> } | null>(null);

export function exportAddress(format: 'xlsx' | 'csv'): string {
    const { view, unit, why, keys } = address.value;
    const common = { unit, ...momentParams.value };
    if (why !== '') return url(`export/figure-${why}.${format}`, { ...common, unit: keys.get('whose') ?? unit });
    const own = exportOf.value;
    if (own) return url(`export/${own.name}.${format}`, { ...common, ...own.params });
    if (view.name === 'units') return url(`export/tree.${format}`, common);
    return url(`export/overview.${format}`, common);
}
