/**
 * Sums, products, and elements put elsewhere or picked.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { type Axes, type Indices, type MatmulOptions, NDArray } from "../ndarray/mod.ts";
import type { ReduceOptions, SliceSpec } from "../ndarray/mod.ts";
import * as rules from "./_rules.ts";
import { kindOf } from "./_checks.ts";
import { apply, combine, type Tensor } from "./tensor.ts";

/**
 * Sums. The sum over all axes has no axes itself, and is float64 as everywhere; where it meets
 * tensors with axes it counts as a number.
 *
 * @param x A tensor or an array
 * @param axis One axis or several; all if left out or `null`
 * @param options `keepdims` to keep the reduced axes
 * @returns The sum
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { sum, Tensor } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = new Tensor(array([[1, 2], [3, 4]]));
 * const columns = sum(x, 0);
 * columns.backward(array([1, 10]));
 * assert.deepEqual(columns.toArray(), [4, 6]);
 * assert.deepEqual(x.grad!.toArray(), [[1, 10], [1, 10]]);
 * ```
 *
 * @category Autograd
 */
export function sum(x: Tensor | NDArray, axis?: Axes, options: ReduceOptions = {}): Tensor {
  return apply("sum", [x], (value) => rules.sum(value, axis, options.keepdims ?? false));
}

/**
 * Averages. The mean over all axes has no axes itself, and is float64 as everywhere; where it meets
 * tensors with axes it counts as a number.
 *
 * @param x A tensor or an array
 * @param axis One axis or several; all if left out or `null`
 * @param options `keepdims` to keep the reduced axes
 * @returns The mean
 * @throws {RangeError} If there is no such axis
 * @category Autograd
 */
export function mean(x: Tensor | NDArray, axis?: Axes, options: ReduceOptions = {}): Tensor {
  return apply("mean", [x], (value) => rules.mean(value, axis, options.keepdims ?? false));
}

/**
 * Multiplies matrices, as NumPy's `matmul`: leading axes broadcast, vectors are rows or columns.
 *
 * @param a A tensor or an array
 * @param b A tensor or an array
 * @param options Which factors to read transposed
 * @returns The product
 * @throws {TypeError} If two tensors are of different float types
 * @throws {RangeError} If the shapes do not fit
 *
 * @example
 * ```ts
 * import { matmul, Tensor } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [a, b] = [new Tensor(array([[1, 2]])), new Tensor(array([[3, 4]]))];
 * const product = matmul(a, b, { transposeB: true });
 * product.backward();
 * assert.deepEqual(product.toArray(), [[11]]);
 * assert.deepEqual([a.grad!.toArray(), b.grad!.toArray()], [[[3, 4]], [[1, 2]]]);
 * ```
 *
 * @category Autograd
 */
export function matmul(
  a: Tensor | NDArray,
  b: Tensor | NDArray,
  options: MatmulOptions = {},
): Tensor {
  return apply("matmul", [a, b], (x, y) => rules.matmul(x, y, options));
}

/**
 * Gives a tensor another shape.
 *
 * @param x A tensor or an array
 * @param shape The new shape; one length may be -1 and is then computed
 * @returns A tensor of the same elements in the same order
 * @throws {RangeError} If the elements do not fill the shape
 * @category Autograd
 */
export function reshape(x: Tensor | NDArray, shape: number | readonly number[]): Tensor {
  return apply("reshape", [x], (value) => rules.reshape(value, shape));
}

/**
 * Makes rows of examples: (N, d₁, …, d_k) becomes (N, D) with D = d₁·…·d_k.
 *
 * @param x A tensor or an array of at least one axis
 * @returns A tensor of the same elements with two axes
 * @throws {RangeError} If it has no axes
 *
 * @example
 * ```ts
 * import { flatten } from "@nndl/nndl/autograd";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(flatten(zeros([10, 3, 8, 8])).shape, [10, 192]);
 * ```
 *
 * @category Autograd
 */
