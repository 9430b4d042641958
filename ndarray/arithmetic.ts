/**
 * Arithmetic, element by element.
 *
 * @module
 */
import { binary } from "./_binary.ts";
import { round as roundTo, unarySame, unaryWhole } from "./_unary.ts";
import { checkFits, nearestFit, promoteScalar } from "./dtypes.ts";
import { type NDArray, type Operand, wrap } from "./ndarray.ts";

/**
 * Adds; bools are joined by "or".
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns The sum
 * @throws {RangeError} If the shapes do not broadcast, or a number does not fit
 *
 * @example
 * ```ts
 * import { add, array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(add(array([[1], [2]]), array([10, 20])).toArray(), [[11, 21], [12, 22]]);
 * ```
 *
 * @category Arrays
 */
export function add(a: Operand, b: Operand): NDArray {
  return wrap(binary("add", a, b));
}

/**
 * Subtracts.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns The difference
 * @throws {RangeError} If the shapes do not broadcast, or a number does not fit
 *
 * @example
 * ```ts
 * import { array, subtract } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(subtract(1, array([0.25, 1])).toArray(), [0.75, 0]);
 * ```
 *
 * @category Arrays
 */
export function subtract(a: Operand, b: Operand): NDArray {
  return wrap(binary("subtract", a, b));
}

/**
 * Multiplies.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns The product
 * @throws {RangeError} If the shapes do not broadcast, or a number does not fit
 *
 * @example
 * ```ts
 * import { array, multiply } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(multiply(array([1, 2]), array([3, 4])).toArray(), [3, 8]);
 * ```
 *
 * @category Arrays
 */
export function multiply(a: Operand, b: Operand): NDArray {
  return wrap(binary("multiply", a, b));
}

/**
 * Divides. Integers give float64.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns The quotient
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { array, divide } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const half = divide(array([1, 2], "int32"), 2);
 * assert.equal(half.dtype, "float64");
 * assert.deepEqual(half.toArray(), [0.5, 1]);
 * ```
 *
 * @category Arrays
 */
export function divide(a: Operand, b: Operand): NDArray {
  return wrap(binary("divide", a, b));
}

/**
 * Divides and rounds down. Integers divided by 0 give 0.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns The whole quotient
 * @throws {RangeError} If the shapes do not broadcast, or a number does not fit
 *
 * @example
 * ```ts
 * import { array, floorDivide } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(floorDivide(array([7, -7]), 2).toArray(), [3, -4]);
 * ```
 *
 * @category Arrays
 */
export function floorDivide(a: Operand, b: Operand): NDArray {
  return wrap(binary("floorDivide", a, b));
}

/**
 * Takes the remainder, which has the sign of the divisor.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns The remainder
 * @throws {RangeError} If the shapes do not broadcast, or a number does not fit
 *
 * @example
 * ```ts
 * import { array, mod } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(mod(array([7, -7]), 3).toArray(), [1, 2]);
 * ```
 *
 * @category Arrays
 */
export function mod(a: Operand, b: Operand): NDArray {
  return wrap(binary("mod", a, b));
}

/**
 * Raises `a` to the power `b`.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns The power
 * @throws {RangeError} If the shapes do not broadcast,
 * or integers are raised to a negative power
 *
 * @example
 * ```ts
 * import { array, power } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(power(2, array([0, 3, -1])).toArray(), [1, 8, 0.5]);
 * ```
 *
 * @category Arrays
 */
export function power(a: Operand, b: Operand): NDArray {
  return wrap(binary("power", a, b));
}

/**
 * Takes the larger element; NaN if either is.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns The larger elements
 * @throws {RangeError} If the shapes do not broadcast, or a number does not fit
 *
 * @example
 * ```ts
 * import { array, maximum } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(maximum(array([-1, 2]), 0).toArray(), [0, 2]);
 * ```
 *
 * @category Arrays
 */
export function maximum(a: Operand, b: Operand): NDArray {
  return wrap(binary("maximum", a, b));
}

/**
 * Takes the smaller element; NaN if either is.
 *
 * @param a An array or a number
 * @param b An array or a number; the shapes broadcast
 * @returns The smaller elements
 * @throws {RangeError} If the shapes do not broadcast, or a number does not fit
 *
 * @example
 * ```ts
 * import { array, minimum } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(minimum(array([-1, 2]), 0).toArray(), [-1, 0]);
 * ```
 *
 * @category Arrays
 */
export function minimum(a: Operand, b: Operand): NDArray {
  return wrap(binary("minimum", a, b));
}

/**
 * Turns the sign.
 *
 * @param x Array of any shape
 * @returns `-x`
 * @throws {TypeError} If `x` is of type bool
 *
 * @example
 * ```ts
 * import { array, negative } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(negative(array([1, -2])).toArray(), [-1, 2]);
 * ```
 *
 * @category Arrays
 */
