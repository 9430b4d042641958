/**
 * Several tensors made one, and one made several.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import {
  concatenate as join,
  type NDArray,
  type SliceSpec,
  split as cut,
  stack as joinArrays,
} from "../ndarray/mod.ts";
import * as rules from "./_rules.ts";
import { kindOf } from "./_checks.ts";
import { apply, record, Tensor } from "./tensor.ts";

/**
 * Joins tensors along an axis they have.
 *
 * @param parts Tensors or arrays whose shapes agree but for the axis
 * @param axis The axis
 * @returns The joined tensor
 * @throws {TypeError} If two tensors are of different float types
 * @throws {RangeError} If there are none, or the shapes do not agree
 * @category Autograd
 */
export function concatenate(parts: readonly (Tensor | NDArray)[], axis = 0): Tensor {
  checkList("concatenate", parts);
  return apply("concatenate", parts, (...values) => rules.concatenate(values, axis));
}

/**
 * Joins tensors along a new axis.
 *
 * @param parts Tensors or arrays of one shape
 * @param axis Where the new axis stands in the result
 * @returns The joined tensor
 * @throws {TypeError} If two tensors are of different float types
 * @throws {RangeError} If there are none, or the shapes differ
 * @category Autograd
 */
export function stack(parts: readonly (Tensor | NDArray)[], axis = 0): Tensor {
  checkList("stack", parts);
  return apply("stack", parts, (...values) => rules.stack(values, axis));
}

/**
 * Takes a tensor apart along an axis, which the parts do not have: the inverse of
 * {@linkcode stack}.
 *
 * @param x A tensor or an array
 * @param axis The axis
 * @returns A tensor for each position of the axis
 * @throws {RangeError} If there is no such axis, or it has length 0
 *
 * @example
 * ```ts
 * import { unstack } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const steps = unstack(array([[1, 2, 3], [4, 5, 6]]), 1);
 * assert.deepEqual(steps.map((step) => step.toArray()), [[1, 4], [2, 5], [3, 6]]);
 * ```
 *
 * @category Autograd
 */
export function unstack(x: Tensor | NDArray, axis = 0): Tensor[] {
  const value = x instanceof Tensor ? x.value : x;
  const along = axis < 0 ? axis + value.ndim : axis;
  if (!(value.shape[along] > 0)) {
    throw new RangeError(
      `unstack: axis must be one of ${showShape(value.shape)} that is not empty, got ${axis}`,
    );
  }
  const leading = Array<SliceSpec>(along).fill(":");
  const parts = Array.from({ length: value.shape[along] }, (_, i) => value.slice(...leading, i));
  const inputs = [x instanceof Tensor ? x : null];
  return record("unstack", inputs, parts, (douts) => [joinArrays(douts, along)]);
}

/**
 * Cuts a tensor into equal parts along an axis, or at given positions: the inverse of
 * {@linkcode concatenate}.
 *
 * @param x A tensor or an array
 * @param sections How many parts, or the positions to cut before
 * @param axis The axis
 * @returns The parts
 * @throws {RangeError} If the axis does not divide into that many equal parts, or there is none
 *
 * @example
 * ```ts
 * import { split } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [left, right] = split(array([[1, 2, 3, 4]]), 2, 1);
 * assert.deepEqual([left.toArray(), right.toArray()], [[[1, 2]], [[3, 4]]]);
 * ```
 *
 * @category Autograd
 */
export function split(
  x: Tensor | NDArray,
  sections: number | readonly number[],
  axis = 0,
): Tensor[] {
  const value = x instanceof Tensor ? x.value : x;
  const parts = cut(value, sections, axis);
  const inputs = [x instanceof Tensor ? x : null];
  return record("split", inputs, parts, (douts) => [join(douts, axis)]);
}

function checkList(caller: string, parts: unknown): void {
  if (Array.isArray(parts)) return;
  throw new TypeError(
    `${caller}: the first argument must be a list of tensors, got ${kindOf(parts)}`,
  );
}
