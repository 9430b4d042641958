/**
 * Multiclass support vector machine (hinge) loss with margin 1:
 * `L = 1/N Σ_i Σ_{j ≠ y_i} max(0, s_ij - s_{i,y_i} + 1)`.
 *
 * Every positive margin adds 1/N to the gradient of its own score and takes 1/N from that of the
 * right class. A margin of exactly 0 has gradient 0.
 *
 * Source: CS231n notes, "Linear classification" (Weston and Watkins' formulation).
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { classLabels } from "./_labels.ts";
import { checkRows } from "./_shapes.ts";

/**
 * Computes the hinge loss of class scores, and its gradient.
 *
 * @param x Scores, (N, C)
 * @param y Labels, (N,), whole numbers from 0 to C - 1
 * @returns The loss averaged over the rows, and `dx` (N, C)
 * @throws {RangeError} If the shapes do not fit, the batch is empty, or a label is no class
 *
 * @example
 * ```ts
 * import { svmLoss } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [loss, dx] = svmLoss(array([[3, 2.5, 1]]), array([0]));
 * assert.equal(loss, 0.5);
 * assert.deepEqual(dx.toArray(), [[-1, 1, 0]]);
 * ```
 *
 * @category Layers
 */
export function svmLoss(x: NDArray, y: NDArray): [loss: number, dx: NDArray] {
  checkRows("svmLoss", x);
  const labels = classLabels("svmLoss", x, y);
  [x] = unify(x);
  const [n, c] = x.shape;
  const dx = emptyArray(x.shape, x.dtype);
  return [kernels.svmLoss(n, c, floats(x), labels, floats(dx)), dx];
}
