/**
 * The losses of linear classifiers, by loops and vectorised: scores `X·W`, averaged over the rows,
 * plus `reg·ΣW²` (without the factor ½ that the networks have).
 *
 * The gradient with respect to W is `Xᵀ·dscores + 2·reg·W`.
 *
 * Source: CS231n notes, "Linear classification", https://cs231n.github.io/linear-classify/.
 *
 * @module
 */
import { checkLabels } from "../internal/labels.ts";
import { amount, checkValue } from "../internal/described_options.ts";
import { showShape } from "../internal/shapes.ts";
import { showNoArray } from "../internal/show.ts";
import { type FloatArray, kernels } from "../kernels/mod.ts";
import { softmaxLoss, svmLoss } from "../layers/mod.ts";
import { matmul, NDArray, zerosLike } from "../ndarray/mod.ts";

/**
 * A loss of linear scores: the loss, and its gradient with respect to W, (D, C).
 *
 * @category Models
 */
export type LinearLoss = (
  W: NDArray,
  X: NDArray,
  y: NDArray,
  reg: number,
) => [loss: number, dW: NDArray];

/**
 * Multiclass hinge loss by loops: `1/N Σ_i Σ_{j ≠ y_i} max(0, s_ij - s_{i,y_i} + 1) + reg·ΣW²`.
 *
 * @param W Weights, (D, C)
 * @param X Examples, (N, D)
 * @param y Labels, (N,), whole numbers from 0 to C - 1
 * @param reg Strength of the regularisation
 * @returns The loss, and `dW` (D, C)
 * @throws {RangeError} If the shapes do not fit, or a label is no class
 *
 * @example
 * ```ts
 * import { svmLossNaive } from "@nndl/nndl/models";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [loss, dW] = svmLossNaive(zeros([1, 3]), array([[2]]), array([0]), 0);
 * assert.equal(loss, 2);
 * assert.deepEqual(dW.toArray(), [[-4, 2, 2]]);
 * ```
 *
 * @category Models
 */
export function svmLossNaive(
  W: NDArray,
  X: NDArray,
  y: NDArray,
  reg: number,
): [loss: number, dW: NDArray] {
  const { n, d, c, labels } = enter("svmLossNaive", W, X, y, reg);
  const dW = new Float64Array(d * c);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const scores = rowScores(W, X, i, c, d);
    for (let j = 0; j < c; j++) {
      if (j === labels[i]) continue;
      const margin = scores[j] - scores[labels[i]] + 1;
      if (margin <= 0) continue;
      total += margin;
      for (let k = 0; k < d; k++) {
        dW[k * c + j] += X.data[i * d + k];
        dW[k * c + labels[i]] -= X.data[i * d + k];
      }
    }
  }
  return finish(total, dW, W, n, reg);
}

/**
 * Softmax loss by loops: `1/N Σ_i (log Σ_j exp s_ij - s_{i,y_i}) + reg·ΣW²`.
 *
 * @param W Weights, (D, C)
 * @param X Examples, (N, D)
 * @param y Labels, (N,), whole numbers from 0 to C - 1
 * @param reg Strength of the regularisation
 * @returns The loss, and `dW` (D, C)
 * @throws {RangeError} If the shapes do not fit, or a label is no class
 *
 * @example
 * ```ts
 * import { softmaxLossNaive } from "@nndl/nndl/models";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [loss, dW] = softmaxLossNaive(zeros([1, 2]), array([[4]]), array([0]), 0);
 * assert.equal(loss, Math.log(2));
 * assert.deepEqual(dW.toArray(), [[-2, 2]]);
 * ```
 *
 * @category Models
 */
export function softmaxLossNaive(
  W: NDArray,
  X: NDArray,
  y: NDArray,
  reg: number,
): [loss: number, dW: NDArray] {
  const { n, d, c, labels } = enter("softmaxLossNaive", W, X, y, reg);
  const dW = new Float64Array(d * c);
  let total = 0;
  for (let i = 0; i < n; i++) {
    const scores = rowScores(W, X, i, c, d);
    const largest = Math.max(...scores);
    let sum = 0;
    for (let j = 0; j < c; j++) sum += Math.exp(scores[j] - largest);
    total += Math.log(sum) + largest - scores[labels[i]];
    for (let j = 0; j < c; j++) {
      const dscore = Math.exp(scores[j] - largest) / sum - (j === labels[i] ? 1 : 0);
      for (let k = 0; k < d; k++) dW[k * c + j] += dscore * X.data[i * d + k];
    }
  }
  return finish(total, dW, W, n, reg);
}

