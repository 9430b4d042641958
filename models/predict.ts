/**
 * What a model says of examples.
 *
 * @module
 */
import { checkValue, size } from "../internal/described_options.ts";
import { checkLabels } from "../internal/labels.ts";
import { showShape } from "../internal/shapes.ts";
import { showNoArray } from "../internal/show.ts";
import { asNDArray, NDArray } from "../ndarray/mod.ts";
import type { TrainableModel } from "../nn/mod.ts";

/**
 * Options of {@linkcode predict} and {@linkcode accuracy}.
 *
 * @category Models
 */
export interface PredictOptions {
  /** Examples that go through the model at a time. Default 100. */
  readonly batchSize?: number;
}

/**
 * Predicts labels: for each example the class of its largest score, of several the smallest.
 *
 * @param model A model of classes; it computes scores as at test time
 * @param X Examples, (N, d₁, …, d_k)
 * @param options How many go through the model at a time
 * @returns Labels, int32, (N,)
 * @throws {TypeError} If the model is none
 * @throws {RangeError} If X does not fit the model, or it returns no scores of shape (N, C)
 *
 * @example
 * ```ts
 * import { FullyConnectedNet, predict } from "@nndl/nndl/models";
 * import { eye } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * // A net without hidden layers that says which number is the largest.
 * const net = new FullyConnectedNet([], { inputDim: 3, numClasses: 3 });
 * net.params.W1 = eye(3).astype("float32");
 * assert.deepEqual(predict(net, eye(3)).toArray(), [0, 1, 2]);
 * ```
 *
 * @category Models
 */
export function predict(
  model: TrainableModel,
  X: NDArray,
  options: PredictOptions = {},
): NDArray {
  return classify("predict", model, X, options).labels;
}

/**
 * Computes the share of examples that a model classifies rightly.
 *
 * @param model A model of classes; it computes scores as at test time
 * @param X Examples, (N, d₁, …, d_k)
 * @param y Labels, (N,), whole numbers from 0 to C - 1
 * @param options How many go through the model at a time
 * @returns The accuracy, 0 to 1
 * @throws {TypeError} If the model is none, or y no labels
 * @throws {RangeError} If X does not fit the model, or y not X, or a label is no class of the model
 *
 * @example
 * ```ts
 * import { accuracy, FullyConnectedNet } from "@nndl/nndl/models";
 * import { array, eye } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const net = new FullyConnectedNet([], { inputDim: 3, numClasses: 3 });
 * net.params.W1 = eye(3).astype("float32");
 * assert.equal(accuracy(net, eye(3), array([0, 1, 1], "int32")), 2 / 3);
 * ```
 *
 * @category Models
 */
export function accuracy(
  model: TrainableModel,
  X: NDArray,
  y: NDArray,
  options: PredictOptions = {},
): number {
  checkExamples("accuracy", X);
  const each = `one label for each example of X ${showShape(X.shape)}`;
  checkLabels("accuracy", "y", y, { rows: X.shape[0], each });
  const { labels, classes } = classify("accuracy", model, X, options);
  checkLabels("accuracy", "y", y, { classes, from: "the classes of the model" });
  let right = 0;
  for (let i = 0; i < labels.size; i++) if (labels.data[i] === y.data[i]) right++;
  return right / labels.size;
}

function classify(
  caller: string,
  model: TrainableModel,
  X: NDArray,
  { batchSize = 100 }: PredictOptions,
): { labels: NDArray; classes: number } {
  if (typeof model?.loss !== "function") {
    throw new TypeError(`${caller}: model must have a loss method, got ${typeof model}`);
  }
  checkExamples(caller, X);
  checkValue(caller, "batchSize", batchSize, size());
  const [n, ...rest] = X.shape;
  const row = X.size / n;
  const labels = new Int32Array(n);
  let classes = 0;
  for (let start = 0; start < n; start += batchSize) {
    const end = Math.min(start + batchSize, n);
    const part = X.data.subarray(start * row, end * row);
    const scores = model.loss(new NDArray(part, [end - start, ...rest], X.dtype));
    if (!(scores instanceof NDArray) || scores.ndim !== 2 || scores.shape[0] !== end - start) {
      throw new RangeError(
        `${caller}: model.loss(X) must return scores of shape (${end - start}, C), got ` +
          (scores instanceof NDArray ? showShape(scores.shape) : typeof scores),
      );
    }
    classes = scores.shape[1];
    labels.set((scores.argmax(1) as NDArray).data, start);
  }
  return { labels: asNDArray(labels, [n]), classes };
}

function checkExamples(caller: string, X: unknown): void {
  if (!(X instanceof NDArray)) {
    throw new TypeError(`${caller}: X must be an NDArray, got ${showNoArray(X, "X")}`);
  }
  if (X.ndim >= 1 && X.size > 0) return;
  throw new RangeError(
    `${caller}: X must hold at least one example, got shape ${showShape(X.shape)}`,
  );
}
