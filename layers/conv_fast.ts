/**
 * Convolution through the kernel table: the same as `convForwardNaive`, as products of matrices.
 *
 * Gathering the receptive fields of an image as columns (im2col) turns the convolution into
 * `W (F, C·HH·WW) · columns (C·HH·WW, H'·W')`; the weight gradient is `dout · columnsᵀ`, and the
 * input gradient is `Wᵀ · dout` scattered back to the pixels, adding where fields overlap.
 *
 * Source: K. Chellapilla, S. Puri and P. Simard, "High Performance Convolutional Neural Networks
 * for Document Processing", 2006.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, sumChannels, unify } from "./_arrays.ts";
import { checkCache, gradients, wanted } from "./_backward.ts";
import { convCacheParts, convolve } from "./_convolve.ts";
import { checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import type { ConvCache, ConvParam } from "./conv_param.ts";

/**
 * Computes the forward pass of a convolution.
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
 * import { convForwardFast } from "@nndl/nndl/layers";
 * import { array, ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 2, 3], [4, 5, 6]]]]);
 * const [out] = convForwardFast(x, ones([1, 1, 2, 2]), array([10]), { stride: 1, pad: 0 });
 * assert.deepEqual(out.toArray(), [[[[22, 26]]]]);
 * ```
 *
 * @category Layers
 */
export function convForwardFast<Bias extends NDArray | null>(
  x: NDArray,
  w: NDArray,
  b: Bias,
  convParam: ConvParam,
): [out: NDArray, cache: ConvCache<Bias>] {
  return convolve("convForwardFast", x, w, b, convParam, false);
}

/**
 * Computes the backward pass of a convolution.
 *
 * @param dout Upstream gradient, (N, F, H', W')
 * @param cache The cache of {@linkcode convForwardFast} or `convForwardNaive`
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, C, H, W), `dw` (F, C / groups, HH, WW), `db` (F,), null without a bias
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { convBackwardFast, convForwardFast } from "@nndl/nndl/layers";
 * import { array, ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 2, 3], [4, 5, 6]]]]);
 * const [, cache] = convForwardFast(x, ones([1, 1, 2, 2]), array([10]), { stride: 1, pad: 0 });
 * const [dx, dw, db] = convBackwardFast(array([[[[1, 10]]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[[1, 11, 10], [1, 11, 10]]]]);
 * assert.deepEqual(dw.toArray(), [[[[21, 32], [54, 65]]]]);
 * assert.deepEqual(db.toArray(), [11]);
 * ```
 *
 * @category Layers
 */
export function convBackwardFast<
  Bias extends NDArray | null,
  N extends Needs<"dx" | "dw" | "db"> = EveryGradient,
>(
  dout: NDArray,
  cache: ConvCache<Bias>,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dw: "dw", db: Bias extends null ? null : "db"], N> {
  const { geometry, b, ...operands } = checkCache("convBackwardFast", dout, cache, convCacheParts);
  const { n, f, outH, outW } = geometry;
  checkUpstream("convBackwardFast", dout, [n, f, outH, outW]);
  const needs = wanted("convBackwardFast", { dx: true, dw: true, db: true }, options);
  const [upstream, x, w] = unify(dout, operands.x, operands.w);
  const bias = needs.db && b !== null;
  const dw = needs.dw ? emptyArray(w.shape, x.dtype) : null;
  const db = dw && bias ? emptyArray([f], x.dtype) : bias ? sumChannels(upstream) : null;
  if (dw) {
    const into = [floats(dw), db && floats(db)] as const;
    kernels.convBackwardWeights(geometry, floats(upstream), floats(x), ...into);
  }
  const dx = needs.dx ? emptyArray(x.shape, x.dtype) : null;
  if (dx) kernels.convBackwardData(geometry, floats(upstream), floats(w), floats(dx));
  return gradients(dx, dw, db);
}
