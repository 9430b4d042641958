/**
 * Tables on standard output.
 *
 * @module
 */
import { textTable } from "../internal/text_table.ts";
import type { Context } from "./_part.ts";

/**
 * Prints a table whose columns are as wide as they need to be.
 *
 * @param head Column headings
 * @param rows Cells; numbers are printed with up to six significant digits
 */
export function printTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): void {
  const lines = textTable([head, ...rows.map((row) => row.map(cell))]);
  for (const line of lines) console.log(line);
}

function cell(value: string | number): string {
  return typeof value === "string" ? value : String(Number(value.toPrecision(6)));
}

/** How a column or row of the course's figures is called; they are all of CIFAR-10. */
export function courseName({ real }: Context): string {
  return real ? "course" : "course, CIFAR-10";
}

/** One quantity of the assignment beside what the course printed for it. */
export interface Comparison {
  /** What it is. */
  readonly name: string;
  /** Ours. */
  readonly ours: number;
  /** The course's printed figure. */
  readonly course: number;
}

/**
 * Prints our figures beside the course's, with the difference where the seed is the course's.
 *
 * @param rows The figures
 * @param courseSeed Whether the digits are comparable
 */
export function printComparison(rows: readonly Comparison[], courseSeed: boolean): void {
  printTable(
    ["", "ours", "course", "difference"],
    rows.map(({ name, ours, course }) => [
      name,
      String(ours),
      String(course),
      courseSeed ? Math.abs(ours - course).toExponential(1) : "other seed",
    ]),
  );
}
