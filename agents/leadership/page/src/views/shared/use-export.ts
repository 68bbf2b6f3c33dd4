/* Tells the shell what "导出" hands out while this view is shown. */
import { useEffect } from 'preact/hooks';
import { exportOf } from '../../shell/export';

export function useExport(name: string, params: Record<string, string | undefined>): void {
    const key = JSON.stringify(params);
    useEffect(() => {
        const mine = { name, params };
        exportOf.value = mine;
        return () => {
            if (exportOf.peek() === mine) exportOf.value = null;
        };
    }, [name, key]);
}
