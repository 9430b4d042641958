/**
 * Affine (fully connected) layer: `out = x·W + b`.
 *
 * Every axis of `x` after the first is flattened: (N, d₁, …, d_k) is read as (N, D).
 *
 * Backward, from `out_ij = Σ_k x_ik W_kj + b_j`:
 * `∂L/∂x = dout·Wᵀ`, `∂L/∂W = xᵀ·dout`, `∂L/∂b = Σ_i dout_i`.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import { matmul, type NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, sumRows, unify } from "./_arrays.ts";
import { checkCache, gradients, wanted } from "./_backward.ts";
import { checkAffine, checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";

/**
 * What {@linkcode affineBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface AffineCache {
  /** Input, (N, d₁, …, d_k). */
  readonly x: NDArray;
  /** Weights, (D, M). */
  readonly w: NDArray;
}

/**
 * Computes the forward pass of an affine layer.
 *
 * @param x Input, (N, d₁, …, d_k)
 * @param w Weights, (D, M) with D = d₁·…·d_k
 * @param b Biases, (M,)
 * @returns `out` of shape (N, M), and the cache of the backward pass
 * @throws {RangeError} If the shapes do not fit together, or the batch is empty
 *
 * @example
 * ```ts
 * import { affineForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = affineForward(array([[1, 2]]), array([[1], [10]]), array([3]));
 * assert.deepEqual(out.toArray(), [[24]]);
 * ```
 *
 * @category Layers
 */
export function affineForward(
  x: NDArray,
  w: NDArray,
  b: NDArray,
): [out: NDArray, cache: AffineCache] {
  checkAffine("affineForward", x, w, b);
  [x, w, b] = unify(x, w, b);
  const n = x.shape[0];
  const [d, m] = w.shape;
  const out = emptyArray([n, m], x.dtype);
  kernels.affine(n, d, m, floats(x), floats(w), floats(b), false, floats(out));
  return [out, { x, w }];
}

/**
 * Computes the backward pass of an affine layer.
 *
 * @param dout Upstream gradient, (N, M)
 * @param cache The cache of {@linkcode affineForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (shape of x), `dw` (D, M), `db` (M,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` is not (N, M)
 *
 * @example
 * ```ts
 * import { affineBackward, affineForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = affineForward(array([[1, 2]]), array([[1], [10]]), array([3]));
 * const [dx, dw, db] = affineBackward(array([[5]]), cache);
 * assert.deepEqual(dx.toArray(), [[5, 50]]);
 * assert.deepEqual(dw.toArray(), [[5], [10]]);
 * assert.deepEqual(db.toArray(), [5]);
 * ```
 *
 * @category Layers
 */
export function affineBackward<N extends Needs<"dx" | "dw" | "db"> = EveryGradient>(
  dout: NDArray,
  cache: AffineCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dw: "dw", db: "db"], N> {
  const { x, w } = checkCache("affineBackward", dout, cache, ["x", "w"]);
  checkUpstream("affineBackward", dout, [x.shape[0], w.shape[1]]);
  const needs = wanted("affineBackward", { dx: true, dw: true, db: true }, options);
  [dout] = unify(dout, x, w);
  const isFlat = x.ndim === 2;
  const rows = isFlat ? x : x.reshape([x.shape[0], w.shape[0]]);
  const drows = needs.dx ? matmul(dout, w, { transposeB: true }) : null;
  const dx = isFlat || !drows ? drows : drows.reshape(x.shape);
  const dw = needs.dw ? matmul(rows, dout, { transposeA: true }) : null;
  const db = needs.db ? sumRows(dout) : null;
  return gradients(dx, dw, db);
}
