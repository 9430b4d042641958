/**
 * Arrays as text, under other settings than those of `toString`.
 *
 * @module
 */
import { type FormatOptions, formatPlain, formatRepr } from "./_formatting.ts";
import type { NDArray } from "./ndarray.ts";

export type { FormatOptions };

/**
 * Writes an array as text, character for character as NumPy prints it.
 *
 * @param x Array of any shape
 * @param options Digits, width, and when to summarise; NumPy's defaults if left out
 * @returns The text
 * @throws {RangeError} If an option is not a whole number from 0 up
 *
 * @example
 * ```ts
 * import { array, array2string } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(array2string(array([1, 1 / 3]), { precision: 3 }), "[1.    0.333]");
 * ```
 *
 * @category Arrays
 */
export function array2string(x: NDArray, options: FormatOptions = {}): string {
  for (const name of ["precision", "threshold", "edgeitems", "lineWidth"] as const) {
    const value = options[name];
    if (value !== undefined && !(Number.isInteger(value) && value >= 0) && value !== Infinity) {
      throw new RangeError(`array2string: ${name} must be a whole number from 0 up, got ${value}`);
    }
  }
  return formatPlain(x, options);
}

/**
 * Writes an array as the expression that NumPy's `repr` gives, with its type where it is not
 * obvious.
 *
 * @param x Array of any shape
 * @returns The text
 *
 * @example
 * ```ts
 * import { array, arrayRepr } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(arrayRepr(array([1, 2], "float32")), "array([1., 2.], dtype=float32)");
 * ```
 *
 * @category Arrays
 */
export function arrayRepr(x: NDArray): string {
  return formatRepr(x);
}
