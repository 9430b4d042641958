/**
 * Layer normalisation: every example (row) of `x` is brought to mean 0 and variance 1 over its own
 * features, then scaled and shifted: `out = γ·x̂ + β`, `x̂ = (x - μ) / sqrt(σ² + ε)`. It does the
 * same in training and at test time, and other examples of the batch play no part.
 *
 * Backward, with `u = dout·γ` and D features: `dβ = Σ_rows dout`, `dγ = Σ_rows dout·x̂`,
 * `dx = (u - Σ u / D - x̂ · Σ u·x̂ / D) / sqrt(σ² + ε)`, sums over the row.
 *
 * Source: J. L. Ba, J. R. Kiros and G. E. Hinton, "Layer Normalization", 2016,
 * https://arxiv.org/abs/1607.06450.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkEps, checkRows, checkScaleShift, checkUpstream } from "./_shapes.ts";

/** Settings of a layer normalisation layer. */
export interface LayernormParam {
  /** Added to the variance under the root, by default 1e-5. */
  eps?: number;
}

/** What {@linkcode layernormBackward} needs from the forward pass. */
export interface LayernormCache {
  /** Input, (N, D). */
  readonly x: NDArray;
  /** Scale, (D,). */
  readonly gamma: NDArray;
  /** Mean of every row, (N,). */
  readonly mean: NDArray;
  /** Biased variance of every row, (N,). */
  readonly variance: NDArray;
  /** What was added to the variance under the root. */
  readonly eps: number;
}

/**
 * Computes the forward pass of layer normalisation.
 *
 * @param x Input, (N, D)
 * @param gamma Scale, (D,)
 * @param beta Shift, (D,)
 * @param lnParam Settings
 * @returns `out` (N, D), and the cache of the backward pass
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
 */
export function layernormForward(
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  lnParam: LayernormParam = {},
): [out: NDArray, cache: LayernormCache] {
  checkRows("layernormForward", x);
  const [n, d] = x.shape;
  checkScaleShift("layernormForward", gamma, beta, d);
  const { eps = 1e-5 } = lnParam;
  checkEps("layernormForward", "lnParam", eps);
  [x, gamma, beta] = unify(x, gamma, beta);
  const out = emptyArray([n, d], x.dtype);
  const mean = emptyArray([n], x.dtype);
  const variance = emptyArray([n], x.dtype);
  kernels.groupnormForward(
    n,
    1,
    d,
    1,
    floats(x),
    floats(gamma),
    floats(beta),
    eps,
    floats(out),
    floats(mean),
    floats(variance),
  );
  return [out, { x, gamma, mean, variance, eps }];
}

/**
 * Computes the backward pass of layer normalisation.
 *
 * @param dout Upstream gradient, (N, D)
 * @param cache The cache of {@linkcode layernormForward}
 * @returns `dx` (N, D), `dgamma` (D,), `dbeta` (D,)
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
 */
export function layernormBackward(
  dout: NDArray,
  cache: LayernormCache,
): [dx: NDArray, dgamma: NDArray, dbeta: NDArray] {
  checkUpstream("layernormBackward", dout, cache.x.shape);
  const [upstream, x, gamma, mean, variance] = unify(
    dout,
    cache.x,
    cache.gamma,
    cache.mean,
    cache.variance,
  );
  const [n, d] = x.shape;
  const dx = emptyArray([n, d], x.dtype);
  const dgamma = emptyArray([d], x.dtype);
  const dbeta = emptyArray([d], x.dtype);
  kernels.groupnormBackward(
    n,
    1,
    d,
    1,
    floats(upstream),
    floats(x),
    floats(gamma),
    floats(mean),
    floats(variance),
    cache.eps,
    floats(dx),
    floats(dgamma),
    floats(dbeta),
  );
  return [dx, dgamma, dbeta];
}
