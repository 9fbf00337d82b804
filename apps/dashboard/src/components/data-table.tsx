import type { ReactNode } from "react";

interface DataTableProps {
  readonly caption: string;
  /** Column headings; an empty one is for buttons and is named for screen readers. */
  readonly columns: readonly string[];
  readonly children: ReactNode;
}

export function DataTable({ caption, columns, children }: DataTableProps) {
  return (
    // Relative, so that what is only for screen readers is scrolled with the table and does not widen the page.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: where it is wider than the screen, arrow keys must scroll it.
    <section aria-label={`Table: ${caption}`} tabIndex={0} className="card relative overflow-x-auto">
      <table className="w-full text-left">
        <caption className="sr-only">{caption}</caption>
        <thead className="border-b border-line text-sm text-muted">
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col" className="px-4 py-2 font-medium">
                {column === "" ? <span className="sr-only">Actions</span> : column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line align-top">{children}</tbody>
      </table>
    </section>
  );
}

export function Cell({ children, quiet = false }: { readonly children?: ReactNode; readonly quiet?: boolean }) {
  return <td className={`px-4 py-2.5 ${quiet ? "text-muted" : ""}`}>{children}</td>;
}
