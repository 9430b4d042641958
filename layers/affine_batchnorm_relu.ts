/**
 * Affine layer, batch normalisation, ReLU: the hidden layer of a batch-normalised network.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { checkCache, compositeGradients, gradients, nothing, wanted } from "./_backward.ts";
import { batchnormGradients, normalizeBatch } from "./_batchnorm.ts";
import { checkUpstream } from "./_shapes.ts";
import { affineBackward, type AffineCache, affineForward } from "./affine.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import type { BatchnormCache } from "./batchnorm.ts";
import type { BatchnormParam } from "./batchnorm_param.ts";
import type { ReluCache } from "./relu.ts";

/**
 * What {@linkcode affineBatchnormReluBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface AffineBatchnormReluCache {
  /** Cache of the affine layer. */
  readonly affine: AffineCache;
  /** Cache of batch normalisation. */
  readonly batchnorm: BatchnormCache;
  /** Cache of ReLU. */
  readonly relu: ReluCache;
}

/**
 * Computes the forward pass of affine layer, batch normalisation and ReLU.
 *
 * @param x Input, (N, d₁, …, d_k)
 * @param w Weights, (D, M) with D = d₁·…·d_k
 * @param b Biases, (M,)
 * @param gamma Scale, (M,)
 * @param beta Shift, (M,)
 * @param bnParam Mode, constants and running statistics; in train mode the latter are updated
 * @returns `out` of shape (N, M), and the cache of the backward pass
 * @throws {RangeError} If a shape, the mode or a constant is wrong, or the batch is empty
 *
 * @example
 * ```ts
 * import { affineBatchnormReluForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, w, b] = [array([[1], [2]]), array([[4]]), array([100])];
 * const bnParam = { mode: "train", eps: 0 } as const;
 * const [out] = affineBatchnormReluForward(x, w, b, ones([1]), zeros([1]), bnParam);
 * assert.deepEqual(out.toArray(), [[0], [1]]);
 * ```
 *
 * @category Layers
 */
export function affineBatchnormReluForward(
  x: NDArray,
  w: NDArray,
  b: NDArray,
  gamma: NDArray,
  beta: NDArray,
  bnParam: BatchnormParam,
): [out: NDArray, cache: AffineBatchnormReluCache] {
  const [scores, affine] = affineForward(x, w, b);
  const [out, batchnorm] = normalizeBatch("batchnormForward", scores, gamma, beta, bnParam, true);
  return [out, { affine, batchnorm, relu: { x: out } }];
}

/**
 * Computes the backward pass of affine layer, batch normalisation and ReLU.
 *
 * @param dout Upstream gradient, (N, M)
 * @param cache The cache of {@linkcode affineBatchnormReluForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (shape of x), `dw` (D, M), `db` (M,), `dgamma` (M,), `dbeta` (M,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` is not (N, M)
 *
 * @example
 * ```ts
 * import { affineBatchnormReluBackward, affineBatchnormReluForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, w, b] = [array([[1], [2]]), array([[4]]), array([100])];
 * const bnParam = { mode: "train", eps: 0 } as const;
 * const [, cache] = affineBatchnormReluForward(x, w, b, ones([1]), zeros([1]), bnParam);
 * const [, , , dgamma, dbeta] = affineBatchnormReluBackward(array([[5], [7]]), cache);
 * assert.deepEqual([dgamma.item(), dbeta.item()], [7, 7]);
 * ```
 *
 * @category Layers
 */
export function affineBatchnormReluBackward<
  N extends Needs<"dx" | "dw" | "db" | "dgamma" | "dbeta"> = EveryGradient,
>(
  dout: NDArray,
  cache: AffineBatchnormReluCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dw: "dw", db: "db", dgamma: "dgamma", dbeta: "dbeta"], N> {
  const caller = "affineBatchnormReluBackward";
  const { affine, batchnorm, relu } = checkCache(caller, dout, cache, [
    "affine",
    "batchnorm",
    "relu",
  ]);
  const { dx, dw, db, dgamma, dbeta } = wanted(caller, compositeGradients(), options);
  checkUpstream(caller, dout, relu.x.shape);
  const normNeeds = { needs: { dx: dx || dw || db, dgamma, dbeta } };
  const [dscores, ...scaleShift] = batchnormGradients(caller, dout, batchnorm, normNeeds, relu.x);
  const affineGradients = dscores
    ? affineBackward(dscores, affine, { needs: { dx, dw, db } })
    : nothing;
  return gradients(...affineGradients, ...scaleShift);
}
