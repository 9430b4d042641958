/**
 * Convolution, spatial batch normalisation and ReLU.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { checkCache, compositeGradients, gradients, nothing, wanted } from "./_backward.ts";
import { batchnormGradients, normalizeBatch } from "./_batchnorm.ts";
import { convolve } from "./_convolve.ts";
import { checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import type { BatchnormCache } from "./batchnorm.ts";
import type { BatchnormParam } from "./batchnorm_param.ts";
import { convBackwardFast } from "./conv_fast.ts";
import type { ConvCache, ConvParam } from "./conv_param.ts";
import type { ReluCache } from "./relu.ts";

/**
 * What {@linkcode convBnReluBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface ConvBnReluCache<Bias extends NDArray | null = NDArray | null> {
  /** Cache of the convolution. */
  readonly conv: ConvCache<Bias>;
  /** Cache of the normalisation. */
  readonly batchnorm: BatchnormCache;
  /** Cache of ReLU. */
  readonly relu: ReluCache;
}

/**
 * Computes the forward pass of a convolution, spatial batch normalisation and ReLU.
 *
 * @param x Input, (N, C, H, W)
 * @param w Filters, (F, C / groups, HH, WW)
 * @param b Biases, (F,), or null for none; batch normalisation takes them off again in training
 * @param gamma Scale, (F,)
 * @param beta Shift, (F,)
 * @param convParam Stride and pad, optionally dilation and groups
 * @param bnParam Mode, constants and running statistics; in train mode the latter are updated
 * @returns `out` (N, F, H', W'), and the cache of the backward pass
 * @throws {RangeError} If the shapes or settings do not fit together
 *
 * @example
 * ```ts
 * import { convBnReluForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, w, b] = [array([[[[1, 3]]]]), array([[[[2]]]]), zeros([1])];
 * const bnParam = { mode: "train", eps: 0 } as const;
 * const convParam = { stride: 1, pad: 0 };
 * const [out] = convBnReluForward(x, w, b, ones([1]), zeros([1]), convParam, { ...bnParam });
 * assert.deepEqual(out.toArray(), [[[[0, 1]]]]);
 * ```
 *
 * @category Layers
 */
export function convBnReluForward<Bias extends NDArray | null>(
  x: NDArray,
  w: NDArray,
  b: Bias,
  gamma: NDArray,
  beta: NDArray,
  convParam: ConvParam,
  bnParam: BatchnormParam,
): [out: NDArray, cache: ConvBnReluCache<Bias>] {
  const [convolved, conv] = convolve("convBnReluForward", x, w, b, convParam, false);
  const caller = "spatialBatchnormForward";
  const [out, batchnorm] = normalizeBatch(caller, convolved, gamma, beta, bnParam, true);
  return [out, { conv, batchnorm, relu: { x: out } }];
}

/**
 * Computes the backward pass of a convolution, spatial batch normalisation and ReLU.
 *
 * @param dout Upstream gradient, (N, F, H', W')
 * @param cache The cache of {@linkcode convBnReluForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, C, H, W), `dw` (F, C / groups, HH, WW), `db` (F,) or null without a bias,
 * `dgamma` (F,), `dbeta` (F,)
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { convBnReluBackward, convBnReluForward } from "@nndl/nndl/layers";
 * import { array, ones, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, w, b] = [array([[[[1, 3]]]]), array([[[[2]]]]), zeros([1])];
 * const convParam = { stride: 1, pad: 0 };
 * const [, cache] = convBnReluForward(x, w, b, ones([1]), zeros([1]), convParam, { mode: "train" });
 * const [, , , dgamma, dbeta] = convBnReluBackward(array([[[[5, 7]]]]), cache);
 * assert.ok(Math.abs(dgamma.item() - 7) < 1e-4);
 * assert.equal(dbeta.item(), 7);
 * ```
 *
 * @category Layers
 */
export function convBnReluBackward<
  Bias extends NDArray | null,
  N extends Needs<"dx" | "dw" | "db" | "dgamma" | "dbeta"> = EveryGradient,
>(
  dout: NDArray,
  cache: ConvBnReluCache<Bias>,
  options: BackwardOptions<N> = {},
): Gradients<
  [dx: "dx", dw: "dw", db: Bias extends null ? null : "db", dgamma: "dgamma", dbeta: "dbeta"],
  N
> {
  const caller = "convBnReluBackward";
  const { conv, batchnorm, relu } = checkCache(caller, dout, cache, ["conv", "batchnorm", "relu"]);
  const { dx, dw, db, dgamma, dbeta } = wanted(caller, compositeGradients(), options);
  checkUpstream(caller, dout, relu.x.shape);
  const normNeeds = { needs: { dx: dx || dw || db, dgamma, dbeta } };
  const [dconvolved, ...scaleShift] = batchnormGradients(
    caller,
    dout,
    batchnorm,
    normNeeds,
    relu.x,
  );
  const convGradients = dconvolved
    ? convBackwardFast(dconvolved, conv, { needs: { dx, dw, db } })
    : nothing;
  return gradients(...convGradients, ...scaleShift);
}
