/**
 * Running sums and products, and differences.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { allocateFor, checkAxis } from "./_dense.ts";
import { lanesOf } from "./_lanes.ts";
import { floatOf, isFloat } from "./dtypes.ts";
import type { NDArray } from "./ndarray.ts";

function running(
  caller: "cumsum" | "cumprod",
  x: NDArray,
  axis: number | null,
): NDArray {
  const { rows, length, values, restore } = lanesOf(caller, x, axis);
  const dtype = floatOf(x.dtype);
  const out = allocateFor(dtype, rows * length);
  const { data } = values;
  const whole = !isFloat(x.dtype);
  for (let row = 0, i = 0; row < rows; row++) {
    // The total stays a float64, so that float32 results carry no more than their own rounding.
    let total = caller === "cumsum" ? 0 : 1;
    for (const end = i + length; i < end; i++) {
      total = caller === "cumsum" ? total + data[i] : total * data[i];
      // A product of whole numbers has no zero of negative sign.
      out[i] = whole ? total + 0 : total;
    }
  }
  return restore(out, dtype);
}

/**
 * Computes running sums, accumulated in float64. Integers and bools give float64.
 *
 * @param x Array of any shape
 * @param axis The axis; the flattened array if left out or `null`
 * @returns The sum of each element and those before it
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { array, cumsum } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(cumsum(array([1, 2, 3])).toArray(), [1, 3, 6]);
 * ```
 *
 * @category Arrays
 */
export function cumsum(x: NDArray, axis: number | null = null): NDArray {
  return running("cumsum", x, axis);
}

/**
 * Computes running products, accumulated in float64. Integers and bools give float64.
 *
 * @param x Array of any shape
 * @param axis The axis; the flattened array if left out or `null`
 * @returns The product of each element and those before it
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { array, cumprod } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(cumprod(array([1, 2, 3])).toArray(), [1, 2, 6]);
 * ```
 *
 * @category Arrays
 */
export function cumprod(x: NDArray, axis: number | null = null): NDArray {
  return running("cumprod", x, axis);
}

/**
 * Computes differences of neighbours.
 *
 * @param x Array of at least one axis
 * @param n How many times
 * @param axis The axis
 * @returns The differences, shorter by `n` along the axis; of bools where neighbours differ
 * @throws {RangeError} If there is no such axis or `n` is negative or fractional
 *
 * @example
 * ```ts
 * import { array, diff } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(diff(array([1, 4, 9])).toArray(), [3, 5]);
 * assert.deepEqual(diff(array([1, 4, 9]), 2).toArray(), [2]);
 * ```
 *
 * @category Arrays
 */
export function diff(x: NDArray, n: number = 1, axis: number = -1): NDArray {
  checkWhole("diff", "n", n, 0);
  const before = x.shape.slice(0, checkAxis("diff", axis, x.ndim)).map(() => ":");
  let result = x;
  for (let i = 0; i < n; i++) {
    const later = result.slice(...before, "1:");
    const earlier = result.slice(...before, ":-1");
    result = x.dtype === "bool" ? later.notEqual(earlier) : later.subtract(earlier);
  }
  return n === 0 ? x.copy() : result;
}
