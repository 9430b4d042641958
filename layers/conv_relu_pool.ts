/**
 * Convolution, ReLU and max pooling.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { checkCache } from "./_backward.ts";
import { convolve } from "./_convolve.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import type { ConvParam, MaxPoolCache, PoolParam } from "./conv_param.ts";
import { convReluBackward, type ConvReluCache } from "./conv_relu.ts";
import { maxPoolBackwardFast, maxPoolForwardFast } from "./max_pool_fast.ts";

/**
 * What {@linkcode convReluPoolBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface ConvReluPoolCache<Bias extends NDArray | null = NDArray | null> {
  /** Cache of the convolution and ReLU. */
  readonly convRelu: ConvReluCache<Bias>;
  /** Cache of the pooling. */
  readonly pool: MaxPoolCache;
}

/**
 * Computes the forward pass of a convolution, ReLU and max pooling.
 *
 * @param x Input, (N, C, H, W)
 * @param w Filters, (F, C / groups, HH, WW)
 * @param b Biases, (F,), or null for none
 * @param convParam Stride and pad, optionally dilation and groups
 * @param poolParam Window and stride, pixels
 * @returns `out` (N, F, H', W'), and the cache of the backward pass
 * @throws {RangeError} If the shapes or settings do not fit together
 *
 * @example
 * ```ts
 * import { convReluPoolForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 2], [-3, 4]]]]);
 * const poolParam = { poolHeight: 2, poolWidth: 2, stride: 2 };
 * const [out] = convReluPoolForward(x, array([[[[10]]]]), array([1]), { stride: 1, pad: 0 }, poolParam);
 * assert.deepEqual(out.toArray(), [[[[41]]]]);
 * ```
 *
 * @category Layers
 */
export function convReluPoolForward<Bias extends NDArray | null>(
  x: NDArray,
  w: NDArray,
  b: Bias,
  convParam: ConvParam,
  poolParam: PoolParam,
): [out: NDArray, cache: ConvReluPoolCache<Bias>] {
  const [active, conv] = convolve("convReluPoolForward", x, w, b, convParam, true);
  const [out, pool] = maxPoolForwardFast(active, poolParam);
  return [out, { convRelu: { conv, relu: { x: active } }, pool }];
}

/**
 * Computes the backward pass of a convolution, ReLU and max pooling.
 *
 * @param dout Upstream gradient, (N, F, H', W')
 * @param cache The cache of {@linkcode convReluPoolForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, C, H, W), `dw` (F, C / groups, HH, WW), `db` (F,), null without a bias
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { convReluPoolBackward, convReluPoolForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, w, b] = [array([[[[1, 2], [-3, 4]]]]), array([[[[10]]]]), array([1])];
 * const poolParam = { poolHeight: 2, poolWidth: 2, stride: 2 };
 * const [, cache] = convReluPoolForward(x, w, b, { stride: 1, pad: 0 }, poolParam);
 * const [dx, dw, db] = convReluPoolBackward(array([[[[5]]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[[0, 0], [0, 50]]]]);
 * assert.deepEqual([dw.item(), db.item()], [20, 5]);
 * ```
 *
 * @category Layers
 */
export function convReluPoolBackward<
  Bias extends NDArray | null,
  N extends Needs<"dx" | "dw" | "db"> = EveryGradient,
>(
  dout: NDArray,
  cache: ConvReluPoolCache<Bias>,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dw: "dw", db: Bias extends null ? null : "db"], N> {
  const { convRelu, pool } = checkCache("convReluPoolBackward", dout, cache, ["convRelu", "pool"]);
  return convReluBackward(maxPoolBackwardFast(dout, pool), convRelu, options);
}
