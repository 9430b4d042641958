/**
 * The end of a run whose loss is no number any more.
 *
 * @module
 */

/**
 * Thrown by `train()` when the loss is NaN or infinite. The best parameters found before are in
 * the model.
 *
 * @example
 * ```ts
 * import { NonFiniteLossError } from "@nndl/nndl/solver";
 * import assert from "node:assert/strict";
 *
 * const error = new NonFiniteLossError(NaN, 58, 2.31, "lower the learning rate");
 * assert.equal(
 *   error.message,
 *   "train: the loss is NaN at iteration 58, after a last finite loss of 2.31; lower the learning rate",
 * );
 * ```
 *
 * @category Training
 */
export class NonFiniteLossError extends Error {
  /** The class name, `"NonFiniteLossError"`. */
  override readonly name = "NonFiniteLossError";
  /** The loss: NaN or an infinity. */
  readonly loss: number;
  /** The step it came in, 1 for the first. */
  readonly iteration: number;
  /** The loss of the step before, or null if it was the first. */
  readonly lastFiniteLoss: number | null;
  /** What to do. */
  readonly advice: string;
  /** The name of the figure: `"loss"`, or what a loop of one's own calls it. */
  readonly figure: string;

  /**
   * Builds the error.
   *
   * @param loss The loss: NaN or an infinity
   * @param iteration The step it came in, 1 for the first
   * @param lastFiniteLoss The loss of the step before, or null if it was the first
   * @param advice What to do
   * @param figure The name of the figure
   */
  constructor(
    loss: number,
    iteration: number,
    lastFiniteLoss: number | null,
    advice: string,
    figure: string = "loss",
  ) {
    const before = lastFiniteLoss === null
      ? "the first"
      : `after a last finite ${figure} of ${lastFiniteLoss}`;
    const what = figure === "loss" ? "the loss" : figure;
    super(`train: ${what} is ${loss} at iteration ${iteration}, ${before}; ${advice}`);
    this.loss = loss;
    this.iteration = iteration;
    this.lastFiniteLoss = lastFiniteLoss;
    this.advice = advice;
    this.figure = figure;
  }
}
