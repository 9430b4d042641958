/**
 * Transposed convolution, which enlarges images: forward it is the gradient of a convolution with
 * respect to its input, and backward, that convolution. Every pixel of `x` adds its multiple of a
 * filter to the output, `stride` pixels on from that of its neighbour. The output is
 * (N, F, H', W') with `H' = (H - 1)·stride - 2·pad + dilation·(kh - 1) + 1 + outputPad`, W' likewise.
 *
 * Source: V. Dumoulin and F. Visin, "A guide to convolution arithmetic for deep learning", 2016,
 * https://arxiv.org/abs/1603.07285, chapter 4.
 *
 * @module
 */
import { type ConvGeometry, kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, sumChannels, unify } from "./_arrays.ts";
import { checkCache, gradients, wanted } from "./_backward.ts";
import { convCacheParts, unifyOperands } from "./_convolve.ts";
import { convTransposeGeometry } from "./_geometry.ts";
import { checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import type { ConvTransposeParam } from "./conv_param.ts";

/**
 * What {@linkcode convTransposeBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface ConvTransposeCache<Bias extends NDArray | null = NDArray | null> {
  /** Input, (N, C, H, W). */
  readonly x: NDArray;
  /** Filters, (C, F / groups, kh, kw). */
  readonly w: NDArray;
  /** Biases, (F,), or null. */
  readonly b: Bias;
  /** All sizes of the convolution that leads from the output to the input. */
  readonly geometry: ConvGeometry;
}

/**
 * Computes the forward pass of a transposed convolution.
 *
 * @param x Input, (N, C, H, W)
 * @param w Filters, (C, F / groups, kh, kw), as PyTorch keeps them
 * @param b Biases, (F,), or null for none
 * @param convParam Stride and pad of the convolution that would lead back; optionally dilation,
 * groups, and output pad
 * @returns `out` (N, F, H', W'), and the cache of the backward pass
 * @throws {RangeError} If the shapes or settings do not fit together
 *
 * @example
 * ```ts
 * import { convTransposeForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, w] = [array([[[[1, 2]]]]), array([[[[10, 20, 30]]]])];
 * const [out] = convTransposeForward(x, w, array([1]), { stride: 2, pad: 0 });
 * assert.deepEqual(out.toArray(), [[[[11, 21, 51, 41, 61]]]]);
 * ```
 *
 * @category Layers
 */
export function convTransposeForward<Bias extends NDArray | null>(
  x: NDArray,
  w: NDArray,
  b: Bias,
  convParam: ConvTransposeParam,
): [out: NDArray, cache: ConvTransposeCache<Bias>] {
  const geometry = convTransposeGeometry("convTransposeForward", x, w, b, convParam);
  const [images, filters, bias] = unifyOperands(x, w, b);
  const { n, c, h, w: width } = geometry;
  const out = emptyArray([n, c, h, width], images.dtype);
  kernels.convBackwardData(geometry, floats(images), floats(filters), floats(out));
  if (bias) {
    const [OUT, B] = [floats(out), floats(bias)];
    for (let at = 0, plane = 0; plane < n * c; plane++) {
      const value = B[plane % c];
      for (const end = at + h * width; at < end; at++) OUT[at] += value;
    }
  }
  return [out, { x: images, w: filters, b, geometry }];
}

/**
 * Computes the backward pass of a transposed convolution.
 *
 * @param dout Upstream gradient, (N, F, H', W')
 * @param cache The cache of {@linkcode convTransposeForward}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, C, H, W), `dw` (C, F / groups, kh, kw), `db` (F,), null without a bias
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { convTransposeBackward, convTransposeForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, w] = [array([[[[1, 2]]]]), array([[[[10, 20, 30]]]])];
 * const [, cache] = convTransposeForward(x, w, array([1]), { stride: 2, pad: 0 });
 * const [dx, dw, db] = convTransposeBackward(array([[[[1, 0, 0, 0, 2]]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[[10, 60]]]]);
 * assert.deepEqual(dw.toArray(), [[[[1, 0, 4]]]]);
 * assert.deepEqual(db.toArray(), [3]);
 * ```
 *
 * @category Layers
 */
export function convTransposeBackward<
  Bias extends NDArray | null,
  N extends Needs<"dx" | "dw" | "db"> = EveryGradient,
>(
  dout: NDArray,
  cache: ConvTransposeCache<Bias>,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dw: "dw", db: Bias extends null ? null : "db"], N> {
  const caller = "convTransposeBackward";
  const { geometry, b, ...operands } = checkCache(caller, dout, cache, convCacheParts);
  checkUpstream(caller, dout, [geometry.n, geometry.c, geometry.h, geometry.w]);
  const needs = wanted(caller, { dx: true, dw: true, db: true }, options);
  const [upstream, x, w] = unify(dout, operands.x, operands.w);
  const dx = needs.dx ? emptyArray(x.shape, x.dtype) : null;
  if (dx) kernels.convForward(geometry, floats(upstream), floats(w), null, false, floats(dx));
  const dw = needs.dw ? emptyArray(w.shape, x.dtype) : null;
  // Input and output change places, so what is the gradient there is the input here.
  if (dw) {
    kernels.convBackwardWeights(geometry, floats(x), floats(upstream), floats(dw), null);
  }
  const db = needs.db && b ? sumChannels(upstream) : null;
  return gradients(dx, dw, db);
}