/**
 * Multiclass hinge loss through matrix products, see {@linkcode svmLossNaive}.
 *
 * @param W Weights, (D, C)
 * @param X Examples, (N, D)
 * @param y Labels, (N,), whole numbers from 0 to C - 1
 * @param reg Strength of the regularisation
 * @returns The loss, and `dW` (D, C)
 * @throws {RangeError} If the shapes do not fit, or a label is no class
 *
 * @example
 * ```ts
 * import { svmLossVectorized } from "@nndl/nndl/models";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [loss, dW] = svmLossVectorized(zeros([1, 3]), array([[2]]), array([0]), 0);
 * assert.equal(loss, 2);
 * assert.deepEqual(dW.toArray(), [[-4, 2, 2]]);
 * ```
 *
 * @category Models
 */
export function svmLossVectorized(
  W: NDArray,
  X: NDArray,
  y: NDArray,
  reg: number,
): [loss: number, dW: NDArray] {
  enter("svmLossVectorized", W, X, y, reg);
  return vectorized(svmLoss, W, X, y, reg);
}

/**
 * Softmax loss through matrix products, see {@linkcode softmaxLossNaive}.
 *
 * @param W Weights, (D, C)
 * @param X Examples, (N, D)
 * @param y Labels, (N,), whole numbers from 0 to C - 1
 * @param reg Strength of the regularisation
 * @returns The loss, and `dW` (D, C)
 * @throws {RangeError} If the shapes do not fit, or a label is no class
 *
 * @example
 * ```ts
 * import { softmaxLossVectorized } from "@nndl/nndl/models";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [loss, dW] = softmaxLossVectorized(zeros([1, 2]), array([[4]]), array([0]), 0);
 * assert.equal(loss, Math.log(2));
 * assert.deepEqual(dW.toArray(), [[-2, 2]]);
 * ```
 *
 * @category Models
 */
export function softmaxLossVectorized(
  W: NDArray,
  X: NDArray,
  y: NDArray,
  reg: number,
): [loss: number, dW: NDArray] {
  enter("softmaxLossVectorized", W, X, y, reg);
  return vectorized(softmaxLoss, W, X, y, reg);
}

function vectorized(
  lossOfScores: (scores: NDArray, y: NDArray) => [loss: number, dscores: NDArray],
  W: NDArray,
  X: NDArray,
  y: NDArray,
  reg: number,
): [loss: number, dW: NDArray] {
  const [loss, dscores] = lossOfScores(matmul(X, W), y);
  const dW = matmul(X, dscores, { transposeA: true });
  const weights = (W.dtype === dW.dtype ? W : W.astype(dW.dtype)).data as FloatArray;
  kernels.addScaled(2 * reg, weights, dW.data as FloatArray);
  return [loss + reg * kernels.sumSquares(weights), dW];
}

/** Checks the arguments once, with the caller's name. */
function enter(caller: string, W: NDArray, X: NDArray, y: NDArray, reg: number) {
  for (const [name, value] of Object.entries({ W, X })) {
    if (value instanceof NDArray) continue;
    throw new TypeError(`${caller}: ${name} must be an NDArray, got ${showNoArray(value, name)}`);
  }
  if (X.ndim !== 2 || X.shape[0] === 0) {
    throw new RangeError(
      `${caller}: X must have shape (N, D) with at least one row, got ${showShape(X.shape)}`,
    );
  }
  const [n, d] = X.shape;
  if (W.ndim !== 2 || W.shape[0] !== d || W.shape[1] === 0) {
    const isTransposed = W.ndim === 2 && W.shape[1] === d;
    throw new RangeError(
      `${caller}: W must have shape (${d}, C) for X of shape ${showShape(X.shape)}, got ` +
        `${showShape(W.shape)}${isTransposed ? "; transpose W?" : ""}`,
    );
  }
  checkValue(caller, "reg", reg, amount());
  const c = W.shape[1];
  checkLabels(caller, "y", y, { rows: n, each: "one label for each row of X", classes: c });
  return { n, d, c, labels: y.data };
}

function rowScores(W: NDArray, X: NDArray, i: number, c: number, d: number): Float64Array {
  const scores = new Float64Array(c);
  for (let k = 0; k < d; k++) {
    for (let j = 0; j < c; j++) scores[j] += X.data[i * d + k] * W.data[k * c + j];
  }
  return scores;
}

/** Averages the sums over the rows and adds the regularisation. */
function finish(
  total: number,
  sums: Float64Array,
  W: NDArray,
  n: number,
  reg: number,
): [loss: number, dW: NDArray] {
  const dW = zerosLike(W, W.dtype === "float32" ? "float32" : "float64");
  let squares = 0;
  for (let i = 0; i < sums.length; i++) {
    const weight = W.data[i];
    squares += weight * weight;
    dW.data[i] = sums[i] / n + 2 * reg * weight;
  }
  return [total / n + reg * squares, dW];
}
