/**
 * Preparation of features: what is learnt from training rows and then done to all rows alike.
 *
 * Source: CS231n notes, "Neural networks, part 2", https://cs231n.github.io/neural-networks-2/.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { asNDArray, concatenate, NDArray, ones } from "../ndarray/mod.ts";
import { checkRows, checkWidth } from "./_rows.ts";

/**
 * Something learnt from training rows that can be done to any rows of the same width.
 *
 * @category Data
 */
export interface RowTransform {
  /**
   * Transforms rows.
   *
   * @param X Rows, (N, …), as wide as the training rows
   * @returns New rows; float32 if X is, float64 otherwise
   * @throws {RangeError} If X has another width
   */
  apply(X: NDArray): NDArray;
}

/**
 * The transform of {@linkcode subtractMean}.
 *
 * @category Data
 */
export interface MeanSubtraction extends RowTransform {
  /** Mean of each feature, float64, shaped like one row. */
  readonly mean: NDArray;
}

/**
 * The transform of {@linkcode standardize}.
 *
 * @category Data
 */
export interface Standardization extends MeanSubtraction {
  /** Standard deviation of each feature, float64, shaped like one row. */
  readonly std: NDArray;
}

/**
 * Learns the mean of each feature, to be subtracted: `x - mean`.
 *
 * @param X Training rows, (N, …), of any type
 * @returns The transform
 * @throws {RangeError} If there are no rows
 *
 * @example
 * ```ts
 * import { subtractMean } from "@nndl/nndl/data";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const centre = subtractMean(array([[1, 10], [3, 20]]));
 * assert.deepEqual(centre.mean.toArray(), [2, 15]);
 * assert.deepEqual(centre.apply(array([[2, 16]])).toArray(), [[0, 1]]);
 * ```
 *
 * @category Data
 */
export function subtractMean(X: NDArray): MeanSubtraction {
  checkRows("subtractMean", X);
  const mean = means(X);
  return {
    mean: asNDArray(mean, X.shape.slice(1)),
    apply: (rows) => scaled("subtractMean", rows, mean, null),
  };
}

/**
 * Learns mean and standard deviation of each feature, to be taken off: `(x - mean) / std`. A
 * feature that is the same in all training rows, but for rounding, is only centred.
 *
 * @param X Training rows, (N, …), of any type
 * @returns The transform
 * @throws {RangeError} If there are no rows
 *
 * @example
 * ```ts
 * import { standardize } from "@nndl/nndl/data";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const scale = standardize(array([[1, 10], [3, 30]]));
 * assert.deepEqual(scale.std.toArray(), [1, 10]);
 * assert.deepEqual(scale.apply(array([[4, 40]])).toArray(), [[2, 2]]);
 * ```
 *
 * @category Data
 */
export function standardize(X: NDArray): Standardization {
  checkRows("standardize", X);
  const mean = means(X);
  const std = deviations(X, mean);
  return {
    mean: asNDArray(mean, X.shape.slice(1)),
    std: asNDArray(std, X.shape.slice(1)),
    apply: (rows) => scaled("standardize", rows, mean, std),
  };
}

/**
 * Appends a column of ones, so that the last row of a weight matrix acts as the bias (the bias
 * trick).
 *
 * @param X Rows, (N, D)
 * @returns Rows, (N, D + 1), of the type of X
 * @throws {RangeError} If X is not (N, D)
 *
 * @example
 * ```ts
 * import { addBias } from "@nndl/nndl/data";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(addBias(array([[5, 6]])).toArray(), [[5, 6, 1]]);
 * ```
 *
 * @category Data
 */
export function addBias(X: NDArray): NDArray {
  if (X instanceof NDArray && X.ndim === 2) {
    return concatenate([X, ones([X.shape[0], 1], X.dtype)], 1);
  }
  throw new RangeError(
    `addBias: X must have shape (N, D), got ${
      X instanceof NDArray ? `${showShape(X.shape)}; reshape it to rows` : X
    }`,
  );
}

function means({ data, shape: [n] }: NDArray): Float64Array {
  const width = data.length / n;
  const sums = new Float64Array(width);
  for (let i = 0; i < data.length; i += width) {
    for (let j = 0; j < width; j++) sums[j] += data[i + j];
  }
  return sums.map((sum) => sum / n);
}

/** Standard deviations; 0 where values differ by no more than rounding. */
function deviations({ data, shape: [n] }: NDArray, mean: Float64Array): Float64Array<ArrayBuffer> {
  const width = mean.length;
  const squares = new Float64Array(width);
  const rests = new Float64Array(width);
  for (let i = 0; i < data.length; i += width) {
    for (let j = 0; j < width; j++) {
      const centred = data[i + j] - mean[j];
      squares[j] += centred * centred;
      rests[j] += centred;
    }
  }
  return squares.map((sum, j) => {
    // The mean is rounded: what that adds to the squares of equal values is all there is of them.
    const std = Math.sqrt(Math.max(0, sum - rests[j] * rests[j] / n) / n);
    return std <= 4 * Number.EPSILON * Math.abs(mean[j]) ? 0 : std;
  });
}

/** `(X - mean) / std`, without the division where `std` is 0 or missing. */
function scaled(
  caller: string,
  X: NDArray,
  mean: Float64Array,
  std: Float64Array | null,
): NDArray {
  checkWidth(caller, X, mean.length);
  const out = X.dtype === "float32"
    ? new Float32Array(X.data.length)
    : new Float64Array(X.data.length);
  const divisor = std?.map((value) => value === 0 ? 1 : value) ?? null;
  for (let i = 0; i < out.length; i += mean.length) {
    for (let j = 0; j < mean.length; j++) {
      const centred = X.data[i + j] - mean[j];
      out[i + j] = divisor ? centred / divisor[j] : centred;
    }
  }
  return asNDArray(out, X.shape);
}
