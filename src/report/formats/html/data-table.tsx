import type { ComponentChildren } from "preact";

interface DataTableProps {
  /** Id of the caption; unique on the page. */
  readonly id: string;
  readonly caption: ComponentChildren;
  /** Headings of the columns. `#` before a heading: the column holds numbers. */
  readonly columns: readonly string[];
  /** Rows (`tr`), or groups of them. */
  readonly children: ComponentChildren;
  /** Whether the rows are groups (`tbody`) already. @default false */
  readonly grouped?: boolean;
}

/** A table that may be wider than the page. It then scrolls by itself, with the keyboard too. */
export function DataTable({ id, caption, columns, children, grouped = false }: DataTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached without a mouse.
    <section class="scroll" aria-labelledby={id} tabIndex={0}>
      <table>
        <caption id={id}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" class={column.startsWith("#") ? "number" : undefined}>
                {column.replace(/^#/, "")}
              </th>
            ))}
          </tr>
        </thead>
        {grouped ? children : <tbody>{children}</tbody>}
      </table>
    </section>
  );
}
