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
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { checkInput, checkUpstream } from "./_shapes.ts";

/**
 * What {@linkcode softmaxBackward} needs from the forward pass.
 *
 * @category Layers
 */
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
 *
 * @category Layers
 */
export function softmaxForward(x: NDArray): [out: NDArray, cache: SoftmaxCache] {
  checkInput("softmaxForward", x);
  [x] = unify(x);
  const out = emptyArray(x.shape, x.dtype);
  const columns = x.shape[x.ndim - 1];
  kernels.softmaxForward(x.size / columns, columns, floats(x), floats(out));
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
 *
 * @category Layers
 */
export function softmaxBackward(dout: NDArray, cache: SoftmaxCache): NDArray {
  let { out } = checkCache("softmaxBackward", dout, cache, ["out"]);
  checkUpstream("softmaxBackward", dout, out.shape);
  [dout, out] = unify(dout, out);
  const dx = emptyArray(out.shape, out.dtype);
  const columns = out.shape[out.ndim - 1];
  const rows = out.size / columns;
  kernels.softmaxBackward(rows, columns, floats(dout), floats(out), floats(dx));
  return dx;
}

/**
 * What {@linkcode logSoftmaxBackward} needs from the forward pass.
 *
 * @category Layers
 */
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
 *
 * @category Layers
 */
export function logSoftmaxForward(x: NDArray): [out: NDArray, cache: LogSoftmaxCache] {
  checkInput("logSoftmaxForward", x);
  [x] = unify(x);
  const out = emptyArray(x.shape, x.dtype);
  const columns = x.shape[x.ndim - 1];
  kernels.logSoftmaxForward(x.size / columns, columns, floats(x), floats(out));
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
 *
 * @category Layers
 */
export function logSoftmaxBackward(dout: NDArray, cache: LogSoftmaxCache): NDArray {
  let { out } = checkCache("logSoftmaxBackward", dout, cache, ["out"]);
  checkUpstream("logSoftmaxBackward", dout, out.shape);
  [dout, out] = unify(dout, out);
  const dx = emptyArray(out.shape, out.dtype);
  const columns = out.shape[out.ndim - 1];
  const rows = out.size / columns;
  kernels.logSoftmaxBackward(rows, columns, floats(dout), floats(out), floats(dx));
  return dx;
}
