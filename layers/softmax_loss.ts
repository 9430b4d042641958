/**
 * Softmax (cross-entropy) loss: `L = 1/N Σ_i (log Σ_j exp s_ij - s_{i,y_i})`.
 *
 * With the probabilities `p_ij = exp s_ij / Σ_k exp s_ik` the gradient is `(p_ij - [j = y_i]) / N`.
 * The maximum of each row is taken off first, so that large scores do not overflow.
 *
 * Source: CS231n notes, "Linear classification".
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { classLabels } from "./_labels.ts";

/**
 * Computes the softmax loss of class scores, and its gradient.
 *
 * @param x Scores, (N, C), or with more leading axes (N, …, C)
 * @param y Labels, (N,) or (N, …), whole numbers from 0 to C - 1
 * @returns The loss averaged over all rows, and `dx` of the shape of `x`
 * @throws {RangeError} If the shapes do not fit, the batch is empty, or a label is no class
 *
 * @example
 * ```ts
 * import { softmaxLoss } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [loss, dx] = softmaxLoss(array([[0, 0, 0, 0]]), array([2]));
 * assert.equal(loss, Math.log(4));
 * assert.deepEqual(dx.toArray(), [[0.25, 0.25, -0.75, 0.25]]);
 * ```
 *
 * @category Layers
 */
export function softmaxLoss(x: NDArray, y: NDArray): [loss: number, dx: NDArray] {
  const labels = classLabels("softmaxLoss", x, y);
  [x] = unify(x);
  const c = x.shape[x.ndim - 1];
  const dx = emptyArray(x.shape, x.dtype);
  return [kernels.softmaxLoss(labels.length, c, floats(x), labels, floats(dx)), dx];
}
