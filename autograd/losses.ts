/**
 * Losses: one number from predictions and targets.
 *
 * @module
 */
import { checkLabels } from "../internal/labels.ts";
import { checkOptionNames } from "../internal/options.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import { allocateZeros } from "../kernels/mod.ts";
import {
  bceWithLogitsLoss,
  softmaxLoss,
  temporalSoftmaxLoss as lossOfSequences,
} from "../layers/mod.ts";
import { asNDArray, NDArray } from "../ndarray/mod.ts";
import { logSoftmax } from "./layers.ts";
import { liftLoss } from "./lift.ts";
import { mean, reshape, sum } from "./shaping.ts";
import { divide, multiply, square, subtract } from "./arithmetic.ts";
import { kindOf } from "./_checks.ts";
import { Tensor } from "./tensor.ts";

function checkTensorLike(what: string, value: unknown): void {
  if (value instanceof Tensor || value instanceof NDArray) return;
  const fix = Array.isArray(value) || typeof value === "number" ? "; wrap it in array(...)" : "";
  throw new TypeError(`${what} must be a tensor or an array, got ${kindOf(value)}${fix}`);
}

/**
 * Options of {@linkcode crossEntropy}.
 *
 * @category Autograd
 */
export interface CrossEntropyOptions {
  /** Share of the probability that is spread evenly over all classes, from 0 up to 1. Default 0. */
  readonly labelSmoothing?: number;
  /** A label whose rows do not count, such as that of padding. Default none. */
  readonly ignoreIndex?: number | null;
}

const plainCrossEntropy = liftLoss(softmaxLoss);

/**
 * The cross-entropy (softmax) loss, averaged over the rows that count: without options `softmaxLoss`,
 * lifted. If no row counts the loss is 0, and so is its gradient.
 *
 * @param scores Scores, (..., C): one row of classes for each label
 * @param labels Labels, (...): whole numbers from 0 to C - 1
 * @param options `labelSmoothing` and `ignoreIndex`, as in PyTorch
 * @returns The loss, without axes
 * @throws {RangeError} If the shapes do not fit, a label is no class, or an option is out of range
 *
 * @example
 * ```ts
 * import { crossEntropy, Tensor } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const scores = new Tensor(array([[0, 0], [5, 1]]));
 * const loss = crossEntropy(scores, array([1, -1], "int32"), { ignoreIndex: -1 });
 * loss.backward();
 * assert.equal(loss.item().toFixed(6), Math.LN2.toFixed(6));
 * assert.deepEqual(scores.grad!.toArray(), [[0.5, -0.5], [0, 0]]);
 * ```
 *
 * @category Autograd
 */
export function crossEntropy(
  scores: Tensor | NDArray,
  labels: NDArray,
  options: CrossEntropyOptions = {},
): Tensor {
  checkTensorLike("crossEntropy: scores", scores);
  checkOptionNames("crossEntropy", options, ["labelSmoothing", "ignoreIndex"]);
  const { labelSmoothing = 0, ignoreIndex = null } = options;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new RangeError(`crossEntropy: labelSmoothing must be from 0 to 1, got ${labelSmoothing}`);
  }
  if (ignoreIndex !== null && !Number.isInteger(ignoreIndex)) {
    throw new RangeError(
      `crossEntropy: ignoreIndex must be a whole number or null, got ${ignoreIndex}`,
    );
  }
  if (!(labels instanceof NDArray)) {
    throw new TypeError(`crossEntropy: labels must be an NDArray, got ${kindOf(labels)}`);
  }
  const { ndim, shape, size } = scores;
  if (ndim < 2 || !sameShape(shape.slice(0, -1), labels.shape)) {
    throw new RangeError(
      `crossEntropy: scores must have the shape of the labels and an axis of classes behind it, ` +
        `got ${showShape(shape)} for labels of shape ${showShape(labels.shape)}`,
    );
  }
  const classes = shape[ndim - 1];
  const rows = ndim === 2 ? scores : reshape(scores, [size / classes, classes]);
  const y = labels.ndim === 1 ? labels : labels.ravel();
  if (labelSmoothing === 0 && ignoreIndex === null) return plainCrossEntropy(rows, y);
  const [weights, count] = lossWeights(rows, y, labelSmoothing, ignoreIndex);
  return divide(sum(multiply(logSoftmax(rows), weights)), Math.max(count, 1));
}

