import type { ReactNode } from "react";

/** The name of a column, and a class that it goes by: only on a wide page, say, or of numbers. */
type Column = string | readonly [name: string, className: string];

interface ListTableProps {
  readonly columns: readonly Column[];
  /** What a screen reader calls it; absent where a heading stands above it. */
  readonly label?: string;
  readonly className?: string;
  /** Its rows. */
  readonly children: ReactNode;
}

/** A list with a name above each column. */
export function ListTable({ columns, label, className, children }: ListTableProps) {
  return (
    <table className={className === undefined ? "table" : `table ${className}`} aria-label={label}>
      <thead>
        <tr>
          {columns.map((column) => {
            const [name, of] = typeof column === "string" ? [column, undefined] : column;
            return (
              <th key={name} scope="col" className={of}>
                {name}
              </th>
            );
          })}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
