/**
 * Several arrays made one, and one made several.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { showShape } from "../internal/shapes.ts";
import { allocateFor, checkAxis, sizeOf } from "./_dense.ts";
import { cast } from "./_layout.ts";
import { type DType, promote } from "./dtypes.ts";
import { NDArray } from "./ndarray.ts";
import { expandDims } from "./shaping.ts";

function checkSome(caller: string, arrays: readonly NDArray[]): void {
  if (!Array.isArray(arrays)) {
    throw new TypeError(`${caller}: the first argument must be a list of arrays`);
  }
  if (arrays.length === 0) throw new RangeError(`${caller}: the list must hold at least one array`);
}

/**
 * Joins arrays along an axis they have.
 *
 * @param arrays Arrays whose shapes agree but for the axis
 * @param axis The axis; `null` joins the flattened arrays
 * @returns The joined array, of the type in which all meet
 * @throws {RangeError} If there is no array, no such axis, or the shapes do not agree
 *
 * @example
 * ```ts
 * import { array, concatenate } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[1, 2]]);
 * assert.deepEqual(concatenate([x, array([[3, 4]])]).toArray(), [[1, 2], [3, 4]]);
 * assert.deepEqual(concatenate([x, x], 1).toArray(), [[1, 2, 1, 2]]);
 * ```
 *
 * @category Arrays
 */
export function concatenate(arrays: readonly NDArray[], axis: number | null = 0): NDArray {
  return joined("concatenate", arrays, axis);
}

function joined(caller: string, arrays: readonly NDArray[], axis: number | null): NDArray {
  checkSome(caller, arrays);
  const parts = axis === null ? arrays.map((x) => x.ravel()) : arrays;
  const [first] = parts;
  const along = checkAxis(caller, axis ?? 0, first.ndim);
  parts.forEach((part, i) => {
    const agrees = part.ndim === first.ndim &&
      part.shape.every((length, at) => at === along || length === first.shape[at]);
    if (!agrees) {
      throw new RangeError(
        `${caller}: shapes must agree but for axis ${along}, got ${showShape(first.shape)} first ` +
          `and ${showShape(part.shape)} at position ${i}`,
      );
    }
  });
  const dtype = parts.reduce<DType>((met, part) => promote(met, part.dtype), first.dtype);
  const length = parts.reduce((total, part) => total + part.shape[along], 0);
  const shape = first.shape.map((own, at) => at === along ? length : own);
  const inner = sizeOf(shape.slice(along + 1));
  const outer = sizeOf(shape.slice(0, along));
  const out = allocateFor(dtype, sizeOf(shape));
  let offset = 0;
  for (const part of parts) {
    const { data } = cast(part, dtype);
    const block = part.shape[along] * inner;
    for (let o = 0; o < outer; o++) {
      const run = outer === 1 ? data : data.subarray(o * block, (o + 1) * block);
      out.set(run, o * length * inner + offset);
    }
    offset += block;
  }
  return new NDArray(out, shape, dtype);
}

/**
 * Joins arrays along a new axis.
 *
 * @param arrays Arrays of one shape
 * @param axis Where the new axis stands in the result
 * @returns The joined array
 * @throws {RangeError} If there is no array, no such place, or the shapes differ
 *
 * @example
 * ```ts
 * import { array, stack } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(stack([array([1, 2]), array([3, 4])]).toArray(), [[1, 2], [3, 4]]);
 * assert.deepEqual(stack([array([1, 2]), array([3, 4])], 1).toArray(), [[1, 3], [2, 4]]);
 * ```
 *
 * @category Arrays
 */
export function stack(arrays: readonly NDArray[], axis: number = 0): NDArray {
  checkSome("stack", arrays);
  const [first] = arrays;
  for (const x of arrays) {
    if (showShape(x.shape) !== showShape(first.shape)) {
      throw new RangeError(
        `stack: shapes must be the same, got ${showShape(first.shape)} and ${showShape(x.shape)}`,
      );
    }
  }
  const place = checkAxis("stack", axis, first.ndim + 1);
  return joined("stack", arrays.map((x) => expandDims(x, place)), place);
}

