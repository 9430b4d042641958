/**
 * A gradient check at a few random entries, for arrays that are too large to check whole.
 *
 * @module
 */
import { checkPositive } from "../internal/numbers.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import {
  checkDependence,
  checkSameShape,
  differenceAt,
  movableCopy,
} from "./_centred_difference.ts";
import { relError } from "./rel_error.ts";

/**
 * Options of {@linkcode gradCheckSparse}.
 *
 * @category Gradient checks
 */
export interface GradCheckSparseOptions {
  /** How many entries to check, 10 if not given. One can come up twice. */
  readonly numChecks?: number;
  /** How far an entry is moved, to both sides; 1e-5 if not given. */
  readonly h?: number;
  /** Picks the entries; seeded by the operating system if not given. */
  readonly rng?: RandomState;
  /** Gets one line for every entry, such as `console.log`. */
  readonly print?: (line: string) => void;
}

/**
 * One checked entry.
 *
 * @category Gradient checks
 */
export interface GradientRow {
  /** Where the entry is, one number an axis. */
  readonly index: readonly number[];
  /** Its gradient by centred differences. */
  readonly numerical: number;
  /** The gradient that was given. */
  readonly analytic: number;
  /** The relative error between the two, as in {@linkcode relError}. */
  readonly relativeError: number;
}

/**
 * Compares a gradient with centred differences at random entries.
 *
 * @param f A function that gives a number; gets a private float64 copy of `x` with one entry moved,
 * see {@linkcode asFunctionOf} for a loss that reads its parameters from a model
 * @param x Where the gradient was computed, any shape, any dtype
 * @param analytic The gradient to check, of the shape of `x`
 * @param options How many entries, the step, the generator, and where to print
 * @returns A row for every entry checked, in order
 * @throws {TypeError} If `f` gives no number, or takes no argument and never changes
 * @throws {RangeError} If `x` and `analytic` differ in shape, `x` is empty, a value of `f` is not
 * finite, or an option is out of range
 *
 * @example
 * ```ts
 * import { gradCheckSparse } from "@nndl/nndl/gradient-check";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * const x = rng.randn(30, 40);
 * const rows = gradCheckSparse((x) => x.multiply(x).sum(), x, x.multiply(2), { rng });
 * assert.equal(rows.length, 10);
 * assert.ok(rows.every((row) => row.relativeError < 1e-5));
 * ```
 *
 * @category Gradient checks
 */
export function gradCheckSparse(
  f: (x: NDArray) => number,
  x: NDArray,
  analytic: NDArray,
  options: GradCheckSparseOptions = {},
): GradientRow[] {
  const { numChecks = 10, h = 1e-5, rng = new RandomState(), print } = options;
  const caller = "gradCheckSparse";
  checkPositive(caller, "h", h);
  checkSameShape(caller, "x and analytic must have the same shape", x, analytic);
  if (!Number.isInteger(numChecks) || numChecks < 0) {
    throw new RangeError(`${caller}: numChecks must be a whole number, got ${numChecks}`);
  }
  if (x.size === 0) throw new RangeError(`${caller}: x must have an entry to check`);
  const copy = movableCopy(caller, x);
  const rows = Array.from({ length: numChecks }, () => {
    const index = x.shape.map((length) => rng.randint(length));
    const place = index.reduce((sum, at, axis) => sum * x.shape[axis] + at, 0);
    const numerical = differenceAt(caller, f, copy, place, h);
    const expected = analytic.data[place];
    const relativeError = relError(numerical, expected);
    print?.(
      `numerical: ${numerical.toFixed(6)} analytic: ${expected.toFixed(6)}, ` +
        `relative error: ${exponential(relativeError)}`,
    );
    return { index, numerical, analytic: expected, relativeError };
  });
  checkDependence(caller, f, rows.map((row) => row.numerical));
  return rows;
}

/** A number with six decimals and an exponent of two digits, as `%e` prints it. */
function exponential(value: number): string {
  return value.toExponential(6).replace(/e([+-])(\d)$/, "e$10$2");
}
