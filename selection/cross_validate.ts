/**
 * Cross-validation.
 *
 * @module
 */
import { type Dataset, kFold } from "../data/mod.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";

/**
 * Options of {@linkcode crossValidate}.
 *
 * @category Search
 */
export interface CrossValidateOptions {
  /** Number of folds. Default: 5. */
  readonly numFolds?: number;
  /** Shuffles the rows first; without it folds are runs of consecutive rows. */
  readonly rng?: RandomState;
  /** Trains on `XTrain`, `yTrain` and returns the score on `XVal`, `yVal`. */
  readonly score: (data: Dataset, fold: number) => number | Promise<number>;
}

/**
 * The scores of cross-validation.
 *
 * @category Search
 */
export interface CrossValidation {
  /** The score of each fold. */
  readonly scores: readonly number[];
  /** Their mean. */
  readonly mean: number;
  /** Their standard deviation, as NumPy's `std`. */
  readonly std: number;
}

/**
 * Scores a way of training by cross-validation: splits the rows into folds, trains once without
 * each fold and scores on it. Folds run one after another.
 *
 * @param X Rows, (N, …)
 * @param y Labels, (N,)
 * @param options Number of folds, shuffling, and what to train
 * @returns The scores, their mean and standard deviation
 * @throws {RangeError} If there is not one label a row, or there are fewer rows than folds
 *
 * @example
 * ```ts
 * import { KNearestNeighbor } from "@nndl/nndl/models";
 * import { array } from "@nndl/nndl/ndarray";
 * import { crossValidate } from "@nndl/nndl/selection";
 * import assert from "node:assert/strict";
 *
 * const X = array([[0], [10], [1], [11], [2], [12]]);
 * const { scores, mean } = await crossValidate(X, array([0, 1, 0, 1, 0, 1]), {
 *   numFolds: 3,
 *   score({ XTrain, yTrain, XVal, yVal }) {
 *     const knn = new KNearestNeighbor();
 *     knn.train(XTrain, yTrain);
 *     return knn.predict(XVal).equal(yVal).mean();
 *   },
 * });
 * assert.deepEqual(scores, [1, 1, 1]);
 * assert.equal(mean, 1);
 * ```
 *
 * @category Search
 */
export async function crossValidate(
  X: NDArray,
  y: NDArray,
  { numFolds = 5, rng, score }: CrossValidateOptions,
): Promise<CrossValidation> {
  if (!(X instanceof NDArray) || !(y instanceof NDArray)) {
    throw new TypeError("crossValidate: X and y must be NDArrays; are the labels missing?");
  }
  if (y.ndim !== 1 || X.ndim === 0 || y.shape[0] !== X.shape[0]) {
    throw new RangeError(
      `crossValidate: y must have one label for each of the ${X.shape[0]} rows of X, got ` +
        `${y.shape[0]}`,
    );
  }
  const scores: number[] = [];
  for (const [fold, { train, validation }] of kFold(X.shape[0], numFolds, { rng }).entries()) {
    const data = {
      XTrain: X.take(train, 0),
      yTrain: y.take(train, 0),
      XVal: X.take(validation, 0),
      yVal: y.take(validation, 0),
    };
    scores.push(await score(data, fold));
  }
  const mean = scores.reduce((a, b) => a + b, 0) / scores.length;
  const squares = scores.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { scores, mean, std: Math.sqrt(squares / scores.length) };
}
