/**
 * Order statistics.
 *
 * @module
 */
import { allocateFor, checkAxis } from "./_dense.ts";
import { lanesOf } from "./_lanes.ts";
import { floatOf } from "./dtypes.ts";
import { NDArray, type Reduced, type ReduceOptions } from "./ndarray.ts";
import { sort } from "./sorting.ts";
import { expandDims } from "./shaping.ts";

/**
 * Finds the value that a given share of the elements lies below, between two elements in
 * proportion. NaN if an element is NaN.
 *
 * @param x Array of any shape
 * @param q The share in percent, 0 to 100
 * @param axis The axis; the flattened array if left out or `null`
 * @param options `keepdims` to keep the reduced axis
 * @returns The percentile; over all axes a number, otherwise an array
 * @throws {RangeError} If `q` is not from 0 to 100, there is no such axis, or the array is empty
 *
 * @example
 * ```ts
 * import { array, percentile } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(percentile(array([1, 2, 3, 4, 5]), 25), 2);
 * ```
 *
 * @category Arrays
 */
export function percentile<
  A extends number | null | undefined = undefined,
  K extends boolean = false,
>(
  x: NDArray,
  q: number,
  axis?: A,
  options: ReduceOptions<K> = {},
): Reduced<A, K> {
  if (!(q >= 0 && q <= 100)) {
    throw new RangeError(`percentile: q must be from 0 to 100, got ${q}`);
  }
  return orderStatistic("percentile", x, axis, options, (row) => {
    const place = (row.length - 1) * (q / 100);
    const low = Math.floor(place);
    return between(row[low], row[Math.min(low + 1, row.length - 1)], place - low);
  }) as Reduced<A, K>;
}

/**
 * Finds the middle element, or the mean of the two middle ones. NaN if an element is NaN.
 *
 * @param x Array of any shape
 * @param axis The axis; the flattened array if left out or `null`
 * @param options `keepdims` to keep the reduced axis
 * @returns The median; over all axes a number, otherwise an array
 * @throws {RangeError} If there is no such axis or the array is empty
 *
 * @example
 * ```ts
 * import { array, median } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(median(array([3, 1, 2])), 2);
 * assert.deepEqual(median(array([[1, 3], [5, 9]]), 1).toArray(), [2, 7]);
 * ```
 *
 * @category Arrays
 */
export function median<
  A extends number | null | undefined = undefined,
  K extends boolean = false,
>(
  x: NDArray,
  axis?: A,
  options: ReduceOptions<K> = {},
): Reduced<A, K> {
  return orderStatistic("median", x, axis, options, (row) => {
    const half = row.length >> 1;
    return row.length % 2 === 1 ? row[half] : (row[half - 1] + row[half]) / 2;
  }) as Reduced<A, K>;
}

/** Between two values in proportion, from the nearer one, as NumPy does it for finite ones. */
function between(a: number, b: number, share: number): number {
  if (share === 0) return a;
  if (!Number.isFinite(b - a)) return (1 - share) * a + share * b;
  return share < 0.5 ? a + (b - a) * share : b - (b - a) * (1 - share);
}

function orderStatistic(
  caller: string,
  x: NDArray,
  axis: number | null | undefined,
  { keepdims = false }: ReduceOptions,
  statistic: (row: NDArray["data"]) => number,
): NDArray | number {
  const isAll = axis === null || axis === undefined;
  const { rows, length, values } = lanesOf(caller, x, axis ?? null);
  if (length === 0) throw new RangeError(`${caller}: an empty array has no ${caller}`);
  const sorted = sort(values).data;
  const dtype = isAll ? "float64" : floatOf(x.dtype);
  const out = allocateFor(dtype, rows);
  for (let i = 0; i < rows; i++) {
    const row = sorted.subarray(i * length, (i + 1) * length);
    out[i] = Number.isNaN(row[length - 1]) ? NaN : statistic(row);
  }
  if (isAll) return keepdims ? new NDArray(out, x.shape.map(() => 1)) : out[0];
  const along = checkAxis(caller, axis, x.ndim);
  const result = new NDArray(out, x.shape.filter((_, at) => at !== along));
  return keepdims ? expandDims(result, along) : result;
}
