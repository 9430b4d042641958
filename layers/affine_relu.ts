/**
 * Affine layer followed by ReLU: `out = max(0, x·W + b)`, in one pass over the output.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { checkAffine } from "./_shapes.ts";
import { affineBackward, type AffineCache } from "./affine.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import { reluBackward, type ReluCache } from "./relu.ts";

/**
 * What {@linkcode affineReluBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface AffineReluCache {
  /** Cache of the affine layer. */
  readonly affine: AffineCache;
  /** Cache of ReLU, with its output. */
  readonly relu: ReluCache;
}

/**
 * Computes the forward pass of an affine layer followed by ReLU.
 *
 * @param x Input, (N, d₁, …, d_k)
 * @param w Weights, (D, M) with D = d₁·…·d_k
 * @param b Biases, (M,)
 * @returns `out` of shape (N, M), and the cache of the backward pass
 * @throws {RangeError} If the shapes do not fit together, or the batch is empty
 *
 * @example
 * ```ts
 * import { affineReluForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = affineReluForward(array([[1, 2]]), array([[1, -1], [10, 0]]), array([3, 0]));
 * assert.deepEqual(out.toArray(), [[24, 0]]);
 * ```
 *
 * @category Layers
 */
export function affineReluForward(
  x: NDArray,
  w: NDArray,
  b: NDArray,
): [out: NDArray, cache: AffineReluCache] {
  checkAffine("affineReluForward", x, w, b);
  [x, w, b] = unify(x, w, b);
  const n = x.shape[0];
  const [d, m] = w.shape;
  const out = emptyArray([n, m], x.dtype);
  kernels.affine(n, d, m, floats(x), floats(w), floats(b), true, floats(out));
  return [out, { affine: { x, w }, relu: { x: out } }];
}

/**
 * Computes the backward pass of an affine layer followed by ReLU.
 *
 * @param dout Upstream gradient, (N, M)
 * @param cache The cache of {@linkcode affineReluForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (shape of x), `dw` (D, M), `db` (M,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` is not (N, M)
 *
 * @example
 * ```ts
 * import { affineReluBackward, affineReluForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = affineReluForward(array([[1, 2]]), array([[1, -1], [10, 0]]), array([3, 0]));
 * const [dx, , db] = affineReluBackward(array([[5, 7]]), cache);
 * assert.deepEqual(dx.toArray(), [[5, 50]]);
 * assert.deepEqual(db.toArray(), [5, 0]);
 * ```
 *
 * @category Layers
 */
export function affineReluBackward<N extends Needs<"dx" | "dw" | "db"> = EveryGradient>(
  dout: NDArray,
  cache: AffineReluCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dw: "dw", db: "db"], N> {
  const { affine, relu } = checkCache("affineReluBackward", dout, cache, ["affine", "relu"]);
  return affineBackward(reluBackward(dout, relu), affine, options);
}
