/**
 * Precision, recall and their harmonic mean, class by class.
 *
 * Of what was taken for a class, precision is the part that is of it; of what is of a class, recall
 * is the part that was taken for it. A part of nothing counts as 0. Means over classes are
 * `precision(…).mean()`; accuracy is the trace of the confusion matrix over its sum.
 *
 * Source: C. J. van Rijsbergen, *Information Retrieval*, chapter 7.
 *
 * @module
 */
import { asNDArray, type NDArray } from "../ndarray/mod.ts";
import { countPairs } from "./_count_pairs.ts";

/**
 * Computes the precision of each class: correct ones over all that were taken for the class.
 *
 * @param yTrue True labels, (N,), whole numbers from 0 up
 * @param yPred Predicted labels, (N,)
 * @param numClasses The number of classes C. Default: one more than the largest label
 * @returns Precision, float64, (C,); 0 for a class that was never predicted
 * @throws {RangeError} If there is not one prediction for each label, or a label is not one of the
 * classes
 *
 * @example
 * ```ts
 * import { precision } from "@nndl/nndl/metrics";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const scores = precision(array([0, 0, 1, 2]), array([0, 2, 1, 2]));
 * assert.deepEqual(scores.toArray(), [1, 1, 0.5]);
 * ```
 *
 * @category Metrics
 */
export function precision(yTrue: NDArray, yPred: NDArray, numClasses?: number): NDArray {
  const { correct, predicted } = tally("precision", yTrue, yPred, numClasses);
  return ratio(correct, predicted);
}

/**
 * Computes the recall of each class: correct ones over all that are of the class.
 *
 * @param yTrue True labels, (N,), whole numbers from 0 up
 * @param yPred Predicted labels, (N,)
 * @param numClasses The number of classes C. Default: one more than the largest label
 * @returns Recall, float64, (C,); 0 for a class that does not occur
 * @throws {RangeError} If there is not one prediction for each label, or a label is not one of the
 * classes
 *
 * @example
 * ```ts
 * import { recall } from "@nndl/nndl/metrics";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const scores = recall(array([0, 0, 1, 2]), array([0, 2, 1, 2]));
 * assert.deepEqual(scores.toArray(), [0.5, 1, 1]);
 * ```
 *
 * @category Metrics
 */
export function recall(yTrue: NDArray, yPred: NDArray, numClasses?: number): NDArray {
  const { correct, actual } = tally("recall", yTrue, yPred, numClasses);
  return ratio(correct, actual);
}

/**
 * Computes the F₁ score of each class, the harmonic mean of precision and recall:
 * `2·correct / (predicted + actual)`.
 *
 * @param yTrue True labels, (N,), whole numbers from 0 up
 * @param yPred Predicted labels, (N,)
 * @param numClasses The number of classes C. Default: one more than the largest label
 * @returns Score, float64, (C,); 0 for a class that neither occurs nor was predicted
 * @throws {RangeError} If there is not one prediction for each label, or a label is not one of the
 * classes
 *
 * @example
 * ```ts
 * import { f1Score } from "@nndl/nndl/metrics";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const scores = f1Score(array([0, 0, 1, 2]), array([0, 2, 1, 2]));
 * assert.deepEqual(scores.toArray(), [2 / 3, 1, 2 / 3]);
 * ```
 *
 * @category Metrics
 */
export function f1Score(yTrue: NDArray, yPred: NDArray, numClasses?: number): NDArray {
  const { correct, predicted, actual } = tally("f1Score", yTrue, yPred, numClasses);
  return ratio(correct.map((count) => 2 * count), predicted.map((p, i) => p + actual[i]));
}

/** For each class how many were right, how many were predicted, and how many there are. */
function tally(caller: string, yTrue: NDArray, yPred: NDArray, numClasses?: number) {
  const { data, shape: [c] } = countPairs(caller, yTrue, yPred, numClasses);
  const [correct, predicted, actual] = [0, 1, 2].map(() => new Float64Array(c));
  for (let t = 0; t < c; t++) {
    correct[t] = data[t * c + t];
    for (let p = 0; p < c; p++) {
      actual[t] += data[t * c + p];
      predicted[p] += data[t * c + p];
    }
  }
  return { correct, predicted, actual };
}

function ratio(part: Float64Array, whole: Float64Array): NDArray {
  return asNDArray(part.map((count, i) => whole[i] === 0 ? 0 : count / whole[i]), [part.length]);
}
