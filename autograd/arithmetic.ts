/**
 * Arithmetic and functions, element by element.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import * as rules from "./_rules.ts";
import { apply, combine, type Tensor, type TensorOperand } from "./tensor.ts";

/**
 * Adds.
 *
 * @param a A tensor, an array or a number
 * @param b A tensor, an array or a number; the shapes broadcast
 * @returns The sum
 * @throws {TypeError} If two tensors are of different float types
 * @throws {RangeError} If the shapes do not broadcast
 *
 * @example
 * ```ts
 * import { add, Tensor } from "@nndl/nndl/autograd";
 * import { array, ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const bias = new Tensor(array([1, 2]));
 * add(ones([3, 2]), bias).sum().backward();
 * assert.deepEqual(bias.grad!.toArray(), [3, 3]);
 * ```
 *
 * @category Autograd
 */
export function add(a: TensorOperand, b: TensorOperand): Tensor {
  return combine("add", [a, b], rules.add);
}

/**
 * Subtracts.
 *
 * @param a A tensor, an array or a number
 * @param b A tensor, an array or a number; the shapes broadcast
 * @returns The difference
 * @throws {TypeError} If two tensors are of different float types
 * @throws {RangeError} If the shapes do not broadcast
 * @category Autograd
 */
export function subtract(a: TensorOperand, b: TensorOperand): Tensor {
  return combine("subtract", [a, b], rules.subtract);
}

/**
 * Multiplies.
 *
 * @param a A tensor, an array or a number
 * @param b A tensor, an array or a number; the shapes broadcast
 * @returns The product
 * @throws {TypeError} If two tensors are of different float types
 * @throws {RangeError} If the shapes do not broadcast
 * @category Autograd
 */
export function multiply(a: TensorOperand, b: TensorOperand): Tensor {
  return combine("multiply", [a, b], rules.multiply);
}

/**
 * Divides.
 *
 * @param a A tensor, an array or a number
 * @param b A tensor, an array or a number; the shapes broadcast
 * @returns The quotient
 * @throws {TypeError} If two tensors are of different float types
 * @throws {RangeError} If the shapes do not broadcast
 * @category Autograd
 */
export function divide(a: TensorOperand, b: TensorOperand): Tensor {
  return combine("divide", [a, b], rules.divide);
}

/**
 * Takes the larger element; the gradient goes to it, to the first where both are equal.
 *
 * @param a A tensor, an array or a number
 * @param b A tensor, an array or a number; the shapes broadcast
 * @returns The larger elements
 * @throws {TypeError} If two tensors are of different float types
 * @throws {RangeError} If the shapes do not broadcast
 * @category Autograd
 */
export function maximum(a: TensorOperand, b: TensorOperand): Tensor {
  return combine("maximum", [a, b], rules.maximum);
}

/**
 * Takes the smaller element; the gradient goes to it, to the first where both are equal.
 *
 * @param a A tensor, an array or a number
 * @param b A tensor, an array or a number; the shapes broadcast
 * @returns The smaller elements
 * @throws {TypeError} If two tensors are of different float types
 * @throws {RangeError} If the shapes do not broadcast
 * @category Autograd
 */
export function minimum(a: TensorOperand, b: TensorOperand): Tensor {
  return combine("minimum", [a, b], rules.minimum);
}

/**
 * Chooses between two, element by element.
 *
 * @param condition Where it is true, that is not 0, `a` is taken, elsewhere `b`
 * @param a A tensor, an array or a number
 * @param b A tensor, an array or a number; all three shapes broadcast
 * @returns The chosen elements
 * @throws {TypeError} If two tensors are of different float types
 * @throws {RangeError} If the shapes do not broadcast
 * @category Autograd
 */
export function where(condition: NDArray, a: TensorOperand, b: TensorOperand): Tensor {
  return combine("where", [a, b], (x, y) => rules.where(condition, x, y));
}

/**
 * Raises to a power that is a plain number.
 *
 * @param x A tensor or an array
 * @param exponent The exponent
 * @returns `x` to that power
 * @category Autograd
 */
export function power(x: Tensor | NDArray, exponent: number): Tensor {
  return apply("power", [x], (value) => rules.power(value, exponent));
}

/**
 * Turns the sign.
 *
 * @param x A tensor or an array
 * @returns `-x`
 * @category Autograd
 */
export function negative(x: Tensor | NDArray): Tensor {
  return apply("negative", [x], rules.negative);
}

/**
 * Takes the absolute value; its gradient at 0 is 0.
 *
 * @param x A tensor or an array
 * @returns `|x|`
 * @category Autograd
 */
export function abs(x: Tensor | NDArray): Tensor {
  return apply("abs", [x], rules.abs);
}

/**
 * Squares.
 *
 * @param x A tensor or an array
 * @returns `x²`
 * @category Autograd
 */
export function square(x: Tensor | NDArray): Tensor {
  return apply("square", [x], rules.square);
}

/**
 * Takes the square root; its gradient at 0 is infinite.
 *
 * @param x A tensor or an array
 * @returns `√x`
 * @category Autograd
 */
export function sqrt(x: Tensor | NDArray): Tensor {
  return apply("sqrt", [x], rules.sqrt);
}

/**
 * Computes the exponential.
 *
 * @param x A tensor or an array
 * @returns `eˣ`
 * @category Autograd
 */
export function exp(x: Tensor | NDArray): Tensor {
  return apply("exp", [x], rules.exp);
}

/**
 * Computes the natural logarithm.
 *
 * @param x A tensor or an array
 * @returns `ln x`
 * @category Autograd
 */
export function log(x: Tensor | NDArray): Tensor {
  return apply("log", [x], rules.log);
}

/**
 * Limits the elements to a range; where they are outside, the gradient is 0.
 *
 * @param x A tensor or an array
 * @param low Smallest value, null for none
 * @param high Largest value, null for none
 * @returns `x`, at least `low` and at most `high`
 * @category Autograd
 */
export function clip(x: Tensor | NDArray, low: number | null, high: number | null): Tensor {
  return apply("clip", [x], (value) => rules.clip(value, low, high));
}
