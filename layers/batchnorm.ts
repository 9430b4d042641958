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
import { kernels } from "../kernels/mod.ts";
import { type NDArray, sqrt, sum } from "../ndarray/mod.ts";
import { castTo, emptyArray, floats, unify } from "./_arrays.ts";
import { resolveBatchnormParam, updateRunning } from "./_running_statistics.ts";
import { checkRows, checkScaleShift, checkUpstream } from "./_shapes.ts";
import type { BatchnormParam } from "./batchnorm_param.ts";

/** What the backward passes of batch normalisation need from the forward pass. */
export interface BatchnormCache {
  /** Input, (N, D). */
  readonly x: NDArray;
  /** Scale, (D,). */
  readonly gamma: NDArray;
  /** The mean that was taken off, (D,): of the batch, or the running one. */
  readonly mean: NDArray;
  /** The variance that was divided by, (D,): of the batch, or the running one. */
  readonly variance: NDArray;
  /** What was added to the variance under the root. */
  readonly eps: number;
  /** In `"train"` mode mean and variance depend on `x`, in `"test"` mode they are constants. */
  readonly mode: "train" | "test";
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
 */
export function batchnormForward(
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  bnParam: BatchnormParam,
): [out: NDArray, cache: BatchnormCache] {
  checkRows("batchnormForward", x);
  const [n, d] = x.shape;
  checkScaleShift("batchnormForward", gamma, beta, d);
  [x, gamma, beta] = unify(x, gamma, beta);
  const { mode, eps, momentum, runningMean, runningVar } = resolveBatchnormParam(
    "batchnormForward",
    bnParam,
    d,
    x.dtype,
  );
  const out = emptyArray([n, d], x.dtype);
  const [X, G, B, OUT] = [floats(x), floats(gamma), floats(beta), floats(out)];
  if (mode === "test") {
    // Copies, because a later training pass writes to the running statistics.
    const mean = castTo(runningMean.copy(), x.dtype);
    const variance = castTo(runningVar.copy(), x.dtype);
    kernels.batchnormApply(n, d, 1, X, G, B, floats(mean), floats(variance), eps, OUT);
    return [out, { x, gamma, mean, variance, eps, mode }];
  }
  const mean = emptyArray([d], x.dtype);
  const variance = emptyArray([d], x.dtype);
  kernels.batchnormForward(n, d, 1, X, G, B, eps, OUT, floats(mean), floats(variance));
  updateRunning(runningMean, mean, momentum);
  updateRunning(runningVar, variance, momentum);
  return [out, { x, gamma, mean, variance, eps, mode }];
}

/**
 * Computes the backward pass of batch normalisation, one step back through the computational graph
 * at a time. {@linkcode batchnormBackwardAlt} computes the same faster.
 *
 * @param dout Upstream gradient, (N, D)
 * @param cache The cache of {@linkcode batchnormForward}
 * @returns `dx` (N, D), `dgamma` (D,), `dbeta` (D,)
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
 */
export function batchnormBackward(
  dout: NDArray,
  cache: BatchnormCache,
): [dx: NDArray, dgamma: NDArray, dbeta: NDArray] {
  const { x, gamma, mean, variance, eps, mode } = cache;
  checkUpstream("batchnormBackward", dout, x.shape);
  const n = x.shape[0];

  // The graph: centred = x - mean, std = sqrt(variance + eps), normalized = centred / std,
  // out = gamma·normalized + beta.
  const centred = x.subtract(mean);
  const std = sqrt(variance.add(eps));
  const normalized = centred.divide(std);

  const dbeta = sum(dout, 0);
  const dgamma = sum(dout.multiply(normalized), 0);
  const dnormalized = dout.multiply(gamma);
  let dcentred = dnormalized.divide(std);
  if (mode === "test") return [dcentred, dgamma, dbeta];

  // d(centred / std) / d std = -centred / std² = -normalized / std
  const dstd = sum(dnormalized.multiply(normalized), 0).divide(std).negative();
  const dvariance = dstd.divide(std.multiply(2));
  // variance = Σ centred² / N
  dcentred = dcentred.add(centred.multiply(dvariance).multiply(2 / n));
  // mean = Σ x / N, and x reaches centred directly and through the mean
  const dmean = sum(dcentred, 0).negative();
  return [dcentred.add(dmean.divide(n)), dgamma, dbeta];
}

/**
 * Computes the backward pass of batch normalisation in closed form:
 * `dx = γ / sqrt(σ² + ε) · (dout - Σ dout / N - x̂ · Σ dout·x̂ / N)`, which is what the steps of
 * {@linkcode batchnormBackward} come to when worked out on paper. The networks use this one.
 *
 * @param dout Upstream gradient, (N, D)
 * @param cache The cache of {@linkcode batchnormForward}
 * @returns `dx` (N, D), `dgamma` (D,), `dbeta` (D,)
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
 */
export function batchnormBackwardAlt(
  dout: NDArray,
  cache: BatchnormCache,
): [dx: NDArray, dgamma: NDArray, dbeta: NDArray] {
  checkUpstream("batchnormBackwardAlt", dout, cache.x.shape);
  const [d, x, gamma, mean, variance] = unify(
    dout,
    cache.x,
    cache.gamma,
    cache.mean,
    cache.variance,
  );
  const [rows, features] = x.shape;
  const dx = emptyArray(x.shape, x.dtype);
  const dgamma = emptyArray([features], x.dtype);
  const dbeta = emptyArray([features], x.dtype);
  kernels.batchnormBackward(
    rows,
    features,
    1,
    floats(d),
    floats(x),
    floats(gamma),
    floats(mean),
    floats(variance),
    cache.eps,
    cache.mode === "train",
    floats(dx),
    floats(dgamma),
    floats(dbeta),
  );
  return [dx, dgamma, dbeta];
}
