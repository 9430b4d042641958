/**
 * Questions about elements, answered by bool arrays, and about whole arrays.
 *
 * @module
 */
import { binary } from "./_binary.ts";
import { unaryBool } from "./_unary.ts";
import { type NDArray, type Operand, wrap } from "./ndarray.ts";

/**
 * Asks where two arrays are equal. NaN equals nothing.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns A bool array
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { array, equal } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(equal(array([1, 2]), array([1, 3])).toArray(), [true, false]);
 * ```
 *
 * @category Arrays
 */
export function equal(a: Operand, b: Operand): NDArray {
  return wrap(binary("equal", a, b));
}

/**
 * Asks where two arrays differ.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns A bool array
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { array, notEqual } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(notEqual(array([1, 2]), 2).toArray(), [true, false]);
 * ```
 *
 * @category Arrays
 */
export function notEqual(a: Operand, b: Operand): NDArray {
  return wrap(binary("notEqual", a, b));
}

/**
 * Asks where `a < b`.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns A bool array
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { array, less } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(less(array([1, 2]), 2).toArray(), [true, false]);
 * ```
 *
 * @category Arrays
 */
export function less(a: Operand, b: Operand): NDArray {
  return wrap(binary("less", a, b));
}

/**
 * Asks where `a <= b`.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns A bool array
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { array, lessEqual } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(lessEqual(array([1, 2, 3]), 2).toArray(), [true, true, false]);
 * ```
 *
 * @category Arrays
 */
export function lessEqual(a: Operand, b: Operand): NDArray {
  return wrap(binary("lessEqual", a, b));
}

/**
 * Asks where `a > b`.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns A bool array
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { array, greater } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(greater(array([1, 2, 3]), 2).toArray(), [false, false, true]);
 * ```
 *
 * @category Arrays
 */
export function greater(a: Operand, b: Operand): NDArray {
  return wrap(binary("greater", a, b));
}

/**
 * Asks where `a >= b`.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns A bool array
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { array, greaterEqual } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(greaterEqual(array([1, 2]), 2).toArray(), [false, true]);
 * ```
 *
 * @category Arrays
 */
export function greaterEqual(a: Operand, b: Operand): NDArray {
  return wrap(binary("greaterEqual", a, b));
}

/**
 * Asks where both are true, that is not 0.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns A bool array
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { array, logicalAnd } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(logicalAnd(array([0, 1, 2]), array([1, 0, 3])).toArray(), [false, false, true]);
 * ```
 *
 * @category Arrays
 */
export function logicalAnd(a: Operand, b: Operand): NDArray {
  return wrap(binary("logicalAnd", a, b));
}

/**
 * Asks where one is true, that is not 0, or both are.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns A bool array
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { array, logicalOr } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(logicalOr(array([0, 1]), array([0, 0])).toArray(), [false, true]);
 * ```
 *
 * @category Arrays
 */
export function logicalOr(a: Operand, b: Operand): NDArray {
  return wrap(binary("logicalOr", a, b));
}

/**
 * Asks where just one is true, that is not 0.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns A bool array
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { array, logicalXor } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(logicalXor(array([0, 1]), array([1, 1])).toArray(), [true, false]);
 * ```
 *
 * @category Arrays
 */
export function logicalXor(a: Operand, b: Operand): NDArray {
  return wrap(binary("logicalXor", a, b));
}

/**
 * Asks where an array is 0.
 *
 * @param x Array of any shape
 * @returns A bool array
 *
 * @example
 * ```ts
 * import { array, logicalNot } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(logicalNot(array([0, 2])).toArray(), [true, false]);
 * ```
 *
 * @category Arrays
 */
export function logicalNot(x: NDArray): NDArray {
  return wrap(unaryBool("logicalNot", x));
}

/**
 * Asks where an array is NaN.
 *
 * @param x Array of any shape
 * @returns A bool array
 *
 * @example
 * ```ts
 * import { array, isnan } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(isnan(array([1, NaN])).toArray(), [false, true]);
 * ```
 *
 * @category Arrays
 */
