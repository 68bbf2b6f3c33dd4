import { words } from '../words';
import { Dialog } from './dialog';
import { helpOpen } from './help-open';
import { keysOn, switchKeys } from './keys';

export { helpOpen };

export function Help() {
    const w = words.value;
    if (!helpOpen.value) return null;
    const rows: [string[], string][] = [
        [['/'], w.keySearch],
        [['g o', 'g u', 'g w', 'g t', 'g c'], w.keyViews],
        [['[', ']'], w.keyDays],
        [['T'], w.keyTime],
        [['L'], w.keyLive],
        [['U'], w.keyUpdates],
        [['E'], w.keyExport],
        [['?'], w.keyHelp],
        [['Esc'], w.keyEscape],
    ];
    return (
        <Dialog name="help" title={w.keyboard} onClose={() => (helpOpen.value = false)}>
            <table>
                <tbody>
                    {rows.map(([keys, text]) => (
                        <tr key={text}>
                            <th scope="row">{keys.map((key) => <span key={key}><kbd>{key}</kbd> </span>)}</th>
                            <td>{text}</td>
                        </tr>
                    ))}
                </tbody>
            </table>
            <p class="buttons">
                <label>
                    <input type="checkbox" checked={keysOn.value} onChange={(event) => switchKeys(event.currentTarget.checked)} /> {w.keysOn}
                </label>
            </p>
        </Dialog>
    );
}
