/**
 * Order: sorting, distinct values, searching, counting.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { showShape } from "../internal/shapes.ts";
import { allocateFor } from "./_dense.ts";
import { lanesOf } from "./_lanes.ts";
import { specialize } from "../internal/specialize.ts";
import type { TypedArray } from "./dtypes.ts";
import { NDArray, type Operand } from "./ndarray.ts";

/**
 * Sorts along an axis, ascending, NaN last.
 *
 * @param x Array of any shape
 * @param axis The axis; `null` sorts the flattened array
 * @returns The sorted elements, a copy
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { array, sort } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(sort(array([3, NaN, 1])).toArray(), [1, 3, NaN]);
 * ```
 *
 * @category Arrays
 */
export function sort(x: NDArray, axis: number | null = -1): NDArray {
  const { rows, length, values, restore } = lanesOf("sort", x, axis);
  for (let row = 0; row < rows; row++) {
    values.data.subarray(row * length, (row + 1) * length).sort();
  }
  return restore(values.data, x.dtype);
}

/**
 * Finds the order that sorts along an axis, ascending, NaN last. Equal elements keep their order.
 *
 * @param x Array of any shape
 * @param axis The axis; `null` for the flattened array
 * @returns Positions along the axis, int32, of the shape of `x`
 * @throws {RangeError} If there is no such axis
 *
 * @example
 * ```ts
 * import { argsort, array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(argsort(array([3, 1, 2, 1])).toArray(), [1, 3, 2, 0]);
 * ```
 *
 * @category Arrays
 */
export function argsort(x: NDArray, axis: number | null = -1): NDArray {
  const { rows, length, values, restore } = lanesOf("argsort", x, axis);
  const order = allocateFor("int32", rows * length) as Int32Array;
  const spare = new Int32Array(length);
  const merge = specialize(mergeSort, x.dtype);
  for (let row = 0; row < rows; row++) {
    const keys = values.data.subarray(row * length, (row + 1) * length);
    merge(keys, order.subarray(row * length, (row + 1) * length), spare);
  }
  return restore(order, "int32");
}

/** Fills `order` with the positions of `keys` in ascending order, by merging from below. */
function mergeSort(keys: TypedArray, order: Int32Array, spare: Int32Array): void {
  const n = keys.length;
  for (let i = 0; i < n; i++) order[i] = i;
  let from = order;
  let to = spare;
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      let left = start;
      let right = middle;
      for (let k = start; k < end; k++) {
        let takeRight = left === middle;
        if (!takeRight && right < end) {
          const a = keys[from[left]];
          const b = keys[from[right]];
          // A tie goes to the left, which keeps the order; NaN goes behind everything else.
          takeRight = b < a || (a !== a && b === b);
        }
        to[k] = takeRight ? from[right++] : from[left++];
      }
    }
    [from, to] = [to, from];
  }
  if (from !== order) order.set(from.subarray(0, n));
}

/**
 * Distinct values, and what is known of each.
 *
 * @category Arrays
 */
export interface UniqueResult {
  /** The distinct values, ascending. */
  readonly values: NDArray;
  /** How often each occurs, int32. */
  readonly counts: NDArray;
  /** For each element of the flattened input the position of its value in `values`, int32. */
  readonly inverse: NDArray;
  /** Where each value occurs first in the flattened input, int32. */
  readonly indices: NDArray;
}

/**
 * Finds the distinct values; all NaN count as one.
 *
 * @param x Array of any shape
 * @returns The values, ascending, in one axis
 *
 * @example
 * ```ts
 * import { array, unique } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(unique(array([3, 1, 3])).toArray(), [1, 3]);
 * ```
 *
 * @category Arrays
 */
export function unique(x: NDArray): NDArray {
  return uniqueAll(x).values;
}

/**
 * Finds the distinct values, how often and where they occur; all NaN count as one.
 *
 * @param x Array of any shape
 * @returns Values, counts, the inverse, and first positions
 *
 * @example
 * ```ts
 * import { array, uniqueAll } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const { values, counts, inverse } = uniqueAll(array([3, 1, 3]));
 * assert.deepEqual(values.toArray(), [1, 3]);
 * assert.deepEqual(counts.toArray(), [1, 2]);
 * assert.deepEqual(inverse.toArray(), [1, 0, 1]);
 * ```
 *
 * @category Arrays
 */
