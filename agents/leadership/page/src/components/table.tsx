/* A plain table with a caption for who cannot see it, and numeric columns at the right. */
import type { ComponentChildren } from 'preact';

export interface Column<T> {
    name: string;
    head: ComponentChildren;
    numeric?: boolean;
    class?: string;
    cell: (row: T) => ComponentChildren;
}

export function Table<T>(props: {
    caption: string; columns: readonly Column<T>[]; rows: readonly T[]; rowKey: (row: T) => string; class?: string;
}) {
    const classOf = (column: Column<T>): string => `${column.numeric ? 'numeric ' : ''}${column.class ?? ''}`;
    return (
        <table class={props.class}>
            <caption class="unseen">{props.caption}</caption>
            <thead>
                <tr>
                    {props.columns.map((column) => <th key={column.name} scope="col" class={classOf(column)}>{column.head}</th>)}
                </tr>
            </thead>
            <tbody>
                {props.rows.map((row) => (
                    <tr key={props.rowKey(row)}>
                        {props.columns.map((column) => <td key={column.name} class={classOf(column)} data-label={typeof column.head === 'string' ? column.head : undefined}>{column.cell(row)}</td>)}
                    </tr>
                ))}
            </tbody>
        </table>
    );
}
