/**
 * Convolution followed by ReLU, in one pass over the output.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { checkCache } from "./_backward.ts";
import { convolve } from "./_convolve.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import { convBackwardFast } from "./conv_fast.ts";
import type { ConvCache, ConvParam } from "./conv_param.ts";
import { reluBackward, type ReluCache } from "./relu.ts";

/**
 * What {@linkcode convReluBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface ConvReluCache<Bias extends NDArray | null = NDArray | null> {
  /** Cache of the convolution. */
  readonly conv: ConvCache<Bias>;
  /** Cache of ReLU, with its output. */
  readonly relu: ReluCache;
}

/**
 * Computes the forward pass of a convolution followed by ReLU.
 *
 * @param x Input, (N, C, H, W)
 * @param w Filters, (F, C / groups, HH, WW)
 * @param b Biases, (F,), or null for none
 * @param convParam Stride and pad, optionally dilation and groups
 * @returns `out` (N, F, H', W'), and the cache of the backward pass
 * @throws {RangeError} If the shapes or settings do not fit together
 *
 * @example
 * ```ts
 * import { convReluForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, -2, 3]]]]);
 * const w = array([[[[10]]]]);
 * const [out] = convReluForward(x, w, array([1]), { stride: 1, pad: 0 });
 * assert.deepEqual(out.toArray(), [[[[11, 0, 31]]]]);
 * ```
 *
 * @category Layers
 */
export function convReluForward<Bias extends NDArray | null>(
  x: NDArray,
  w: NDArray,
  b: Bias,
  convParam: ConvParam,
): [out: NDArray, cache: ConvReluCache<Bias>] {
  const [out, conv] = convolve("convReluForward", x, w, b, convParam, true);
  return [out, { conv, relu: { x: out } }];
}

/**
 * Computes the backward pass of a convolution followed by ReLU.
 *
 * @param dout Upstream gradient, (N, F, H', W')
 * @param cache The cache of {@linkcode convReluForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, C, H, W), `dw` (F, C / groups, HH, WW), `db` (F,), null without a bias
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { convReluBackward, convReluForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, -2, 3]]]]);
 * const w = array([[[[10]]]]);
 * const [, cache] = convReluForward(x, w, array([1]), { stride: 1, pad: 0 });
 * const [dx, dw, db] = convReluBackward(array([[[[1, 1, 2]]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[[10, 0, 20]]]]);
 * assert.deepEqual([dw.item(), db.item()], [7, 3]);
 * ```
 *
 * @category Layers
 */
export function convReluBackward<
  Bias extends NDArray | null,
  N extends Needs<"dx" | "dw" | "db"> = EveryGradient,
>(
  dout: NDArray,
  cache: ConvReluCache<Bias>,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dw: "dw", db: Bias extends null ? null : "db"], N> {
  const { conv, relu } = checkCache("convReluBackward", dout, cache, ["conv", "relu"]);
  return convBackwardFast(reluBackward(dout, relu), conv, options);
}
