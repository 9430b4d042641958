/**
 * The same elements under other axes.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { broadcastShapes, expandInto } from "./_broadcasting.ts";
import { allocateFor, checkAxes, checkAxis, checkShape, sizeOf } from "./_dense.ts";
import { NDArray } from "./ndarray.ts";

/**
 * Gives an array another shape, sharing its data.
 *
 * @param x Array of any shape
 * @param shape The new shape; one length may be -1 and is then computed
 * @returns An array of the same elements in the same order
 * @throws {RangeError} If the elements do not fill the shape
 *
 * @example
 * ```ts
 * import { array, reshape } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(reshape(array([1, 2, 3, 4]), [2, -1]).toArray(), [[1, 2], [3, 4]]);
 * ```
 *
 * @category Arrays
 */
export function reshape(x: NDArray, shape: number | readonly number[]): NDArray;
export function reshape(x: NDArray, ...shape: [number | readonly number[]]): NDArray {
  return x.reshape(...shape);
}

/**
 * Puts the elements in one axis, sharing the data.
 *
 * @param x Array of any shape
 * @returns The elements in row-major order
 *
 * @example
 * ```ts
 * import { array, ravel } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(ravel(array([[1, 2], [3, 4]])).toArray(), [1, 2, 3, 4]);
 * ```
 *
 * @category Arrays
 */
export function ravel(x: NDArray): NDArray {
  return x.ravel();
}

/**
 * Reorders the axes.
 *
 * @param x Array of any shape
 * @param axes Axis `i` of the result is axis `axes[i]` of `x`; the reverse order if left out
 * @returns The array with its axes reordered, a copy
 * @throws {RangeError} If `axes` does not name every axis once
 *
 * @example
 * ```ts
 * import { array, transpose } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(transpose(array([[1, 2], [3, 4]])).toArray(), [[1, 3], [2, 4]]);
 * ```
 *
 * @category Arrays
 */
export function transpose(x: NDArray, axes?: readonly number[]): NDArray {
  return x.transpose(axes);
}

/**
 * Exchanges two axes.
 *
 * @param x Array of any shape
 * @param first One axis
 * @param second The other
 * @returns The array with the two axes exchanged, a copy
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { swapaxes, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(swapaxes(zeros([2, 3, 4]), 0, -1).shape, [4, 3, 2]);
 * ```
 *
 * @category Arrays
 */
export function swapaxes(x: NDArray, first: number, second: number): NDArray {
  const a = checkAxis("swapaxes", first, x.ndim);
  const b = checkAxis("swapaxes", second, x.ndim);
  return x.transpose(x.shape.map((_, axis) => axis === a ? b : axis === b ? a : axis));
}

/**
 * Moves axes to other places; the others keep their order.
 *
 * @param x Array of any shape
 * @param source The axis to move, or several
 * @param destination Where each goes
 * @returns The array with its axes moved, a copy
 * @throws {RangeError} If there is no such axis, one is named twice, or the lists differ in length
 *
 * @example
 * ```ts
 * import { moveaxis, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(moveaxis(zeros([10, 32, 32, 3]), -1, 1).shape, [10, 3, 32, 32]);
 * ```
 *
 * @category Arrays
 */
export function moveaxis(
  x: NDArray,
  source: number | readonly number[],
  destination: number | readonly number[],
): NDArray {
  const counted = (axes: number | readonly number[]) => {
    const list = typeof axes === "number" ? [axes] : axes;
    checkAxes("moveaxis", list, x.ndim);
    return list.map((axis) => checkAxis("moveaxis", axis, x.ndim));
  };
  const from = counted(source);
  const to = counted(destination);
  if (from.length !== to.length) {
    throw new RangeError(
      `moveaxis: source and destination must name as many axes, got ${from.length} and ${to.length}`,
    );
  }
  const rest = x.shape.map((_, axis) => axis).filter((axis) => !from.includes(axis));
  const order = x.shape.map((_, axis) => {
    const moved = to.indexOf(axis);
    return moved < 0 ? rest.shift()! : from[moved];
  });
  return x.transpose(order);
}

/**
 * Inserts axes of length 1, sharing the data.
 *
 * @param x Array of any shape
 * @param axis Where the new axis stands in the result, or several such places
 * @returns The same elements with the new axes
 * @throws {RangeError} If there is no such place or one is named twice
 *
 * @example
 * ```ts
 * import { array, expandDims } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(expandDims(array([1, 2]), 1).toArray(), [[1], [2]]);
 * ```
 *
 * @category Arrays
 */
export function expandDims(x: NDArray, axis: number | readonly number[]): NDArray {
  const count = typeof axis === "number" ? 1 : axis.length;
  const places = checkAxes("expandDims", axis, x.ndim + count);
  const old = [...x.shape];
  const shape = Array.from(
    { length: x.ndim + count },
    (_, place) => places.includes(place) ? 1 : old.shift()!,
  );
  return x.reshape(shape);
}

/**
 * Removes axes of length 1, sharing the data.
 *
 * @param x Array of any shape
 * @param axis The axis to remove, or several; all of length 1 if left out
 * @returns The same elements without these axes
 * @throws {RangeError} If there is no such axis or its length is not 1
 *
 * @example
 * ```ts
 * import { squeeze, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(squeeze(zeros([1, 3, 1])).shape, [3]);
 * assert.deepEqual(squeeze(zeros([1, 3, 1]), 0).shape, [3, 1]);
 * ```
 *
 * @category Arrays
 */
export function squeeze(x: NDArray, axis?: number | readonly number[]): NDArray {
  if (axis === undefined) return x.reshape(x.shape.filter((length) => length !== 1));
  const removed = checkAxes("squeeze", axis, x.ndim);
  for (const place of removed) {
    if (x.shape[place] !== 1) {
      throw new RangeError(
        `squeeze: axis ${place} must have length 1, got ${x.shape[place]} ` +
          `of shape ${showShape(x.shape)}`,
      );
    }
  }
  return x.reshape(x.shape.filter((_, place) => !removed.includes(place)));
}

/**
 * Repeats an array along axes that it lacks or has with length 1.
 *
 * @param x Array of any shape
 * @param shape The shape to fill
 * @returns An array of that shape, a copy
 * @throws {RangeError} If `x` does not broadcast to the shape
 *
 * @example
 * ```ts
 * import { array, broadcastTo } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(broadcastTo(array([1, 2]), [2, 2]).toArray(), [[1, 2], [1, 2]]);
 * ```
 *
 * @category Arrays
 */
export function broadcastTo(x: NDArray, shape: number | readonly number[]): NDArray {
  const target = checkShape("broadcastTo", shape);
  const met = broadcastShapes("broadcastTo", x.shape, target);
  if (met.length !== target.length || met.some((length, axis) => length !== target[axis])) {
    throw new RangeError(
      `broadcastTo: shape ${showShape(x.shape)} does not fill ${showShape(target)}`,
    );
  }
  const out = allocateFor(x.dtype, sizeOf(target));
  expandInto(x, target, out);
  return new NDArray(out, target, x.dtype);
}