export function negative(x: NDArray): NDArray {
  return wrap(unarySame("negative", x));
}

/**
 * Takes the absolute value.
 *
 * @param x Array of any shape
 * @returns `|x|`
 *
 * @example
 * ```ts
 * import { abs, array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(abs(array([1, -2])).toArray(), [1, 2]);
 * ```
 *
 * @category Arrays
 */
export function abs(x: NDArray): NDArray {
  return wrap(unarySame("abs", x));
}

/**
 * Takes the sign.
 *
 * @param x Array of any shape
 * @returns -1, 0 or 1; NaN for NaN
 * @throws {TypeError} If `x` is of type bool
 *
 * @example
 * ```ts
 * import { array, sign } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(sign(array([-3, 0, 2])).toArray(), [-1, 0, 1]);
 * ```
 *
 * @category Arrays
 */
export function sign(x: NDArray): NDArray {
  return wrap(unarySame("sign", x));
}

/**
 * Squares.
 *
 * @param x Array of any shape
 * @returns `x²`
 *
 * @example
 * ```ts
 * import { array, square } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(square(array([3, -2])).toArray(), [9, 4]);
 * ```
 *
 * @category Arrays
 */
export function square(x: NDArray): NDArray {
  return wrap(unarySame("square", x));
}

/**
 * Rounds down.
 *
 * @param x Array of any shape
 * @returns The largest whole numbers not above `x`, in its type
 *
 * @example
 * ```ts
 * import { array, floor } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(floor(array([1.7, -1.2])).toArray(), [1, -2]);
 * ```
 *
 * @category Arrays
 */
export function floor(x: NDArray): NDArray {
  return wrap(unaryWhole("floor", x));
}

/**
 * Rounds up.
 *
 * @param x Array of any shape
 * @returns The smallest whole numbers not below `x`, in its type
 *
 * @example
 * ```ts
 * import { array, ceil } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(ceil(array([1.2, -1.7])).toArray(), [2, -1]);
 * ```
 *
 * @category Arrays
 */
export function ceil(x: NDArray): NDArray {
  return wrap(unaryWhole("ceil", x));
}

/**
 * Rounds toward zero.
 *
 * @param x Array of any shape
 * @returns The whole parts of `x`, in its type
 *
 * @example
 * ```ts
 * import { array, trunc } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(trunc(array([1.7, -1.7])).toArray(), [1, -1]);
 * ```
 *
 * @category Arrays
 */
export function trunc(x: NDArray): NDArray {
  return wrap(unaryWhole("trunc", x));
}

/**
 * Rounds to a number of decimals, halves to the even neighbour.
 *
 * @param x Array of any shape
 * @param decimals Places behind the point; negative ones round before it
 * @returns The rounded elements, in the type of `x`
 * @throws {RangeError} If `decimals` is not a whole number
 *
 * @example
 * ```ts
 * import { array, round } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(round(array([0.5, 1.5, 2.5])).toArray(), [0, 2, 2]);
 * assert.deepEqual(round(array([3.14159]), 2).toArray(), [3.14]);
 * ```
 *
 * @category Arrays
 */
export function round(x: NDArray, decimals = 0): NDArray {
  return wrap(roundTo(x, decimals));
}

/**
 * Limits the elements to a range.
 *
 * @param x Array of any shape
 * @param low Smallest value, a number or an array that broadcasts; `null` for none
 * @param high Largest value, likewise; where `high` is below `low` it wins
 * @returns `minimum(maximum(x, low), high)`
 * @throws {RangeError} If the shapes do not broadcast, or a number that bounds integers from below
 * is greater than all that their type can hold, or the other way round
 *
 * @example
 * ```ts
 * import { array, clip } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(clip(array([-1, 0.5, 9]), 0, 1).toArray(), [0, 0.5, 1]);
 * ```
 *
 * @category Arrays
 */
export function clip(x: NDArray, low: Operand | null, high: Operand | null): NDArray {
  const raised = low === null ? x : maximum(x, bound(x, low, Math.max));
  if (high !== null) return minimum(raised, bound(raised, high, Math.min));
  return low === null ? x.copy() : raised;
}

/**
 * A bound for elements of an integer type: where it is a number that they cannot pass, the end of
 * their type, which says the same.
 */
function bound(x: NDArray, value: Operand, nearer: (a: number, b: number) => number): Operand {
  if (typeof value !== "number") return value;
  const dtype = promoteScalar(x.dtype, value);
  const fitting = nearer(value, nearestFit(value, dtype));
  checkFits("clip", fitting, dtype);
  return fitting;
}