export function uniqueAll(x: NDArray): UniqueResult {
  const order = argsort(x, null).data;
  const { data } = x;
  const inverse = allocateFor("int32", data.length);
  const first: number[] = [];
  const counts: number[] = [];
  for (let i = 0; i < order.length; i++) {
    const place = order[i];
    const last = first.length - 1;
    const same = last >= 0 && sameValue(data[first[last]], data[place]);
    if (same) counts[last]++;
    else {
      first.push(place);
      counts.push(1);
    }
    inverse[place] = first.length - 1;
  }
  const list = (values: number[]) => new NDArray(Int32Array.from(values), [values.length]);
  return {
    values: x.take(first),
    counts: list(counts),
    inverse: new NDArray(inverse, [inverse.length]),
    indices: list(first),
  };
}

function sameValue(a: number, b: number): boolean {
  return a === b || (a !== a && b !== b);
}

/**
 * Finds where values would have to be inserted to keep an array sorted.
 *
 * @param sorted Array of one axis, ascending
 * @param values A number or an array
 * @param side Before (`"left"`) or behind (`"right"`) elements that are equal
 * @returns Positions from 0 to the length of `sorted`, int32, of the shape of `values`
 * @throws {RangeError} If `sorted` does not have one axis or `side` is neither
 *
 * @example
 * ```ts
 * import { array, searchsorted } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const sorted = array([1, 2, 2, 3]);
 * assert.equal(searchsorted(sorted, 2).item(), 1);
 * assert.equal(searchsorted(sorted, 2, "right").item(), 3);
 * ```
 *
 * @category Arrays
 */
export function searchsorted(
  sorted: NDArray,
  values: Operand,
  side: "left" | "right" = "left",
): NDArray {
  if (sorted.ndim !== 1) {
    throw new RangeError(
      `searchsorted: the first array must have one axis, got shape ${showShape(sorted.shape)}`,
    );
  }
  if (side !== "left" && side !== "right") {
    throw new RangeError(`searchsorted: side must be "left" or "right", got ${String(side)}`);
  }
  const wanted = typeof values === "number" ? [values] : values.data;
  const out = allocateFor("int32", wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    let low = 0;
    let high = sorted.size;
    while (low < high) {
      const middle = (low + high) >> 1;
      const element = sorted.data[middle];
      const goesBefore = side === "left"
        ? isBefore(element, wanted[i])
        : !isBefore(wanted[i], element);
      if (goesBefore) low = middle + 1;
      else high = middle;
    }
    out[i] = low;
  }
  return new NDArray(out, typeof values === "number" ? [] : values.shape);
}

/** The order of sorting: NaN behind everything else. */
function isBefore(a: number, b: number): boolean {
  return a < b || (b !== b && a === a);
}

/**
 * Options of {@linkcode bincount}.
 *
 * @category Arrays
 */
export interface BincountOptions {
  /** What each element counts, of the shape of the input; 1 if left out. */
  readonly weights?: NDArray;
  /** Least number of bins; 0 if left out. */
  readonly minlength?: number;
}

/**
 * Counts how often each whole number occurs.
 *
 * @param x Array of one axis, of whole numbers from 0 up
 * @param options `weights`, `minlength`
 * @returns For each number up to the largest its count, int32; with weights their sum, float64
 * @throws {RangeError} If an element is negative or fractional, or a shape does not fit
 *
 * @example
 * ```ts
 * import { array, bincount } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(bincount(array([0, 2, 2])).toArray(), [1, 0, 2]);
 * ```
 *
 * @category Arrays
 */
export function bincount(x: NDArray, options: BincountOptions = {}): NDArray {
  const { weights, minlength = 0 } = options;
  if (x.ndim !== 1) {
    throw new RangeError(`bincount: x must have one axis, got shape ${showShape(x.shape)}`);
  }
  if (weights && (weights.ndim !== 1 || weights.size !== x.size)) {
    throw new RangeError(
      `bincount: weights must have the shape of x, ${showShape(x.shape)}, got ${
        showShape(weights.shape)
      }`,
    );
  }
  checkWhole("bincount", "minlength", minlength, 0);
  let bins = minlength;
  for (const value of x.data) {
    if (!Number.isInteger(value) || value < 0) {
      throw new RangeError(`bincount: elements must be whole numbers from 0 up, got ${value}`);
    }
    bins = Math.max(bins, value + 1);
  }
  const out = allocateFor(weights ? "float64" : "int32", bins).fill(0);
  for (let i = 0; i < x.size; i++) out[x.data[i]] += weights ? weights.data[i] : 1;
  return new NDArray(out, [bins]);
}
