/**
 * Batch normalisation and ReLU, and perhaps max pooling, as one step each way: what lies between
 * them need not go through memory. Values and gradients are those of the layers one by one.
 *
 * @module
 */
import { allocate, kernels } from "../kernels/mod.ts";
import { asNDArray, type NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { wanted } from "./_backward.ts";
import { batchnormGradients, type ByBatch, normalizeBatch } from "./_batchnorm.ts";
import { poolGeometry } from "./_geometry.ts";
import { type NormGradients, withoutRange } from "./_range.ts";
import { checkUpstream } from "./_shapes.ts";
import { windowsFit } from "./_windows.ts";
import type { BackwardOptions, Needs } from "./backward_options.ts";
import type { BatchnormCache } from "./batchnorm.ts";
import type { BatchnormParam } from "./batchnorm_param.ts";
import type { MaxPoolCache, PoolParam } from "./conv_param.ts";
import { maxPoolBackwardFast, maxPoolForwardFast } from "./max_pool_fast.ts";
import { reluBackward } from "./relu.ts";

/** What {@linkcode batchnormReluBackward} needs from the forward pass. */
export interface BatchnormReluCache {
  /** Cache of the normalisation. */
  readonly batchnorm: BatchnormCache;
  /** What ReLU puts out. */
  readonly out: NDArray;
}

/** What {@linkcode batchnormReluPoolBackward} needs from the forward pass. */
export interface BatchnormReluPoolCache {
  /** Cache of the normalisation. */
  readonly batchnorm: BatchnormCache;
  /** What ReLU puts out, if the layers were done one by one. */
  readonly active: NDArray | null;
  /** What the pooling puts out. */
  readonly out: NDArray;
  /** Cache of the pooling. */
  readonly pool: MaxPoolCache;
}

type Options = BackwardOptions<Needs<"dx" | "dgamma" | "dbeta">>;

/**
 * Computes batch normalisation and ReLU.
 *
 * @param x Input, (N, D) or (N, C, H, W)
 * @param gamma Scale, (D,) or (C,)
 * @param beta Shift, (D,) or (C,)
 * @param bnParam Mode, constants and running statistics; in train mode the latter are updated
 * @returns `out` of the shape of `x`, and the cache of the backward pass
 * @throws {RangeError} If a shape, the mode or a constant is wrong
 */
export function batchnormReluForward(
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  bnParam: BatchnormParam,
): [out: NDArray, cache: BatchnormReluCache] {
  const [out, batchnorm] = normalizeBatch(callerFor(x), x, gamma, beta, bnParam, true);
  return [out, { batchnorm, out }];
}

/**
 * Computes the gradients of {@linkcode batchnormReluForward}.
 *
 * @param dout Upstream gradient, shape of `x`
 * @param cache The cache of the forward pass
 * @param options By `needs`, which gradients to leave out
 * @returns `dx`, `dgamma`, `dbeta`
 * @throws {RangeError} If `dout` has another shape than `x`
 */
export function batchnormReluBackward(
  dout: NDArray,
  { batchnorm, out }: BatchnormReluCache,
  options: Options = {},
): NormGradients {
  checkUpstream("batchnormReluBackward", dout, out.shape);
  return batchnormGradients("batchnormReluBackward", dout, batchnorm, options, out);
}

/**
 * Computes batch normalisation, ReLU and max pooling.
 *
 * @param x Input, (N, C, H, W)
 * @param gamma Scale, (C,)
 * @param beta Shift, (C,)
 * @param bnParam Mode, constants and running statistics; in train mode the latter are updated
 * @param poolParam Window and stride
 * @returns `out` (N, C, H', W'), and the cache of the backward pass
 * @throws {RangeError} If a shape, the mode or a setting is wrong
 */
export function batchnormReluPoolForward(
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  bnParam: BatchnormParam,
  poolParam: PoolParam,
): [out: NDArray, cache: BatchnormReluPoolCache] {
  const geometry = poolGeometry("maxPoolForwardFast", x, poolParam);
  if (bnParam.mode === "test" || bnParam.reduceSums || !windowsFit(geometry)) {
    const [active, { batchnorm }] = batchnormReluForward(x, gamma, beta, bnParam);
    const [out, pool] = maxPoolForwardFast(active, poolParam);
    return [out, { batchnorm, active, out, pool }];
  }
  const { n, c, outH, outW } = geometry;
  const argmax = allocate(Int32Array, n * c * outH * outW);
  const byBatch: ByBatch = (x, gamma, beta, eps) => {
    const out = emptyArray([n, c, outH, outW], x.dtype);
    const [mean, variance] = [emptyArray([c], x.dtype), emptyArray([c], x.dtype)];
    const written = [floats(out), argmax, floats(mean), floats(variance)] as const;
    const [X, G, B] = [floats(x), floats(gamma), floats(beta)];
    kernels.batchnormReluMaxPoolForward(geometry, X, G, B, eps, ...written);
    return [out, mean, variance];
  };
  const [out, batchnorm] = normalizeBatch(callerFor(x), x, gamma, beta, bnParam, true, byBatch);
  const pool = { x: batchnorm.x, argmax: asNDArray(argmax, out.shape), geometry };
  return [out, { batchnorm, active: null, out, pool }];
}

/**
 * Computes the gradients of {@linkcode batchnormReluPoolForward}.
 *
 * @param dout Upstream gradient, (N, C, H', W')
 * @param cache The cache of the forward pass
 * @param options By `needs`, which gradients to leave out
 * @returns `dx`, `dgamma`, `dbeta`
 * @throws {RangeError} If `dout` has another shape than the output
 */
export function batchnormReluPoolBackward(
  dout: NDArray,
  { batchnorm, active, out, pool }: BatchnormReluPoolCache,
  options: Options = {},
): NormGradients {
  const caller = "batchnormReluPoolBackward";
  checkUpstream(caller, dout, out.shape);
  if (active) {
    const dactive = maxPoolBackwardFast(dout, pool);
    return batchnormReluBackward(dactive, { batchnorm, out: active }, options);
  }
  const needs = wanted(caller, { dx: true, dgamma: true, dbeta: true }, options);
  if (!needs.dx) {
    const dnormalized = maxPoolBackwardFast(reluBackward(dout, { x: out }), pool);
    return batchnormGradients(caller, dnormalized, batchnorm, options);
  }
  const { x, gamma, mean, variance, eps, mode } = batchnorm;
  const arrays = unify(dout, out, x, gamma, mean, variance);
  const [DOUT, OUT, X, G, MEAN, VARIANCE] = arrays.map(floats);
  const [c, { dtype }] = [gamma.size, arrays[0]];
  const dx = emptyArray(x.shape, dtype);
  const [dgamma, dbeta] = [emptyArray([c], dtype), emptyArray([c], dtype)];
  kernels.batchnormReluMaxPoolBackward(
    pool.geometry,
    DOUT,
    OUT,
    pool.argmax.data as Int32Array,
    X,
    G,
    MEAN,
    VARIANCE,
    eps,
    mode === "train",
    floats(dx),
    floats(dgamma),
    floats(dbeta),
  );
  const list: NormGradients = [dx, needs.dgamma ? dgamma : null, needs.dbeta ? dbeta : null];
  return withoutRange(list, dout, batchnorm);
}

/** Whose errors are reported. */
function callerFor(x: NDArray): string {
  return x.ndim === 4 ? "spatialBatchnormForward" : "batchnormForward";
}
