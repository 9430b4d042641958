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
import { checkAffine, checkUpstream } from "./_shapes.ts";
import type { BackwardOptions } from "./backward_options.ts";

/** What {@linkcode affineBackward} needs from the forward pass. */
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
 * @returns `dx` (shape of x), `dw` (D, M), `db` (M,)
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
 */
export function affineBackward(
  dout: NDArray,
  cache: AffineCache,
): [dx: NDArray, dw: NDArray, db: NDArray];
/**
 * Computes the backward pass of an affine layer, without `dx` if it is not wanted.
 *
 * @param dout Upstream gradient, (N, M)
 * @param cache The cache of {@linkcode affineForward}
 * @param options `needsDx: false` leaves out `dx`
 * @returns `dx` (shape of x) or null, `dw` (D, M), `db` (M,)
 * @throws {RangeError} If `dout` is not (N, M)
 */
export function affineBackward(
  dout: NDArray,
  cache: AffineCache,
  options: BackwardOptions,
): [dx: NDArray | null, dw: NDArray, db: NDArray];
export function affineBackward(
  dout: NDArray,
  { x, w }: AffineCache,
  { needsDx = true }: BackwardOptions = {},
): [dx: NDArray | null, dw: NDArray, db: NDArray] {
  checkUpstream("affineBackward", dout, [x.shape[0], w.shape[1]]);
  [dout] = unify(dout, x, w);
  const rows = x.reshape([x.shape[0], w.shape[0]]);
  const dx = needsDx ? matmul(dout, w, { transposeB: true }).reshape(x.shape) : null;
  const dw = matmul(rows, dout, { transposeA: true });
  return [dx, dw, sumRows(dout)];
}