export function isnan(x: NDArray): NDArray {
  return wrap(unaryBool("isnan", x));
}

/**
 * Asks where an array is infinite, of either sign.
 *
 * @param x Array of any shape
 * @returns A bool array
 *
 * @example
 * ```ts
 * import { array, isinf } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(isinf(array([1, -Infinity, NaN])).toArray(), [false, true, false]);
 * ```
 *
 * @category Arrays
 */
export function isinf(x: NDArray): NDArray {
  return wrap(unaryBool("isinf", x));
}

/**
 * Asks where an array is neither infinite nor NaN.
 *
 * @param x Array of any shape
 * @returns A bool array
 *
 * @example
 * ```ts
 * import { array, isfinite } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(isfinite(array([1, Infinity, NaN])).toArray(), [true, false, false]);
 * ```
 *
 * @category Arrays
 */
export function isfinite(x: NDArray): NDArray {
  return wrap(unaryBool("isfinite", x));
}

/**
 * How near two values must be to count as close.
 *
 * @category Arrays
 */
export interface CloseOptions {
  /** Relative to the size of `b`; 1e-5 if left out. */
  readonly rtol?: number;
  /** In absolute terms; 1e-8 if left out. */
  readonly atol?: number;
  /** Whether NaN is close to NaN; `false` if left out. */
  readonly equalNan?: boolean;
}

/**
 * Asks where two arrays are close: `|a - b| <= atol + rtol · |b|`. Infinities are close to their
 * equals.
 *
 * @param a An array or a number
 * @param b An array or a number, the value to be reached; the shapes broadcast
 * @param options How near is close
 * @returns A bool array
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { array, isclose } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(isclose(array([1, 2]), array([1 + 1e-9, 2.1])).toArray(), [true, false]);
 * ```
 *
 * @category Arrays
 */
export function isclose(a: Operand, b: Operand, options: CloseOptions = {}): NDArray {
  const { rtol = 1e-5, atol = 1e-8, equalNan = false } = options;
  const x = inFloat64(a);
  const y = inFloat64(b);
  const distance = x.subtract(y).abs();
  const near = distance.lessEqual(y.abs().multiply(rtol).add(atol)).logicalAnd(isfinite(y));
  const close = near.logicalOr(x.equal(y));
  return equalNan ? close.logicalOr(isnan(x).logicalAnd(isnan(y))) : close;
}

function inFloat64(x: Operand): NDArray {
  const dense = typeof x === "number"
    ? wrap({ data: Float64Array.of(x), shape: [], dtype: "float64" })
    : x;
  return dense.astype("float64");
}

/**
 * Asks whether two arrays are close everywhere, as {@linkcode isclose}.
 *
 * @param a An array or a number
 * @param b An array or a number, the value to be reached; the shapes broadcast
 * @param options How near is close
 * @returns Whether all elements are close
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { allclose, array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.ok(allclose(array([1, 2]), array([1, 2 + 1e-9])));
 * assert.ok(!allclose(array([1, 2]), array([1, 2.1])));
 * ```
 *
 * @category Arrays
 */
export function allclose(a: Operand, b: Operand, options: CloseOptions = {}): boolean {
  return isclose(a, b, options).all();
}

/**
 * Asks whether two arrays have the same shape and equal elements; their types may differ.
 *
 * @param a An array
 * @param b An array
 * @param options `equalNan` to take NaN as equal to NaN
 * @returns Whether they are equal
 *
 * @example
 * ```ts
 * import { array, arrayEqual } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.ok(arrayEqual(array([1, 2]), array([1, 2], "int32")));
 * assert.ok(!arrayEqual(array([1, 2]), array([[1, 2]])));
 * ```
 *
 * @category Arrays
 */
export function arrayEqual(
  a: NDArray,
  b: NDArray,
  options: { readonly equalNan?: boolean } = {},
): boolean {
  if (a.ndim !== b.ndim || a.shape.some((length, axis) => length !== b.shape[axis])) return false;
  const same = a.equal(b);
  return (options.equalNan ? same.logicalOr(isnan(a).logicalAnd(isnan(b))) : same).all();
}
