/**
 * Examples: an expression of ours beside NumPy's, and what NumPy prints for it.
 *
 * @module
 */
import type { NDArray } from "../../ndarray/mod.ts";
import type { Part } from "../_part.ts";

/** Arrays by name, made anew for each example. */
export type Given = Readonly<Record<string, NDArray>>;

/** An expression, ours and NumPy's. */
export interface Example {
  /** NumPy's code. */
  readonly python: string;
  /** Ours; its source is printed. */
  readonly ours: (given: Given) => NDArray | number | string | boolean;
  /** What NumPy prints. */
  readonly prints: string;
  /** Why ours prints something else, where it is meant to. */
  readonly differs?: string;
}

/** Examples that start from the same arrays. */
export interface Section {
  /** Name of the part. */
  readonly name: string;
  /** Heading. */
  readonly title: string;
  /** The arrays: NumPy's code and ours. */
  readonly given?: Readonly<Record<string, readonly [python: string, ours: () => NDArray]>>;
  /** The examples. */
  readonly examples: readonly Example[];
}

/** The source of an arrow function's body on one line, as close to how it was written as it gets. */
function sourceOf(make: { toString(): string }): string {
  return String(make).replace(/^\(.*?\)\s*=>\s*/s, "").replaceAll(/\s+/g, " ")
    .replace(/^\{ (.*?);? \}$/, "$1").replace(/; return /, "; ")
    .replaceAll("[ ", "[").replaceAll(" ]", "]");
}

/** A value as Python's `print` writes it. */
function shown(value: NDArray | number | string | boolean): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  return String(value);
}

function printLabelled(label: string, text: string): void {
  console.log(`  ${label.padEnd(6)} ${text.replaceAll("\n", "\n" + " ".repeat(9))}`);
}

/**
 * Makes a part of a program that runs the examples of a section.
 *
 * @param section The examples
 * @returns The part
 */
export function examplesPart({ name, title, given = {}, examples }: Section): Part {
  return {
    name,
    title,
    run() {
      for (const [variable, [python, ours]] of Object.entries(given)) {
        console.log(`${variable} = ${sourceOf(ours)}    # NumPy: ${python}`);
      }
      const results = examples.map(({ python, ours, prints, differs }) => {
        const arrays = Object.fromEntries(
          Object.entries(given).map(([variable, [, make]]) => [variable, make()]),
        );
        const code = sourceOf(ours);
        const result = shown(ours(arrays));
        const agrees = result === prints;
        const verdict = agrees ? "agree" : differs ? `differ: ${differs}` : "DIFFER";
        console.log(`\n${code}    # NumPy: ${python}`);
        printLabelled("ours", result);
        printLabelled("NumPy", prints);
        console.log(`  ${verdict}`);
        return { code, python, ours: result, numpy: prints, agrees, differs: differs ?? null };
      });
      const agreeing = results.filter(({ agrees }) => agrees).length;
      const meant = results.filter(({ agrees, differs }) => !agrees && differs).length;
      return {
        results: {
          given: Object.entries(given).map(([variable, [python]]) => ({ variable, python })),
          examples: results,
        },
        summary: [
          `${title}: ${agreeing} of ${results.length} agree with NumPy` +
          (meant > 0 ? `, ${meant} on purpose not` : ""),
        ],
      };
    },
  };
}
