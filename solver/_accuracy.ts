/** How good a model is on examples, batch by batch. */
import type { Workspace } from "../kernels/mod.ts";
import type { SharedTraining, TrainableModel } from "../models/mod.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";
import { type Examples, Minibatch, rowsBetween } from "./_minibatch.ts";
import { checkScores } from "./_model.ts";

/**
 * Options of an accuracy check.
 *
 * @category Training
 */
export interface AccuracyOptions {
  /** Examples to draw, if there are more; null for all. Default null. */
  numSamples?: number | null;
  /** Examples that go through the model at a time. Default 100. */
  batchSize?: number;
}

/**
 * Computes the accuracy, or the mean of what the model calls its score, batch by batch, with a pause
 * after each, in which the caller may wait.
 *
 * @param shared The processes that score a part each, if several do
 */
export function* accuracyInBatches(
  model: TrainableModel,
  examples: Examples,
  { numSamples = null, batchSize = 100 }: AccuracyOptions,
  rng: RandomState,
  workspace: Workspace,
  shared?: SharedTraining,
): Generator<void, number> {
  const { X, y } = examples;
  let total = X.shape[0];
  let drawn: NDArray | null = null;
  if (numSamples !== null && total > numSamples) {
    drawn = rng.choice(total, numSamples);
    total = numSamples;
  }
  const minibatch = drawn && new Minibatch(examples, Math.min(batchSize, total));
  const own = shared?.rowsOf(total) ?? { start: 0, end: total };
  let sum = 0;
  for (let start = own.start; start < own.end; start += batchSize) {
    const end = Math.min(start + batchSize, own.end);
    const batch = drawn && minibatch
      ? minibatch.gather(drawn.data.subarray(start, end))
      : { X: rowsBetween(X, start, end), y: rowsBetween(y, start, end) };
    const scores = model.loss(batch.X, undefined, workspace);
    sum += model.score ? scored(model, scores, batch.y) : countRight(scores, batch.y);
    yield;
  }
  return (shared?.sum(sum) ?? sum) / total;
}

/** Runs a computation without waiting. */
export function drain<T>(steps: Generator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The score of a batch, times its rows. */
function scored(model: TrainableModel, out: unknown, y: NDArray): number {
  const score = out instanceof NDArray ? model.score!(out, y) : NaN;
  if (typeof score === "number" && !Number.isNaN(score)) return score * y.shape[0];
  throw new TypeError(
    "checkAccuracy: model.loss(X) must return an array and model.score(out, y) a number, got " +
      `${out instanceof NDArray ? score : typeof out}`,
  );
}

function countRight(scores: unknown, y: NDArray): number {
  checkScores("checkAccuracy", scores, y.size);
  const [rows, classes] = scores.shape;
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
