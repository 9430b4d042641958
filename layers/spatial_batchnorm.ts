/**
 * Spatial batch normalisation: every channel of a batch of images is normalised over all its
 * values, N·H·W of them, then scaled and shifted; the rest is as in plain batch normalisation.
 *
 * Source: S. Ioffe and C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by
 * Reducing Internal Covariate Shift", 2015, section 3.2, https://arxiv.org/abs/1502.03167.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { checkCache, gradients } from "./_backward.ts";
import { batchnormCacheParts, batchnormGradients, normalizeBatch } from "./_batchnorm.ts";
import { checkImages } from "./_geometry.ts";
import { checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import type { BatchnormCache } from "./batchnorm.ts";
import type { BatchnormParam } from "./batchnorm_param.ts";

/**
 * Computes the forward pass of spatial batch normalisation.
 *
 * @param x Input, (N, C, H, W)
 * @param gamma Scale, (C,)
 * @param beta Shift, (C,)
 * @param bnParam Mode, constants and running statistics (C,); in train mode the latter are updated
 * @returns `out` (N, C, H, W), and the cache of the backward pass
 * @throws {RangeError} If a shape, the mode or a constant is wrong, or the batch is empty
 *
 * @example
 * ```ts
 * import { spatialBatchnormForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 3]]], [[[3, 1]]]]);
 * const [out] = spatialBatchnormForward(x, ones([1]), zeros([1]), { mode: "train", eps: 0 });
 * assert.deepEqual(out.toArray(), [[[[-1, 1]]], [[[1, -1]]]]);
 * ```
 *
 * @category Layers
 */
export function spatialBatchnormForward(
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  bnParam: BatchnormParam,
): [out: NDArray, cache: BatchnormCache] {
  checkImages("spatialBatchnormForward", x);
  return normalizeBatch("spatialBatchnormForward", x, gamma, beta, bnParam);
}

/**
 * Computes the backward pass of spatial batch normalisation.
 *
 * @param dout Upstream gradient, (N, C, H, W)
 * @param cache The cache of {@linkcode spatialBatchnormForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, C, H, W), `dgamma` (C,), `dbeta` (C,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than `x`
 *
 * @example
 * ```ts
 * import { spatialBatchnormBackward, spatialBatchnormForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 3]]], [[[3, 1]]]]);
 * const [, cache] = spatialBatchnormForward(x, ones([1]), zeros([1]), { mode: "train", eps: 0 });
 * const [dx, dgamma, dbeta] = spatialBatchnormBackward(array([[[[1, 1]]], [[[1, 3]]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[[-1, 0]]], [[[0, 1]]]]);
 * assert.deepEqual([dgamma.item(), dbeta.item()], [-2, 6]);
 * ```
 *
 * @category Layers
 */
export function spatialBatchnormBackward<
  N extends Needs<"dx" | "dgamma" | "dbeta"> = EveryGradient,
>(
  dout: NDArray,
  cache: BatchnormCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dgamma: "dgamma", dbeta: "dbeta"], N> {
  checkCache("spatialBatchnormBackward", dout, cache, batchnormCacheParts);
  checkUpstream("spatialBatchnormBackward", dout, cache.x.shape);
  return gradients(...batchnormGradients("spatialBatchnormBackward", dout, cache, options));
}
