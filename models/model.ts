/**
 * What the Solver trains: parameters, and a loss with its gradients.
 *
 * @module
 */
import type { Workspace } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";

/**
 * A trainable model. Any object with `params` and `loss` will do; the rest lets checkpoints hold
 * everything that a continued run needs.
 *
 * @example
 * ```ts
 * import type { Model } from "@nndl/nndl/models";
 * import { softmaxLoss } from "@nndl/nndl/layers";
 * import { matmul, type NDArray, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const params: Record<string, NDArray> = { W: zeros([2, 3]) };
 * function loss(X: NDArray): NDArray;
 * function loss(X: NDArray, y: NDArray): [number, Record<string, NDArray>];
 * function loss(X: NDArray, y?: NDArray): NDArray | [number, Record<string, NDArray>] {
 *   const scores = matmul(X, params.W);
 *   if (!y) return scores;
 *   const [value, dscores] = softmaxLoss(scores, y);
 *   return [value, { W: matmul(X, dscores, { transposeA: true }) }];
 * }
 * const model = { params, loss } as Model;
 * assert.deepEqual(model.loss(zeros([5, 2])).shape, [5, 3]);
 * ```
 */
export interface Model {
  /** The trained arrays by name, such as `W1`, `b1`, `gamma1`, `beta1`. */
  params: Record<string, NDArray>;

  /**
   * Computes the class scores, as at test time.
   *
   * @param X Examples, (N, d₁, …, d_k)
   * @param y Nothing
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns Scores, (N, C)
   */
  loss(X: NDArray, y?: undefined, workspace?: Workspace): NDArray;

  /**
   * Computes the loss and its gradients, as in training.
   *
   * @param X Examples, (N, d₁, …, d_k)
   * @param y Labels, (N,)
   * @param workspace Where the arrays of the pass come from; without one they are fresh
   * @returns The loss, and the gradient of every parameter under its name
   */
  loss(
    X: NDArray,
    y: NDArray,
    workspace?: Workspace,
  ): [loss: number, grads: Record<string, NDArray>];

  /** State that is kept between passes but not trained, by name, live: `"bn1.runningMean"`. */
  readonly buffers?: Record<string, NDArray>;

  /** The generator that dropout draws from. */
  readonly rng?: RandomState;
}