export function flatten(x: Tensor | NDArray): Tensor {
  const { ndim, shape, size } = x;
  if (ndim === 0) {
    throw new RangeError("flatten: x must have a first axis of examples, got shape ()");
  }
  const width = shape.slice(1).reduce((n, length) => n * length, 1);
  return apply(
    "flatten",
    [x],
    (value) => rules.reshape(value, [shape[0], size === 0 ? width : size / shape[0]]),
  );
}

/**
 * Reorders the axes.
 *
 * @param x A tensor or an array
 * @param axes Axis `i` of the result is axis `axes[i]` of `x`; the reverse if left out
 * @returns A tensor with its axes reordered
 * @throws {RangeError} If `axes` does not name every axis once
 * @category Autograd
 */
export function transpose(x: Tensor | NDArray, axes?: readonly number[]): Tensor {
  return apply("transpose", [x], (value) => rules.transpose(value, axes));
}

/**
 * Takes a part of a tensor.
 *
 * @param x A tensor or an array
 * @param specs For each axis a range `"start:stop:step"` or a position, which drops the axis;
 * `"..."` for the axes not named, `null` for a new one
 * @returns The part
 * @throws {RangeError} If a position is out of range
 *
 * @example
 * ```ts
 * import { slice, Tensor } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = new Tensor(array([[1, 2, 3], [4, 5, 6]]));
 * slice(x, ":", "1:").sum().backward();
 * assert.deepEqual(x.grad!.toArray(), [[0, 1, 1], [0, 1, 1]]);
 * ```
 *
 * @category Autograd
 */
export function slice(x: Tensor | NDArray, ...specs: SliceSpec[]): Tensor {
  return apply("slice", [x], (value) => rules.slice(value, specs));
}

/**
 * Picks positions along an axis; the gradient of one picked several times is the sum.
 *
 * @param x A tensor or an array
 * @param indices The positions; their shape replaces the axis
 * @param axis The axis; with `null` the flattened tensor
 * @returns The picked parts
 * @throws {RangeError} If a position is fractional or out of range
 * @category Autograd
 */
export function take(x: Tensor | NDArray, indices: Indices, axis: number | null = null): Tensor {
  return apply("take", [x], (value) => rules.take(value, indices, axis));
}

/**
 * Overwrites the elements where a mask is true; they get no gradient.
 *
 * @param x A tensor or an array
 * @param mask Bool array whose shape broadcasts to that of `x`
 * @param value What to write, such as `-Infinity` before a softmax
 * @returns The filled tensor, of the shape of `x`
 * @throws {TypeError} If the mask is not a bool array
 * @throws {RangeError} If the mask does not broadcast to the shape of `x`
 *
 * @example
 * ```ts
 * import { maskedFill } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const hidden = array([false, true], "bool");
 * assert.deepEqual(maskedFill(array([[1, 2], [3, 4]]), hidden, 0).toArray(), [[1, 0], [3, 0]]);
 * ```
 *
 * @category Autograd
 */
export function maskedFill(x: Tensor | NDArray, mask: NDArray, value: number): Tensor {
  if (!(mask instanceof NDArray) || mask.dtype !== "bool") {
    throw new TypeError(
      `maskedFill: mask must be a bool array, got ${
        mask instanceof NDArray ? `${mask.dtype}; use mask.notEqual(0)` : kindOf(mask)
      }`,
    );
  }
  const offset = x.ndim - mask.ndim;
  const fits = offset >= 0 &&
    mask.shape.every((length, axis) => length === 1 || length === x.shape[axis + offset]);
  if (!fits) {
    throw new RangeError(
      `maskedFill: mask must broadcast to the shape of x, ${showShape(x.shape)}, got ` +
        showShape(mask.shape),
    );
  }
  return combine("maskedFill", [value, x], (a, b) => rules.where(mask, a, b));
}

/**
 * Converts to another float type, as the gradient is converted on its way back.
 *
 * @param x A tensor or an array
 * @param dtype The new type
 * @returns A tensor of that type
 * @category Autograd
 */
export function astype(x: Tensor | NDArray, dtype: "float32" | "float64"): Tensor {
  return apply("astype", [x], (value) => rules.astype(value, dtype));
}
