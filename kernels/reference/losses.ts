/**
 * Losses over rows of class scores, each with its gradient.
 *
 * @module
 */
import type { FloatArray } from "../types.ts";

/** Contracts of the losses. */
export const lossContracts = {
  /**
   * Softmax cross-entropy averaged over the n rows of scores x (n, c) with labels y (n), and its
   * gradient `dx` (n, c). Log-sum-exp with the row maximum taken off, so large scores do not
   * overflow.
   */
  softmaxLoss: [
    "n: size",
    "c: size",
    "x: in float[n*c]",
    "y: in int32[n]",
    "dx: out float[n*c]",
    "returns number",
  ],

  /**
   * Multiclass hinge loss with margin 1, averaged over the n rows of scores x (n, c) with labels
   * y (n), and its gradient `dx` (n, c). A margin of exactly 0 has gradient 0.
   */
  svmLoss: [
    "n: size",
    "c: size",
    "x: in float[n*c]",
    "y: in int32[n]",
    "dx: out float[n*c]",
    "returns number",
  ],
} as const;

/**
 * Softmax cross-entropy, see `Kernels.softmaxLoss`. With `p_j = exp(x_j - max) / Σ exp(x - max)`:
 * `loss = log Σ exp(x - max) - (x_y - max)` and `dx_j = p_j - [j = y]`, averaged over rows.
 */
export function softmaxLoss(
  n: number,
  c: number,
  x: FloatArray,
  y: Int32Array,
  dx: FloatArray,
): number {
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const start = i * c;
    const end = start + c;
    const target = start + y[i];
    let max = x[start];
    for (let p = start + 1; p < end; p++) {
      if (x[p] > max) max = x[p];
    }
    let sum = 0;
    for (let p = start; p < end; p++) {
      const exponential = Math.exp(x[p] - max);
      dx[p] = exponential;
      sum += exponential;
    }
    loss += Math.log(sum) - (x[target] - max);

    const scale = 1 / (sum * n);
    for (let p = start; p < end; p++) dx[p] *= scale;
    // From float64: a probability near 1 that was rounded to float32 would cancel to noise.
    dx[target] = Math.exp(x[target] - max) * scale - 1 / n;
  }
  return n > 0 ? loss / n : 0;
}

/**
 * Multiclass hinge loss, see `Kernels.svmLoss`: `Σ_{j ≠ y} max(0, x_j - x_y + 1)` per row. Every
 * positive margin pulls its own score down and the target's score up by one.
 */
export function svmLoss(
  n: number,
  c: number,
  x: FloatArray,
  y: Int32Array,
  dx: FloatArray,
): number {
  const share = 1 / n;
  let loss = 0;
  for (let i = 0; i < n; i++) {
    const start = i * c;
    const end = start + c;
    const target = start + y[i];
    const threshold = x[target] - 1;
    let violations = 0;
    for (let p = start; p < end; p++) {
      const margin = x[p] - threshold;
      if (margin <= 0 || p === target) {
        dx[p] = 0;
      } else {
        // A NaN margin comes here too, so that the loss shows it.
        loss += margin;
        violations++;
        dx[p] = share;
      }
    }
    dx[target] = 0 - violations * share;
  }
  return n > 0 ? loss / n : 0;
}
