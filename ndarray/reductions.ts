/**
 * Reductions: from many elements one, along axes. The methods of `NDArray` as functions.
 *
 * @module
 */
import type { Axes } from "./_reduce.ts";
import type { NDArray, Reduced, ReduceOptions, VarianceOptions } from "./ndarray.ts";

/**
 * Sums the elements, accumulating in float64. Integers and bools give float64.
 *
 * @param x Array of any shape
 * @param axis One axis or several; all if left out or `null`
 * @param options `keepdims` to keep the reduced axes
 * @returns The sum; over all axes a number, otherwise an array
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { array, sum } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[1, 2], [3, 4]]);
 * assert.equal(sum(x), 10);
 * assert.deepEqual(sum(x, 0).toArray(), [4, 6]);
 * assert.deepEqual(sum(x, 1, { keepdims: true }).toArray(), [[3], [7]]);
 * ```
 *
 * @category Arrays
 */
export function sum<A extends Axes = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: ReduceOptions<K> = {},
): Reduced<A, K> {
  return x.sum(axis, options);
}

/**
 * Multiplies the elements. Integers and bools give float64.
 *
 * @param x Array of any shape
 * @param axis One axis or several; all if left out or `null`
 * @param options `keepdims` to keep the reduced axes
 * @returns The product; over all axes a number, otherwise an array
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { array, prod } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(prod(array([2, 3, 4])), 24);
 * ```
 *
 * @category Arrays
 */
export function prod<A extends Axes = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: ReduceOptions<K> = {},
): Reduced<A, K> {
  return x.prod(axis, options);
}

/**
 * Averages the elements, accumulating in float64.
 *
 * @param x Array of any shape
 * @param axis One axis or several; all if left out or `null`
 * @param options `keepdims` to keep the reduced axes
 * @returns The mean; over all axes a number, otherwise an array; NaN of nothing
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { array, mean } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[1, 2], [3, 5]]);
 * assert.equal(mean(x), 2.75);
 * assert.deepEqual(mean(x, 0).toArray(), [2, 3.5]);
 * ```
 *
 * @category Arrays
 */
export function mean<A extends Axes = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: ReduceOptions<K> = {},
): Reduced<A, K> {
  return x.mean(axis, options);
}

/**
 * Computes the variance, the mean squared distance from the mean. Also exported as `var`,
 * for use as a member of the module.
 *
 * @param x Array of any shape
 * @param axis One axis or several; all if left out or `null`
 * @param options `keepdims` to keep the reduced axes, `ddof` for the divisor
 * @returns The variance; over all axes a number, otherwise an array
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { array, variance } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(variance(array([1, 2, 3, 4])), 1.25);
 * assert.equal(variance(array([1, 2, 3]), null, { ddof: 1 }), 1);
 * ```
 *
 * @category Arrays
 */
export function variance<A extends Axes = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: VarianceOptions<K> = {},
): Reduced<A, K> {
  return x.var(axis, options);
}

/**
 * Computes the standard deviation, the root of the variance.
 *
 * @param x Array of any shape
 * @param axis One axis or several; all if left out or `null`
 * @param options `keepdims` to keep the reduced axes, `ddof` for the divisor
 * @returns The deviation; over all axes a number, otherwise an array
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { array, std } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(std(array([1, 1, 3, 3])), 1);
 * ```
 *
 * @category Arrays
 */
export function std<A extends Axes = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: VarianceOptions<K> = {},
): Reduced<A, K> {
  return x.std(axis, options);
}

/**
 * Finds the largest element; NaN if there is one.
 *
 * @param x Array of any shape
 * @param axis One axis or several; all if left out or `null`
 * @param options `keepdims` to keep the reduced axes
 * @returns The maximum; over all axes a number, otherwise an array
 * @throws {RangeError} If there is no such axis, or an empty array is reduced
 *
 * @example
 * ```ts
 * import { array, max } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(max(array([3, 1, 2])), 3);
 * assert.deepEqual(max(array([[3, 1], [2, 4]]), 1).toArray(), [3, 4]);
 * ```
 *
 * @category Arrays
 */
export function max<A extends Axes = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: ReduceOptions<K> = {},
): Reduced<A, K> {
  return x.max(axis, options);
}

/**
 * Finds the smallest element; NaN if there is one.
 *
 * @param x Array of any shape
 * @param axis One axis or several; all if left out or `null`
 * @param options `keepdims` to keep the reduced axes
 * @returns The minimum; over all axes a number, otherwise an array
 * @throws {RangeError} If there is no such axis, or an empty array is reduced
 *
 * @example
 * ```ts
 * import { array, min } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(min(array([3, 1, 2])), 1);
 * ```
 *
 * @category Arrays
 */
export function min<A extends Axes = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: ReduceOptions<K> = {},
): Reduced<A, K> {
  return x.min(axis, options);
}

/**
 * Tells whether any element is true, that is not 0.
 *
 * @param x Array of any shape
 * @param axis One axis or several; all if left out or `null`
 * @param options `keepdims` to keep the reduced axes
 * @returns Over all axes a boolean, otherwise a bool array
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { any, array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(any(array([0, 2])), true);
 * ```
 *
 * @category Arrays
 */
export function any<A extends Axes = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: ReduceOptions<K> = {},
): Reduced<A, K, boolean> {
  return x.any(axis, options);
}

/**
 * Tells whether all elements are true, that is not 0.
 *
 * @param x Array of any shape
 * @param axis One axis or several; all if left out or `null`
 * @param options `keepdims` to keep the reduced axes
 * @returns Over all axes a boolean, otherwise a bool array
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { all, array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(all(array([[0, 1], [2, 1]]), 0).toArray(), [false, true]);
 * ```
 *
 * @category Arrays
 */
export function all<A extends Axes = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: ReduceOptions<K> = {},
): Reduced<A, K, boolean> {
  return x.all(axis, options);
}

/**
 * Finds the position of the first maximum; a NaN counts as one.
 *
 * @param x Array of any shape
 * @param axis The axis; the flattened array if left out or `null`
 * @param options `keepdims` to keep the reduced axes
 * @returns The position in the flattened array, or an int32 array of positions along the axis
 * @throws {RangeError} If there is no such axis, or an empty array is reduced
 *
 * @example
 * ```ts
 * import { argmax, array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(argmax(array([1, 3, 3])), 1);
 * assert.deepEqual(argmax(array([[1, 9], [8, 2]]), 1).toArray(), [1, 0]);
 * ```
 *
 * @category Arrays
 */
export function argmax<A extends number | null | undefined = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: ReduceOptions<K> = {},
): Reduced<A, K> {
  return x.argmax(axis, options);
}

/**
 * Finds the position of the first minimum; a NaN counts as one.
 *
 * @param x Array of any shape
 * @param axis The axis; the flattened array if left out or `null`
 * @param options `keepdims` to keep the reduced axes
 * @returns The position in the flattened array, or an int32 array of positions along the axis
 * @throws {RangeError} If there is no such axis, or an empty array is reduced
 *
 * @example
 * ```ts
 * import { argmin, array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(argmin(array([3, 1, 1])), 1);
 * ```
 *
 * @category Arrays
 */
export function argmin<A extends number | null | undefined = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: ReduceOptions<K> = {},
): Reduced<A, K> {
  return x.argmin(axis, options);
}

export { variance as var };
