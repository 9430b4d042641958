/**
 * Which classes are taken for which.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { countPairs } from "./_count_pairs.ts";

/**
 * Counts how often each class was predicted for each true class.
 *
 * @param yTrue True labels, (N,), whole numbers from 0 up
 * @param yPred Predicted labels, (N,)
 * @param numClasses The number of classes C. Default: one more than the largest label
 * @returns Counts, int32, (C, C): row `t`, column `p` says how many of class `t` were taken for `p`
 * @throws {RangeError} If there is not one prediction for each label, or a label is not one of the
 * classes
 *
 * @example
 * ```ts
 * import { confusionMatrix } from "@nndl/nndl/metrics";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const counts = confusionMatrix(array([0, 0, 1, 2]), array([0, 2, 1, 2]));
 * assert.deepEqual(counts.toArray(), [[1, 0, 1], [0, 1, 0], [0, 0, 1]]);
 * ```
 *
 * @category Metrics
 */
export function confusionMatrix(yTrue: NDArray, yPred: NDArray, numClasses?: number): NDArray {
  return countPairs("confusionMatrix", yTrue, yPred, numClasses);
}
