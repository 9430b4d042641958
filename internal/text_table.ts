/** Tables of text. */

/** How a table looks. */
export interface TextTableOptions {
  /** Which columns have their text on the left. Default: the first. */
  readonly isLeft?: (column: number) => boolean;
  /** The line below the headings. Default: none. */
  readonly rule?: (widths: readonly number[]) => readonly string[];
  /** What stands between columns. Default: two spaces. */
  readonly gap?: string;
  /** Cells at the end of their line that may be longer than their column is wide. Default: none. */
  readonly isNote?: (cell: string) => boolean;
}

/**
 * Lays out a table whose columns are as wide as they need to be.
 *
 * @param rows The headings, then the rows, all with as many cells
 * @returns The lines, without spaces at their ends
 */
export function textTable(
  rows: readonly (readonly string[])[],
  { isLeft = (column) => column === 0, rule, gap = "  ", isNote = () => false }: TextTableOptions =
    {},
): string[] {
  const widths = rows[0].map((_, column) =>
    Math.max(...rows.map((row) => isNote(row[column]) ? 0 : row[column].length))
  );
  const lines = rule ? [rows[0], rule(widths), ...rows.slice(1)] : rows;
  return lines.map((row) =>
    row.map((cell, column) =>
      isLeft(column) || isNote(cell) ? cell.padEnd(widths[column]) : cell.padStart(widths[column])
    ).join(gap).trimEnd()
  );
}