/**
 * Joins arrays side by side: along the second axis, or the only one.
 *
 * @param arrays Arrays whose shapes agree but for that axis
 * @returns The joined array
 * @throws {RangeError} If there is no array or the shapes do not agree
 *
 * @example
 * ```ts
 * import { array, hstack } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(hstack([array([[1], [2]]), array([[3], [4]])]).toArray(), [[1, 3], [2, 4]]);
 * ```
 *
 * @category Arrays
 */
export function hstack(arrays: readonly NDArray[]): NDArray {
  checkSome("hstack", arrays);
  const parts = arrays.map((x) => x.ndim === 0 ? x.ravel() : x);
  return joined("hstack", parts, parts[0].ndim === 1 ? 0 : 1);
}

/**
 * Joins arrays one below the other: along the first axis, vectors as rows.
 *
 * @param arrays Arrays whose shapes agree but for that axis
 * @returns The joined array
 * @throws {RangeError} If there is no array or the shapes do not agree
 *
 * @example
 * ```ts
 * import { array, vstack } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(vstack([array([1, 2]), array([3, 4])]).toArray(), [[1, 2], [3, 4]]);
 * ```
 *
 * @category Arrays
 */
export function vstack(arrays: readonly NDArray[]): NDArray {
  checkSome("vstack", arrays);
  return joined("vstack", arrays.map((x) => x.ndim < 2 ? x.reshape([1, x.size]) : x), 0);
}

/**
 * Cuts an array into equal parts, or at given positions.
 *
 * @param x Array of at least one axis
 * @param sections How many parts, or the positions to cut before
 * @param axis The axis to cut
 * @returns The parts, copies
 * @throws {RangeError} If the axis does not divide into that many equal parts, or there is none
 *
 * @example
 * ```ts
 * import { arange, split } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(split(arange(4), 2).map((part) => part.toArray()), [[0, 1], [2, 3]]);
 * assert.deepEqual(split(arange(4), [1]).map((part) => part.toArray()), [[0], [1, 2, 3]]);
 * ```
 *
 * @category Arrays
 */
export function split(
  x: NDArray,
  sections: number | readonly number[],
  axis: number = 0,
): NDArray[] {
  const along = checkAxis("split", axis, x.ndim);
  if (typeof sections === "number" && x.shape[along] % sections !== 0) {
    throw new RangeError(
      `split: axis ${along} of length ${x.shape[along]} does not divide into ${sections} ` +
        `equal parts; use arraySplit`,
    );
  }
  return parts("split", x, sections, along);
}

/**
 * Cuts an array into parts of nearly equal length, the longer ones first, or at given positions.
 *
 * @param x Array of at least one axis
 * @param sections How many parts, or the positions to cut before
 * @param axis The axis to cut
 * @returns The parts, copies
 * @throws {RangeError} If `sections` is not a whole number from 1 up, or there is no such axis
 *
 * @example
 * ```ts
 * import { arange, arraySplit } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(arraySplit(arange(5), 2).map((part) => part.toArray()), [[0, 1, 2], [3, 4]]);
 * ```
 *
 * @category Arrays
 */
export function arraySplit(
  x: NDArray,
  sections: number | readonly number[],
  axis: number = 0,
): NDArray[] {
  return parts("arraySplit", x, sections, checkAxis("arraySplit", axis, x.ndim));
}

function parts(
  caller: string,
  x: NDArray,
  sections: number | readonly number[],
  axis: number,
): NDArray[] {
  const length = x.shape[axis];
  const cuts = typeof sections === "number" ? evenCuts(caller, length, sections) : sections;
  const range = x.shape.slice(0, axis).map(() => ":");
  const bounds = [...cuts, length];
  return bounds.map((end, i) => x.slice(...range, `${i === 0 ? 0 : bounds[i - 1]}:${end}`));
}

function evenCuts(caller: string, length: number, sections: number): number[] {
  checkWhole(caller, "the number of parts", sections, 1);
  const short = Math.floor(length / sections);
  const longer = length % sections;
  return Array.from(
    { length: sections - 1 },
    (_, i) => (i + 1) * short + Math.min(i + 1, longer),
  );
}