/**
 * What the log-probabilities are multiplied by: the probabilities that each row is to reach, times -1,
 * and zeros where it does not count; and how many rows do.
 */
function lossWeights(
  rows: Tensor | NDArray,
  labels: NDArray,
  labelSmoothing: number,
  ignoreIndex: number | null,
): [weights: NDArray, count: number] {
  const [n, classes] = rows.shape;
  const weights = allocateZeros(rows.dtype === "float32" ? Float32Array : Float64Array, rows.size);
  const counting = Array.from(labels.data, (label) => label !== ignoreIndex);
  const known = labels.data.map((label, i) => counting[i] ? label : 0);
  const from = "the last axis of the scores";
  checkLabels("crossEntropy", "labels", new NDArray(known, [n]), { rows: n, classes, from });
  for (let i = 0; i < n; i++) {
    if (!counting[i]) continue;
    if (labelSmoothing > 0) {
      weights.fill(-labelSmoothing / classes, i * classes, (i + 1) * classes);
    }
    weights[i * classes + known[i]] -= 1 - labelSmoothing;
  }
  return [asNDArray(weights, [n, classes]), counting.filter(Boolean).length];
}

/**
 * The cross-entropy of sequences: the sum over the time steps that count, averaged over the N
 * sequences. `temporalSoftmaxLoss`, lifted, under its own name.
 *
 * @param scores Scores, (N, T, V)
 * @param labels Labels, (N, T): whole numbers from 0 to V - 1
 * @param mask Which steps count, bool (N, T)
 * @returns The loss, without axes; 0 if no step counts
 * @throws {RangeError} If the shapes do not fit, or a label is no class
 * @category Autograd
 */
export const temporalSoftmaxLoss: (
  scores: Tensor | NDArray,
  labels: NDArray,
  mask: NDArray,
) => Tensor = liftLoss(lossOfSequences);

/**
 * The mean squared error, averaged over all elements.
 *
 * @param prediction A tensor or an array
 * @param target A tensor or an array of its shape
 * @returns The loss, without axes
 * @throws {RangeError} If the shapes differ
 *
 * @example
 * ```ts
 * import { mse, Tensor } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = new Tensor(array([1, 5]));
 * const loss = mse(x, array([1, 1]));
 * loss.backward();
 * assert.equal(loss.item(), 8);
 * assert.deepEqual(x.grad!.toArray(), [0, 4]);
 * ```
 *
 * @category Autograd
 */
export function mse(prediction: Tensor | NDArray, target: Tensor | NDArray): Tensor {
  checkTensorLike("mse: prediction", prediction);
  checkTensorLike("mse: target", target);
  if (!sameShape(prediction.shape, target.shape)) {
    throw new RangeError(
      `mse: prediction and target must have one shape, got ${showShape(prediction.shape)} and ` +
        showShape(target.shape),
    );
  }
  return mean(square(subtract(prediction, target)));
}

/**
 * The binary cross-entropy of logits, averaged over all elements: `bceWithLogitsLoss`, lifted.
 *
 * @param logits A tensor or an array
 * @param target Probabilities to reach, 0 to 1, of the shape of the logits
 * @returns The loss, without axes
 * @throws {RangeError} If the shapes differ, or a target is not a probability
 * @category Autograd
 */
export const bceWithLogits: (logits: Tensor | NDArray, target: NDArray) => Tensor = liftLoss(
  bceWithLogitsLoss,
);
