/**
 * Binary cross-entropy of logits: `L = 1/n Σ_i (max(x_i, 0) - x_i·t_i + log(1 + exp(-|x_i|)))`, which
 * is `-t·log σ(x) - (1 - t)·log(1 - σ(x))` in a form that no logit overflows.
 *
 * The gradient is `(σ(x_i) - t_i) / n`.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import { emptyArray, unify } from "./_arrays.ts";
import { checkArray, checkInput } from "./_shapes.ts";

/**
 * Computes the binary cross-entropy of logits, and its gradient.
 *
 * @param x Logits, any shape
 * @param target Probabilities to reach, 0 to 1, of the shape of `x`
 * @returns The loss averaged over all elements, and `dx` of the shape of `x`
 * @throws {RangeError} If the shapes differ, there are no elements, or a target is not a probability
 *
 * @example
 * ```ts
 * import { bceWithLogitsLoss } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [loss, dx] = bceWithLogitsLoss(array([0, 1e4]), array([1, 1]));
 * assert.equal(loss, Math.log(2) / 2);
 * assert.deepEqual(dx.toArray(), [-0.25, 0]);
 * ```
 *
 * @category Layers
 */
export function bceWithLogitsLoss(x: NDArray, target: NDArray): [loss: number, dx: NDArray] {
  checkInput("bceWithLogitsLoss", x.ndim === 0 ? x.reshape([1]) : x);
  checkArray("bceWithLogitsLoss", "target", target);
  if (!sameShape(x.shape, target.shape)) {
    throw new RangeError(
      `bceWithLogitsLoss: target must have the shape of x, ${showShape(x.shape)}, got ` +
        showShape(target.shape),
    );
  }
  const wrong = target.data.findIndex((t: number) => !(t >= 0 && t <= 1));
  if (wrong >= 0) {
    throw new RangeError(
      `bceWithLogitsLoss: targets must be from 0 to 1, got ${target.data[wrong]} at position ` +
        `${wrong}; are they logits?`,
    );
  }
  [x] = unify(x);
  const dx = emptyArray(x.shape, x.dtype);
  const [X, T, DX, n] = [x.data, target.data, dx.data, x.size];
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const tail = Math.exp(-Math.abs(X[i]));
    loss += Math.max(X[i], 0) - X[i] * T[i] + Math.log1p(tail);
    DX[i] = ((X[i] >= 0 ? 1 : tail) / (1 + tail) - T[i]) / n;
  }
  return [loss / n, dx];
}
