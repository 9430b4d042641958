/**
 * Batch normalisation: every feature (column) of `x` is brought to mean 0 and variance 1, then
 * scaled and shifted: `out = γ·x̂ + β`, `x̂ = (x - μ) / sqrt(σ² + ε)`.
 *
 * In train mode μ and σ² (biased) are those of the batch, and move the running statistics:
 * `running = momentum·running + (1 - momentum)·batch`. In test mode they are the running ones.
 *
 * Source: S. Ioffe and C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by
 * Reducing Internal Covariate Shift", 2015, https://arxiv.org/abs/1502.03167.
 *
 * @module
 */
import { type NDArray, sqrt, sum } from "../ndarray/mod.ts";
import { checkCache, gradients, wanted } from "./_backward.ts";
import { batchnormCacheParts, batchnormGradients, normalizeBatch } from "./_batchnorm.ts";
import { withoutRange } from "./_range.ts";
import { checkRows, checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import type { BatchnormParam, ReduceSums } from "./batchnorm_param.ts";

/**
 * What the backward passes of batch normalisation need from the forward pass.
 *
 * @category Layers
 */
export interface BatchnormCache {
  /** Input, (N, D). */
  readonly x: NDArray;
  /** Scale, (D,). */
  readonly gamma: NDArray;
  /**
   * The mean that was taken off, (D,): of the batch, or the running one. Mean and variance are
   * float64 where float32 does not hold the variance.
   */
  readonly mean: NDArray;
  /** The variance that was divided by, (D,): of the batch, or the running one. */
  readonly variance: NDArray;
  /** What was added to the variance under the root. */
  readonly eps: number;
  /** In `"train"` mode mean and variance depend on `x`, in `"test"` mode they are constants. */
  readonly mode: "train" | "test";
  /** Where `x` is a part of a batch: how many values of a feature the whole has, and its sums. */
  readonly whole?: { readonly count: number; readonly reduceSums: ReduceSums };
}

/**
 * Computes the forward pass of batch normalisation.
 *
 * @param x Input, (N, D)
 * @param gamma Scale, (D,)
 * @param beta Shift, (D,)
 * @param bnParam Mode, constants and running statistics; in train mode the latter are updated
 * @returns `out` (N, D), and the cache of the backward pass
 * @throws {RangeError} If a shape, the mode or a constant is wrong, or the batch is empty
 *
 * @example
 * ```ts
 * import { batchnormForward, type BatchnormParam } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const bnParam: BatchnormParam = { mode: "train", eps: 0 };
 * const [out] = batchnormForward(array([[1], [3]]), ones([1]), zeros([1]), bnParam);
 * assert.deepEqual(out.toArray(), [[-1], [1]]);
 * assert.ok(Math.abs(bnParam.runningMean!.item() - 0.2) < 1e-12);
 * ```
 *
 * @category Layers
 */
export function batchnormForward(
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  bnParam: BatchnormParam,
): [out: NDArray, cache: BatchnormCache] {
  checkRows("batchnormForward", x);
  return normalizeBatch("batchnormForward", x, gamma, beta, bnParam);
}

/**
 * Computes the backward pass of batch normalisation, one step back through the computational graph
 * at a time. {@linkcode batchnormBackwardAlt} computes the same faster.
 *
 * @param dout Upstream gradient, (N, D)
 * @param cache The cache of {@linkcode batchnormForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, D), `dgamma` (D,), `dbeta` (D,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than `x`
 *
 * @example
 * ```ts
 * import { batchnormBackward, batchnormForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[1], [3]]);
 * const [, cache] = batchnormForward(x, ones([1]), zeros([1]), { mode: "train", eps: 0 });
 * const [dx, dgamma, dbeta] = batchnormBackward(array([[1], [2]]), cache);
 * // Two values are always brought to -1 and 1, so the output does not depend on the input.
 * assert.deepEqual(dx.toArray(), [[0], [0]]);
 * assert.deepEqual([dgamma.item(), dbeta.item()], [1, 3]);
 * ```
 *
 * @category Layers
 */
export function batchnormBackward<N extends Needs<"dx" | "dgamma" | "dbeta"> = EveryGradient>(
  dout: NDArray,
  cache: BatchnormCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dgamma: "dgamma", dbeta: "dbeta"], N> {
  const { x, gamma, mean, variance, eps, mode } = checkCache(
    "batchnormBackward",
    dout,
    cache,
    batchnormCacheParts,
  );
  checkUpstream("batchnormBackward", dout, x.shape);
  // The graph of a part ends at other processes; on paper it does not.
  if (cache.whole) {
    return gradients(...batchnormGradients("batchnormBackward", dout, cache, options));
  }
  const needs = wanted("batchnormBackward", { dx: true, dgamma: true, dbeta: true }, options);
  const n = x.shape[0];

  // The graph: centred = x - mean, std = sqrt(variance + eps), normalized = centred / std,
  // out = gamma·normalized + beta.
  const centred = x.subtract(mean);
  const std = sqrt(variance.add(eps));
  const normalized = centred.divide(std);

  const dbeta = needs.dbeta ? sum(dout, 0) : null;
  const dgamma = needs.dgamma ? sum(dout.multiply(normalized), 0) : null;
  const result = (dx: NDArray | null) =>
    gradients<Gradients<[dx: "dx", dgamma: "dgamma", dbeta: "dbeta"], N>>(
      ...withoutRange([dx, dgamma, dbeta], dout, cache),
    );
  if (!needs.dx) return result(null);
  const dnormalized = dout.multiply(gamma);
  let dcentred = dnormalized.divide(std);
  if (mode === "test") return result(dcentred);

  // d(centred / std) / d std = -centred / std² = -normalized / std
  const dstd = sum(dnormalized.multiply(normalized), 0).divide(std).negative();
  const dvariance = dstd.divide(std.multiply(2));
  // variance = Σ centred² / N
  dcentred = dcentred.add(centred.multiply(dvariance).multiply(2 / n));
  // mean = Σ x / N, and x reaches centred directly and through the mean
  const dmean = sum(dcentred, 0).negative();
  return result(dcentred.add(dmean.divide(n)));
}

/**
 * Computes the backward pass of batch normalisation in closed form:
 * `dx = γ / sqrt(σ² + ε) · (dout - Σ dout / N - x̂ · Σ dout·x̂ / N)`, which is what the steps of
 * {@linkcode batchnormBackward} come to when worked out on paper. The networks use this one.
 *
 * @param dout Upstream gradient, (N, D)
 * @param cache The cache of {@linkcode batchnormForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, D), `dgamma` (D,), `dbeta` (D,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than `x`
 *
 * @example
 * ```ts
 * import { batchnormBackwardAlt, batchnormForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[1], [3]]);
 * const [, cache] = batchnormForward(x, ones([1]), zeros([1]), { mode: "train", eps: 0 });
 * const [dx] = batchnormBackwardAlt(array([[1], [2]]), cache);
 * assert.deepEqual(dx.toArray(), [[0], [0]]);
 * ```
 *
 * @category Layers
 */
export function batchnormBackwardAlt<N extends Needs<"dx" | "dgamma" | "dbeta"> = EveryGradient>(
  dout: NDArray,
  cache: BatchnormCache,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dgamma: "dgamma", dbeta: "dbeta"], N> {
  checkCache("batchnormBackwardAlt", dout, cache, batchnormCacheParts);
  checkUpstream("batchnormBackwardAlt", dout, cache.x.shape);
  return gradients(...batchnormGradients("batchnormBackwardAlt", dout, cache, options));
}
