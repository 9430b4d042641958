/**
 * Spatial batch normalisation: every channel of a batch of images is normalised over all its
 * values, N·H·W of them, then scaled and shifted; the rest is as in plain batch normalisation.
 *
 * Source: S. Ioffe and C. Szegedy, "Batch Normalization: Accelerating Deep Network Training by
 * Reducing Internal Covariate Shift", 2015, section 3.2, https://arxiv.org/abs/1502.03167.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { castTo, emptyArray, floats, unify } from "./_arrays.ts";
import { checkImages } from "./_geometry.ts";
import { resolveBatchnormParam, updateRunning } from "./_running_statistics.ts";
import { checkScaleShift, checkUpstream } from "./_shapes.ts";
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
 */
export function spatialBatchnormForward(
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  bnParam: BatchnormParam,
): [out: NDArray, cache: BatchnormCache] {
  checkImages("spatialBatchnormForward", x);
  const [n, c, h, w] = x.shape;
  checkScaleShift("spatialBatchnormForward", gamma, beta, c);
  [x, gamma, beta] = unify(x, gamma, beta);
  const { mode, eps, momentum, runningMean, runningVar } = resolveBatchnormParam(
    "spatialBatchnormForward",
    bnParam,
    c,
    x.dtype,
  );
  const out = emptyArray(x.shape, x.dtype);
  const [X, G, B, OUT] = [floats(x), floats(gamma), floats(beta), floats(out)];
  if (mode === "test") {
    // Copies, because a later training pass writes to the running statistics.
    const mean = castTo(runningMean.copy(), x.dtype);
    const variance = castTo(runningVar.copy(), x.dtype);
    kernels.batchnormApply(n, c, h * w, X, G, B, floats(mean), floats(variance), eps, OUT);
    return [out, { x, gamma, mean, variance, eps, mode }];
  }
  const mean = emptyArray([c], x.dtype);
  const variance = emptyArray([c], x.dtype);
  kernels.batchnormForward(n, c, h * w, X, G, B, eps, OUT, floats(mean), floats(variance));
  updateRunning(runningMean, mean, momentum);
  updateRunning(runningVar, variance, momentum);
  return [out, { x, gamma, mean, variance, eps, mode }];
}

/**
 * Computes the backward pass of spatial batch normalisation.
 *
 * @param dout Upstream gradient, (N, C, H, W)
 * @param cache The cache of {@linkcode spatialBatchnormForward}
 * @returns `dx` (N, C, H, W), `dgamma` (C,), `dbeta` (C,)
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
 */
export function spatialBatchnormBackward(
  dout: NDArray,
  cache: BatchnormCache,
): [dx: NDArray, dgamma: NDArray, dbeta: NDArray] {
  const { eps, mode } = cache;
  checkUpstream("spatialBatchnormBackward", dout, cache.x.shape);
  const [upstream, x, gamma, mean, variance] = unify(
    dout,
    cache.x,
    cache.gamma,
    cache.mean,
    cache.variance,
  );
  const [n, c, h, w] = x.shape;
  const dx = emptyArray(x.shape, x.dtype);
  const dgamma = emptyArray([c], x.dtype);
  const dbeta = emptyArray([c], x.dtype);
  kernels.batchnormBackward(
    n,
    c,
    h * w,
    floats(upstream),
    floats(x),
    floats(gamma),
    floats(mean),
    floats(variance),
    eps,
    mode === "train",
    floats(dx),
    floats(dgamma),
    floats(dbeta),
  );
  return [dx, dgamma, dbeta];
}
