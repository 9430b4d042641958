/**
 * Layer normalisation: every row of `x` (the last axis, at each place of the leading ones) is brought to
 * mean 0 and variance 1 over its own features, then scaled and shifted: `out = γ·x̂ + β`,
 * `x̂ = (x - μ) / sqrt(σ² + ε)`. It does the same in training and at test time, and other rows of
 * the batch play no part.
 *
 * Backward, with `u = dout·γ` and D features: `dβ = Σ_rows dout`, `dγ = Σ_rows dout·x̂`,
 * `dx = (u - Σ u / D - x̂ · Σ u·x̂ / D) / sqrt(σ² + ε)`, sums over the row.
 *
 * Source: J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer Normalization", 2016,
 * https://arxiv.org/abs/1607.06450.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { checkCache, gradients } from "./_backward.ts";
import { groupnormGradients, normalizeGroups } from "./_groupnorm.ts";
import { checkEps, checkLeading, checkParam, checkScaleShift, checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";

/**
 * Settings of a layer normalisation layer.
 *
 * @category Layers
 */
export interface LayernormParam {
  /** Added to the variance under the root, by default 1e-5. */
  eps?: number;
}

/**
 * What {@linkcode layernormBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface LayernormCache {
  /** Input, (N, …, D). */
  readonly x: NDArray;
  /** Scale, (D,). */
  readonly gamma: NDArray;
  /** Mean of every row, (N, …). */
  readonly mean: NDArray;
  /** Biased variance of every row, (N, …). */
  readonly variance: NDArray;
  /** What was added to the variance under the root. */
  readonly eps: number;
}

/**
 * Computes the forward pass of layer normalisation.
 *
 * @param x Input, (N, D), or with more leading axes (N, …, D)
 * @param gamma Scale, (D,)
 * @param beta Shift, (D,)
 * @param lnParam Settings
 * @returns `out` of the shape of `x`, and the cache of the backward pass
 * @throws {RangeError} If a shape or eps is wrong, or the batch is empty
 *
 * @example
 * ```ts
 * import { layernormForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = layernormForward(array([[1, 3], [20, 10]]), ones([2]), zeros([2]), { eps: 0 });
 * assert.deepEqual(out.toArray(), [[-1, 1], [1, -1]]);
 * ```
 *
 * @category Layers
 */
export function layernormForward(
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  lnParam: LayernormParam = {},
): [out: NDArray, cache: LayernormCache] {
  const groups = checkLeading("layernormForward", x);
  const d = x.shape[groups.length];
  checkScaleShift("layernormForward", gamma, beta, d);
  checkParam("layernormForward", "lnParam", lnParam);
  const { eps = 1e-5 } = lnParam;
  checkEps("layernormForward", "lnParam", eps);
  return normalizeGroups([x.size / d, 1, d, 1], groups, x, gamma, beta, eps);
}

/**
 * Computes the backward pass of layer normalisation.
 *
 * @param dout Upstream gradient, shape of `x`
 * @param cache The cache of {@linkcode layernormForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (shape of `x`), `dgamma` (D,), `dbeta` (D,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than `x`
 *
 * @example
 * ```ts
 * import { layernormBackward, layernormForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = layernormForward(array([[1, 3]]), ones([2]), zeros([2]), { eps: 0 });
 * const [dx, dgamma, dbeta] = layernormBackward(array([[5, 7]]), cache);
 * // Two features are always brought to -1 and 1, so the output does not depend on the input.
 * assert.deepEqual(dx.toArray(), [[0, 0]]);
 * assert.deepEqual(dgamma.toArray(), [-5, 7]);
 * assert.deepEqual(dbeta.toArray(), [5, 7]);
 * ```
 *
 * @category Layers
 */
export function layernormBackward<N extends Needs<"dx" | "dgamma" | "dbeta"> = EveryGradient>(
  dout: NDArray,
  cache: LayernormCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dgamma: "dgamma", dbeta: "dbeta"], N> {
  const { x, gamma } = checkCache("layernormBackward", dout, cache, ["x", "gamma", "mean", "eps"]);
  checkUpstream("layernormBackward", dout, x.shape);
  const sizes = [x.size / gamma.size, 1, gamma.size, 1] as const;
  const { shape } = gamma;
  return gradients(...groupnormGradients("layernormBackward", sizes, dout, cache, shape, options));
}
