/**
 * Folds for cross-validation.
 *
 * @module
 */
import { asNDArray, type NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";

/**
 * One way to split rows in two, by their numbers.
 *
 * @category Data
 */
export interface Fold {
  /** Rows to train on, int32. */
  readonly train: NDArray;
  /** Rows to validate on, int32. */
  readonly validation: NDArray;
}

/**
 * Options of {@linkcode kFold}.
 *
 * @category Data
 */
export interface KFoldOptions {
  /** Shuffles the rows first; without it folds are runs of consecutive rows. */
  readonly rng?: RandomState;
}

/**
 * Splits n rows into k folds, each of which is the validation set once. As NumPy's `array_split`
 * does, the first `n mod k` folds get one row more than the others.
 *
 * @param n Number of rows
 * @param k Number of folds, 2 to n
 * @param options Whether to shuffle
 * @returns The folds; take rows with `X.take(fold.train, 0)`
 * @throws {RangeError} If n or k is out of range
 *
 * @example
 * ```ts
 * import { kFold } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * const [first, second] = kFold(5, 2);
 * assert.deepEqual(first.validation.toArray(), [0, 1, 2]);
 * assert.deepEqual(first.train.toArray(), [3, 4]);
 * assert.deepEqual(second.validation.toArray(), [3, 4]);
 * ```
 *
 * @category Data
 */
export function kFold(n: number, k: number, { rng }: KFoldOptions = {}): Fold[] {
  if (!Number.isSafeInteger(n) || n < 2) {
    throw new RangeError(`kFold: n must be a whole number of rows from 2 up, got ${n}`);
  }
  if (!Number.isInteger(k) || k < 2 || k > n) {
    throw new RangeError(`kFold: k must be a whole number from 2 to the ${n} rows, got ${k}`);
  }
  const rows = rng
    ? Int32Array.from((rng.permutation(n) as NDArray).data)
    : Int32Array.from({ length: n }, (_, row) => row);
  const start = (fold: number) => fold * Math.floor(n / k) + Math.min(fold, n % k);
  return Array.from({ length: k }, (_, fold) => {
    const [from, to] = [start(fold), start(fold + 1)];
    const train = new Int32Array(n - (to - from));
    train.set(rows.subarray(0, from));
    train.set(rows.subarray(to), from);
    return {
      train: asNDArray(train, [train.length]),
      validation: asNDArray(rows.slice(from, to), [to - from]),
    };
  });
}
