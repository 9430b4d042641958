/**
 * Elements moved, repeated or surrounded.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { showShape } from "../internal/shapes.ts";
import { allocateFor, checkAxes, checkAxis, sizeOf, stridesOf } from "./_dense.ts";
import { copyStrided, scatterStrided } from "./_layout.ts";
import { numberFor } from "./_values.ts";
import { NDArray } from "./ndarray.ts";

/**
 * Reverses the order of the elements.
 *
 * @param x Array of any shape
 * @param axis The axis to reverse, or several; all if left out
 * @returns The reversed array, a copy
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { array, flip } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(flip(array([[1, 2], [3, 4]]), 1).toArray(), [[2, 1], [4, 3]]);
 * ```
 *
 * @category Arrays
 */
export function flip(x: NDArray, axis?: number | readonly number[]): NDArray {
  const flipped = axis === undefined
    ? x.shape.map((_, place) => place)
    : checkAxes("flip", axis, x.ndim);
  const strides = stridesOf(x.shape);
  let start = 0;
  for (const place of flipped) {
    start += Math.max(0, x.shape[place] - 1) * strides[place];
    strides[place] = -strides[place];
  }
  const out = allocateFor(x.dtype, x.size);
  copyStrided(x.data, start, x.shape, strides, out);
  return new NDArray(out, x.shape, x.dtype);
}

/**
 * Moves elements along an axis; those pushed off the end come back at the start.
 *
 * @param x Array of any shape
 * @param shift How far, toward the end
 * @param axis The axis; the flattened array if left out or `null`
 * @returns The moved elements in the shape of `x`, a copy
 * @throws {RangeError} If there is no such axis or `shift` is fractional
 *
 * @example
 * ```ts
 * import { array, roll } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(roll(array([1, 2, 3, 4]), 1).toArray(), [4, 1, 2, 3]);
 * ```
 *
 * @category Arrays
 */
export function roll(x: NDArray, shift: number, axis: number | null = null): NDArray {
  if (!Number.isInteger(shift)) {
    throw new RangeError(`roll: shift must be a whole number, got ${shift}`);
  }
  const shape = axis === null ? [x.size] : x.shape;
  const along = axis === null ? 0 : checkAxis("roll", axis, x.ndim);
  const length = shape[along];
  const inner = sizeOf(shape.slice(along + 1));
  const out = allocateFor(x.dtype, x.size);
  const block = length * inner;
  const moved = length === 0 ? 0 : ((shift % length) + length) % length * inner;
  for (let start = 0; start < x.size; start += block) {
    out.set(x.data.subarray(start, start + block - moved), start + moved);
    out.set(x.data.subarray(start + block - moved, start + block), start);
  }
  return new NDArray(out, x.shape, x.dtype);
}

/**
 * Repeats each element.
 *
 * @param x Array of any shape
 * @param repeats How often; a list gives each position of the axis its own count
 * @param axis The axis; the flattened array if left out or `null`
 * @returns The repeated elements
 * @throws {RangeError} If a count is negative or fractional, or the list has another length than
 * the axis
 *
 * @example
 * ```ts
 * import { array, repeat } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(repeat(array([1, 2]), 2).toArray(), [1, 1, 2, 2]);
 * assert.deepEqual(repeat(array([1, 2]), [3, 1]).toArray(), [1, 1, 1, 2]);
 * ```
 *
 * @category Arrays
 */
export function repeat(
  x: NDArray,
  repeats: number | readonly number[],
  axis: number | null = null,
): NDArray {
  const flat = axis === null ? x.ravel() : x;
  const along = axis === null ? 0 : checkAxis("repeat", axis, x.ndim);
  const length = flat.shape[along];
  const counts = typeof repeats === "number" ? new Array<number>(length).fill(repeats) : repeats;
  if (counts.length !== length) {
    throw new RangeError(
      `repeat: repeats must have one count for each of ${length} positions, got ${counts.length}`,
    );
  }
  const positions: number[] = [];
  counts.forEach((count, position) => {
    checkWhole("repeat", "a count", count, 0);
    for (let i = 0; i < count; i++) positions.push(position);
  });
  return flat.take(positions, along);
}

/**
 * Lays copies of a whole array side by side.
 *
 * @param x Array of any shape
 * @param reps How often along each axis, counted from the last; a number for the last axis
 * @returns The copies as one array
 * @throws {RangeError} If a count is negative or fractional
 *
 * @example
 * ```ts
 * import { array, tile } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(tile(array([1, 2]), 2).toArray(), [1, 2, 1, 2]);
 * assert.deepEqual(tile(array([1, 2]), [2, 1]).toArray(), [[1, 2], [1, 2]]);
 * ```
 *
 * @category Arrays
 */
export function tile(x: NDArray, reps: number | readonly number[]): NDArray {
  const list = typeof reps === "number" ? [reps] : reps;
  const ndim = Math.max(x.ndim, list.length);
  const counts = [...new Array<number>(ndim - list.length).fill(1), ...list];
  let result = x.reshape([...new Array<number>(ndim - x.ndim).fill(1), ...x.shape]);
  counts.forEach((count, axis) => {
    checkWhole("tile", "a count", count, 0);
    if (count === 1) return;
    const { length } = { length: result.shape[axis] };
    const positions = Array.from({ length: length * count }, (_, i) => i % length);
    result = result.take(positions, axis);
  });
  return result.data === x.data ? result.copy() : result;
}

/**
 * Surrounds an array with a constant.
 *
 * @param x Array of any shape
 * @param widths How many elements before and after, for each axis; a number for all of them
 * @param value What to fill in
 * @returns The padded array
 * @throws {RangeError} If there are not as many pairs as axes, a width is negative or fractional,
 * or the type of `x` cannot hold the value
 *
 * @example
 * ```ts
 * import { array, pad } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(pad(array([[1, 2]]), [[1, 0], [0, 1]]).toArray(), [[0, 0, 0], [1, 2, 0]]);
 * assert.deepEqual(pad(array([1, 2]), 1, 9).toArray(), [9, 1, 2, 9]);
 * ```
 *
 * @category Arrays
 */
export function pad(
  x: NDArray,
  widths: number | readonly (readonly [before: number, after: number])[],
  value: number = 0,
): NDArray {
  const pairs = typeof widths === "number" ? x.shape.map(() => [widths, widths] as const) : widths;
  if (pairs.length !== x.ndim) {
    throw new RangeError(
      `pad: widths must have a pair for each axis of ${showShape(x.shape)}, got ${pairs.length}`,
    );
  }
  for (const pair of pairs) {
    if (pair?.length !== 2 || pair.some((width) => !Number.isInteger(width) || width < 0)) {
      throw new RangeError(
        `pad: a width must be a pair of whole numbers from 0 up, got [${pair}]`,
      );
    }
  }
  const shape = x.shape.map((length, axis) => pairs[axis][0] + length + pairs[axis][1]);
  const strides = stridesOf(shape);
  const start = pairs.reduce((place, [before], axis) => place + before * strides[axis], 0);
  const out = allocateFor(x.dtype, sizeOf(shape)).fill(numberFor("pad", value, x.dtype));
  scatterStrided(x.data, out, start, x.shape, strides);
  return new NDArray(out, shape, x.dtype);
}
