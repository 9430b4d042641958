/**
 * Spatial group normalisation: the channels of every image are split into G groups, and each group
 * is normalised over its C/G·H·W values; every channel is then scaled and shifted. It does the
 * same in training and at test time. G = 1 is layer normalisation, G = C instance normalisation.
 *
 * Source: Y. Wu and K. He, "Group Normalization", 2018, https://arxiv.org/abs/1803.08494.
 *
 * @module
 */
import { checkDivides } from "../internal/divisors.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { checkCache, gradients } from "./_backward.ts";
import { checkImages } from "./_geometry.ts";
import { groupnormGradients, normalizeGroups } from "./_groupnorm.ts";
import { checkArray, checkEps, checkParam, checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";

/**
 * Settings of a group normalisation layer.
 *
 * @category Layers
 */
export interface GroupnormParam {
  /** Added to the variance under the root, by default 1e-5. */
  eps?: number;
}

/**
 * What {@linkcode spatialGroupnormBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface SpatialGroupnormCache {
  /** Input, (N, C, H, W). */
  readonly x: NDArray;
  /** Scale, (C,) or (1, C, 1, 1). */
  readonly gamma: NDArray;
  /** Shape of the shift, (C,) or (1, C, 1, 1). */
  readonly betaShape: readonly number[];
  /** Number of groups. */
  readonly G: number;
  /** Mean of every group, (N, G). */
  readonly mean: NDArray;
  /** Biased variance of every group, (N, G). */
  readonly variance: NDArray;
  /** What was added to the variance under the root. */
  readonly eps: number;
}

/**
 * Computes the forward pass of spatial group normalisation.
 *
 * @param x Input, (N, C, H, W)
 * @param gamma Scale, (C,) or (1, C, 1, 1)
 * @param beta Shift, (C,) or (1, C, 1, 1)
 * @param G Number of groups, a divisor of C
 * @param gnParam Settings
 * @returns `out` (N, C, H, W), and the cache of the backward pass
 * @throws {RangeError} If a shape, G or eps is wrong, or the batch is empty
 *
 * @example
 * ```ts
 * import { spatialGroupnormForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 3]], [[20, 10]]]]);
 * const [out] = spatialGroupnormForward(x, ones([2]), zeros([2]), 2, { eps: 0 });
 * assert.deepEqual(out.toArray(), [[[[-1, 1]], [[1, -1]]]]);
 * ```
 *
 * @category Layers
 */
export function spatialGroupnormForward(
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  G: number,
  gnParam: GroupnormParam = {},
): [out: NDArray, cache: SpatialGroupnormCache] {
  checkImages("spatialGroupnormForward", x);
  const [n, c, h, w] = x.shape;
  checkChannels("gamma", gamma, c);
  checkChannels("beta", beta, c);
  checkDivides("spatialGroupnormForward: G, the number of groups,", G, c, "channels of x");
  checkParam("spatialGroupnormForward", "gnParam", gnParam);
  const { eps = 1e-5 } = gnParam;
  checkEps("spatialGroupnormForward", "gnParam", eps);
  const [out, cache] = normalizeGroups([n, G, c / G, h * w], [n, G], x, gamma, beta, eps);
  return [out, { ...cache, betaShape: beta.shape, G }];
}

/**
 * Computes the backward pass of spatial group normalisation.
 *
 * @param dout Upstream gradient, (N, C, H, W)
 * @param cache The cache of {@linkcode spatialGroupnormForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, C, H, W), `dgamma` and `dbeta` in the shapes that gamma and beta came in
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than `x`
 *
 * @example
 * ```ts
 * import { spatialGroupnormBackward, spatialGroupnormForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 3]], [[20, 10]]]]);
 * const [, cache] = spatialGroupnormForward(x, ones([2]), zeros([2]), 2, { eps: 0 });
 * const [, dgamma, dbeta] = spatialGroupnormBackward(array([[[[5, 7]], [[1, 4]]]]), cache);
 * assert.deepEqual(dgamma.toArray(), [2, -3]);
 * assert.deepEqual(dbeta.toArray(), [12, 5]);
 * ```
 *
 * @category Layers
 */
export function spatialGroupnormBackward<
  N extends Needs<"dx" | "dgamma" | "dbeta"> = EveryGradient,
>(
  dout: NDArray,
  cache: SpatialGroupnormCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dgamma: "dgamma", dbeta: "dbeta"], N> {
  const caller = "spatialGroupnormBackward";
  const { x, G, betaShape } = checkCache(caller, dout, cache, ["x", "gamma", "betaShape", "G"]);
  checkUpstream(caller, dout, x.shape);
  const [n, c, h, w] = x.shape;
  const sizes = [n, G, c / G, h * w] as const;
  return gradients(...groupnormGradients(caller, sizes, dout, cache, betaShape, options));
}

function checkChannels(name: string, v: NDArray, c: number): void {
  checkArray("spatialGroupnormForward", name, v);
  if (sameShape(v.shape, [c]) || sameShape(v.shape, [1, c, 1, 1])) return;
  throw new RangeError(
    `spatialGroupnormForward: ${name} must have shape (${c},) or (1, ${c}, 1, 1), one entry for ` +
      `each channel of x, got ${showShape(v.shape)}`,
  );
}
