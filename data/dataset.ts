/**
 * A data set in the form that models and the Solver take.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { asNDArray, NDArray } from "../ndarray/mod.ts";

/**
 * Rows for training, validation and, where there are some, testing. Labels are class numbers, unless
 * the model says how to score others.
 *
 * @category Data
 */
export interface Dataset {
  /** Training inputs, (N, …). */
  XTrain: NDArray;
  /** Training labels, int32 (N,), or as the model takes them, (N, …). */
  yTrain: NDArray;
  /** Validation inputs, (V, …). */
  XVal: NDArray;
  /** Validation labels, (V,) or (V, …). */
  yVal: NDArray;
  /** Test inputs, (T, …). */
  XTest?: NDArray;
  /** Test labels, (T,) or (T, …). */
  yTest?: NDArray;
}

/**
 * Keeps the first rows for training, as the course does to see a network overfit a few images.
 * Validation and test rows stay. The kept rows share their memory with the data set.
 *
 * @param data The data set
 * @param numTraining How many training rows to keep, at most as many as there are
 * @returns The smaller data set
 * @throws {RangeError} If there are fewer rows
 *
 * @example
 * ```ts
 * import { subset } from "@nndl/nndl/data";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const data = {
 *   XTrain: zeros([5, 3, 32, 32]),
 *   yTrain: array([0, 1, 2, 3, 4], "int32"),
 *   XVal: zeros([1, 3, 32, 32]),
 *   yVal: array([9], "int32"),
 * };
 * const small = subset(data, 2);
 * assert.deepEqual(small.XTrain.shape, [2, 3, 32, 32]);
 * assert.deepEqual(small.yTrain.toArray(), [0, 1]);
 * assert.deepEqual(small.yVal.toArray(), [9]);
 * ```
 *
 * @category Data
 */
export function subset<D extends Dataset>(data: D, numTraining: number): D {
  if (!(data?.XTrain instanceof NDArray)) {
    throw new TypeError(`subset: data must be { XTrain, yTrain, … }, got ${showValue(data)}`);
  }
  const rows = data.XTrain.shape[0];
  if (!Number.isInteger(numTraining) || numTraining < 1 || numTraining > rows) {
    throw new RangeError(
      `subset: numTraining must be a whole number from 1 to the ${rows} rows there are, got ${numTraining}`,
    );
  }
  return {
    ...data,
    XTrain: firstRows(data.XTrain, numTraining),
    yTrain: firstRows(data.yTrain, numTraining),
  };
}

function firstRows({ data, shape: [, ...rest] }: NDArray, count: number): NDArray {
  const rowSize = rest.reduce((a, b) => a * b, 1);
  return asNDArray(data.subarray(0, count * rowSize), [count, ...rest]);
}
