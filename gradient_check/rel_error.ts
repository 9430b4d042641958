/**
 * The relative error that gradient checks are judged by.
 *
 * @module
 */
import { asNDArray, type NDArray } from "../ndarray/mod.ts";
import { checkSameShape } from "./_centred_difference.ts";

/**
 * Computes the largest relative error between two arrays or numbers:
 * `max |a - b| / max(1e-8, |a| + |b|)`.
 *
 * Below 1e-7 two gradients agree; above 1e-2 one of them is wrong (CS231n course notes, "Gradient
 * checks").
 *
 * @param a An array, or a number
 * @param b An array of the same shape, or a number
 * @returns The largest relative error, from 0 to 1; NaN if an entry is NaN, 0 for empty arrays
 * @throws {RangeError} If the shapes differ
 *
 * @example
 * ```ts
 * import { relError } from "@nndl/nndl/gradient-check";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(relError(array([1, 3]), array([1, 1])), 0.5);
 * ```
 *
 * @category Gradient checks
 */
export function relError(a: NDArray | number, b: NDArray | number): number {
  const [x, y] = [toArray(a), toArray(b)];
  checkSameShape("relError", "a and b must have the same shape", x, y);
  let worst = 0;
  for (let i = 0; i < x.size; i++) {
    const scale = Math.max(1e-8, Math.abs(x.data[i]) + Math.abs(y.data[i]));
    worst = Math.max(worst, Math.abs(x.data[i] - y.data[i]) / scale);
  }
  return worst;
}

function toArray(value: NDArray | number): NDArray {
  return typeof value === "number" ? asNDArray(Float64Array.of(value), []) : value;
}
