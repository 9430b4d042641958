/** The header of a `.npy` file: a Python dict literal. */
import { brief } from "./_brief.ts";
import { elementCount, type ElementKind } from "./_elements.ts";

/** What the header tells. */
export interface NpyHeader {
  readonly kind: ElementKind;
  readonly bigEndian: boolean;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  readonly count: number;
}

const kinds: ReadonlySet<string> = new Set<ElementKind>(
  ["b1", "u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"],
);

/** NumPy's own headers are far shorter. */
export const maxHeader = 1_000_000;

/**
 * Parses a header such as `{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }`.
 *
 * @param text The dict literal
 * @param bad Builds the error for a problem; `other` if the array is whole, but not read here
 * @returns What the header tells
 */
export function parseNpyHeader(
  text: string,
  bad: (problem: string, other?: "other") => Error,
): NpyHeader {
  const { descr, fortran_order: fortranOrder, shape } = parseLiteral(text, bad);
  if (typeof descr !== "string" && !Array.isArray(descr)) {
    throw bad(`descr ${brief(descr)} is no element type; the file is damaged`);
  }
  const [, order, kind] = /^([<>|=])([a-z]\d+)$/.exec(Array.isArray(descr) ? "" : descr) ?? [];
  if (!kinds.has(kind)) throw bad(unreadable(descr), "other");
  const count = elementCount(shape);
  if (typeof count === "string") throw bad(count);
  if (typeof fortranOrder !== "boolean") {
    throw bad(
      `fortran_order must be True or False, got ${brief(fortranOrder)}; the file is damaged`,
    );
  }
  return {
    kind: kind as ElementKind,
    bigEndian: order === ">",
    fortranOrder,
    shape: shape as number[],
    count,
  };
}

/** Reads the literal as JSON, which it is but for quotes, tuples, capitals and trailing commas. */
function parseLiteral(text: string, bad: (problem: string) => Error): Record<string, unknown> {
  const json = text
    .replaceAll("'", '"')
    .replaceAll("(", "[")
    .replaceAll(")", "]")
    .replace(/\bTrue\b/g, "true")
    .replace(/\bFalse\b/g, "false")
    .replace(/(\d)L\b/g, "$1")
    .replace(/,\s*(?=[\]}])/g, "");
  try {
    const value = JSON.parse(json);
    if (typeof value === "object" && value !== null) return value;
  } catch {
    // Reported below, in terms of the file.
  }
  throw bad(`the header ${JSON.stringify(text.slice(0, 60))} is not a dict; the file is damaged`);
}

function unreadable(descr: string | unknown[]): string {
  const what = brief(descr);
  if (typeof descr !== "string") {
    return `structured arrays (descr ${what}) are not read; save each field by itself`;
  }
  switch (descr[1]) {
    case "O":
      return `arrays of Python objects (descr ${what}) are not read; save numbers, with allow_pickle=False`;
    case "U":
    case "S":
      return `arrays of text (descr ${what}) are not read; save them as JSON`;
    case "c":
      return `complex numbers (descr ${what}) are not read; save .real and .imag`;
    default:
      return `descr ${what} is not read; convert with .astype("float64") before saving`;
  }
}
