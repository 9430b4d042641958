/** The share of examples that a model classifies rightly. */
import { showShape } from "../internal/shapes.ts";
import type { Workspace } from "../kernels/mod.ts";
import type { Model } from "../models/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";
import { type Examples, Minibatch, rowsBetween } from "./_minibatch.ts";

/** Options of an accuracy check. */
export interface AccuracyOptions {
  /** Examples to draw, if there are more; null for all. Default null. */
  numSamples?: number | null;
  /** Examples that go through the model at a time. Default 100. */
  batchSize?: number;
}

/** Computes an accuracy batch by batch, with a pause after each, in which the caller may wait. */
export function* accuracyInBatches(
  model: Model,
  examples: Examples,
  { numSamples = null, batchSize = 100 }: AccuracyOptions,
  rng: RandomState,
  workspace: Workspace,
): Generator<void, number> {
  const { X, y } = examples;
  let total = X.shape[0];
  let drawn: NDArray | null = null;
  if (numSamples !== null && total > numSamples) {
    drawn = rng.choice(total, numSamples);
    total = numSamples;
  }
  const minibatch = drawn && new Minibatch(examples, Math.min(batchSize, total));
  let right = 0;
  for (let start = 0; start < total; start += batchSize) {
    const end = Math.min(start + batchSize, total);
    const batch = drawn && minibatch
      ? minibatch.gather(drawn.data.subarray(start, end))
      : { X: rowsBetween(X, start, end), y: rowsBetween(y, start, end) };
    right += countRight(model.loss(batch.X, undefined, workspace), batch.y);
    yield;
  }
  return right / total;
}

/** Runs a computation without waiting. */
export function drain<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

function countRight(scores: NDArray, y: NDArray): number {
  const [rows, classes] = scores.shape;
  if (scores.ndim !== 2 || rows !== y.size) {
    throw new RangeError(
      `checkAccuracy: model.loss(X) must return scores of shape (${y.size}, C), got ${
        showShape(scores.shape)
      }`,
    );
  }
  const guesses = scores.argmax(1).data;
  let right = 0;
  for (let i = 0; i < rows; i++) {
    if (y.data[i] >= classes) {
      throw new RangeError(
        `checkAccuracy: label ${y.data[i]} is not one of the ${classes} classes of the model` +
          (y.data[i] === classes ? "; do the labels count from 1?" : ""),
      );
    }
    if (guesses[i] === y.data[i]) right++;
  }
  return right;
}
