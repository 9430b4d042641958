/**
 * Softmax over the last axis: `out_i = exp x_i / Σ_j exp x_j`, and its logarithm.
 *
 * The maximum of each row is taken off first, so that large values do not overflow.
 *
 * Backward, over each row: of softmax `dx_i = out_i·(dout_i - Σ_j dout_j·out_j)`, of its logarithm
 * `dx_i = dout_i - exp(out_i)·Σ_j dout_j`.
 *
 * @module
 */
import { specialize } from "../internal/specialize.ts";
import type { FloatArray } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { checkInput, checkUpstream } from "./_shapes.ts";

/** What {@linkcode softmaxBackward} needs from the forward pass. */
export interface SoftmaxCache {
  /** The probabilities, (…, C). */
  readonly out: NDArray;
}

/**
 * Computes the softmax of each row.
 *
 * @param x Scores, (…, C)
 * @returns `out` of the shape of `x`, and the cache of the backward pass
 * @throws {RangeError} If `x` is empty
 *
 * @example
 * ```ts
 * import { softmaxForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = softmaxForward(array([[7, 7], [0, -Infinity]]));
 * assert.deepEqual(out.toArray(), [[0.5, 0.5], [1, 0]]);
 * ```
 */
export function softmaxForward(x: NDArray): [out: NDArray, cache: SoftmaxCache] {
  checkInput("softmaxForward", x);
  [x] = unify(x);
  const out = emptyArray(x.shape, x.dtype);
  specialize(softmaxRows, x.dtype)(x.shape[x.ndim - 1], floats(x), floats(out));
  return [out, { out }];
}

/**
 * Computes the backward pass of {@linkcode softmaxForward}.
 *
 * @param dout Upstream gradient, (…, C)
 * @param cache The cache of {@linkcode softmaxForward}
 * @returns `dx` (…, C)
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { softmaxBackward, softmaxForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = softmaxForward(array([7, 7]));
 * assert.deepEqual(softmaxBackward(array([4, 0]), cache).toArray(), [1, -1]);
 * ```
 */
export function softmaxBackward(dout: NDArray, cache: SoftmaxCache): NDArray {
  let { out } = checkCache("softmaxBackward", dout, cache, ["out"]);
  checkUpstream("softmaxBackward", dout, out.shape);
  [dout, out] = unify(dout, out);
  const dx = emptyArray(out.shape, out.dtype);
  const columns = out.shape[out.ndim - 1];
  specialize(softmaxRowsBackward, out.dtype)(columns, floats(dout), floats(out), floats(dx));
  return dx;
}

/** What {@linkcode logSoftmaxBackward} needs from the forward pass. */
export interface LogSoftmaxCache {
  /** The logarithms of the probabilities, (…, C). */
  readonly out: NDArray;
}

/**
 * Computes the logarithm of the softmax of each row, which stays finite where the softmax rounds to 0.
 *
 * @param x Scores, (…, C)
 * @returns `out` of the shape of `x`, and the cache of the backward pass
 * @throws {RangeError} If `x` is empty
 *
 * @example
 * ```ts
 * import { logSoftmaxForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = logSoftmaxForward(array([7, 7, -Infinity]));
 * assert.deepEqual(out.toArray(), [-Math.LN2, -Math.LN2, -Infinity]);
 * ```
 */
export function logSoftmaxForward(x: NDArray): [out: NDArray, cache: LogSoftmaxCache] {
  checkInput("logSoftmaxForward", x);
  [x] = unify(x);
  const out = emptyArray(x.shape, x.dtype);
  specialize(logSoftmaxRows, x.dtype)(x.shape[x.ndim - 1], floats(x), floats(out));
  return [out, { out }];
}

/**
 * Computes the backward pass of {@linkcode logSoftmaxForward}.
 *
 * @param dout Upstream gradient, (…, C)
 * @param cache The cache of {@linkcode logSoftmaxForward}
 * @returns `dx` (…, C)
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { logSoftmaxBackward, logSoftmaxForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = logSoftmaxForward(array([7, 7]));
 * assert.deepEqual(logSoftmaxBackward(array([4, 0]), cache).toArray(), [2, -2]);
 * ```
 */
export function logSoftmaxBackward(dout: NDArray, cache: LogSoftmaxCache): NDArray {
  let { out } = checkCache("logSoftmaxBackward", dout, cache, ["out"]);
  checkUpstream("logSoftmaxBackward", dout, out.shape);
  [dout, out] = unify(dout, out);
  const dx = emptyArray(out.shape, out.dtype);
  const columns = out.shape[out.ndim - 1];
  specialize(logSoftmaxRowsBackward, out.dtype)(columns, floats(dout), floats(out), floats(dx));
  return dx;
}

function softmaxRows(columns: number, x: FloatArray, out: FloatArray): void {
  for (let row = 0; row < x.length; row += columns) {
    const end = row + columns;
    let largest = x[row];
    for (let i = row + 1; i < end; i++) if (x[i] > largest) largest = x[i];
    let sum = 0;
    for (let i = row; i < end; i++) sum += out[i] = Math.exp(x[i] - largest);
    for (let i = row; i < end; i++) out[i] /= sum;
  }
}

function softmaxRowsBackward(
  columns: number,
  dout: FloatArray,
  out: FloatArray,
  dx: FloatArray,
): void {
  for (let row = 0; row < out.length; row += columns) {
    const end = row + columns;
    let mean = 0;
    for (let i = row; i < end; i++) mean += dout[i] * out[i];
    for (let i = row; i < end; i++) dx[i] = out[i] * (dout[i] - mean);
  }
}

function logSoftmaxRows(columns: number, x: FloatArray, out: FloatArray): void {
  for (let row = 0; row < x.length; row += columns) {
    const end = row + columns;
    let largest = x[row];
    for (let i = row + 1; i < end; i++) if (x[i] > largest) largest = x[i];
    let sum = 0;
    for (let i = row; i < end; i++) sum += Math.exp(x[i] - largest);
    const log = Math.log(sum);
    for (let i = row; i < end; i++) out[i] = x[i] - largest - log;
  }
}

function logSoftmaxRowsBackward(
  columns: number,
  dout: FloatArray,
  out: FloatArray,
  dx: FloatArray,
): void {
  for (let row = 0; row < out.length; row += columns) {
    const end = row + columns;
    let sum = 0;
    for (let i = row; i < end; i++) sum += dout[i];
    for (let i = row; i < end; i++) dx[i] = dout[i] - Math.exp(out[i]) * sum;
  }
}
