/* A view's own export: the same parameters, so the same rows. */
import { address, momentParams } from '../../address';
import { url } from '../../api/client';
import { words } from '../../words';

export function Exports({ name, params = {}, copy = false }: { name: string; params?: Record<string, string | undefined>; copy?: boolean }) {
    const w = words.value;
    const all = { unit: address.value.unit, ...momentParams.value, lang: address.value.keys.get('lang') ?? undefined, ...params };
    const csv = url(`export/${name}.csv`, all);
    return (
        <span class="exports">
            <a class="button" href={url(`export/${name}.xlsx`, all)} download aria-label={w.exportXlsx}>.xlsx</a>{' '}
            <a class="button" href={csv} download aria-label={w.exportCsv}>.csv</a>
            {copy && (
                <label class="csv-address">
                    {w.csvAddress} <input readOnly value={location.origin + csv} onFocus={(event) => event.currentTarget.select()} />
                </label>
            )}
        </span>
    );
}
