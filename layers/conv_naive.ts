/**
 * Convolution by loops, the readable specification of the layer:
 *
 * `out[n, f, i, j] = b[f] + Σ_{c, u, v} x̃[n, c, i·stride + u·dilation, j·stride + v·dilation] ·
 * w[f, c, u, v]`, where x̃ is x with `pad` zeros around each image. (It is a cross-correlation;
 * the field says convolution.) The output is (N, F, H', W') with
 * `H' = 1 + floor((H + 2·pad - span) / stride)`, `span = dilation·(HH - 1) + 1`, W' likewise.
 *
 * Backward: every product above sends `dout·w` to its pixel and `dout·x̃` to its weight.
 *
 * Source: CS231n, "Convolutional Neural Networks",
 * https://cs231n.github.io/convolutional-networks/.
 *
 * @module
 */
import type { ConvGeometry } from "../kernels/mod.ts";
import { asNDArray, type NDArray } from "../ndarray/mod.ts";
import { castTo, emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache, gradients, wanted } from "./_backward.ts";
import { convCacheParts, unifyOperands } from "./_convolve.ts";
import { convGeometry } from "./_geometry.ts";
import { checkUpstream } from "./_shapes.ts";
import type { BackwardOptions, EveryGradient, Gradients, Needs } from "./backward_options.ts";
import type { ConvCache, ConvParam } from "./conv_param.ts";

/**
 * Computes the forward pass of a convolution by loops. {@linkcode convForwardFast} does the same
 * hundreds of times faster.
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
 * import { convForwardNaive } from "@nndl/nndl/layers";
 * import { array, ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 2, 3], [4, 5, 6]]]]);
 * const [out] = convForwardNaive(x, ones([1, 1, 2, 2]), array([10]), { stride: 1, pad: 0 });
 * assert.deepEqual(out.toArray(), [[[[22, 26]]]]);
 * ```
 *
 * @category Layers
 */
export function convForwardNaive<Bias extends NDArray | null>(
  x: NDArray,
  w: NDArray,
  b: Bias,
  convParam: ConvParam,
): [out: NDArray, cache: ConvCache<Bias>] {
  const g = convGeometry("convForwardNaive", x, w, b, convParam);
  const [images, filters, bias] = unifyOperands(x, w, b);
  const out = emptyArray([g.n, g.f, g.outH, g.outW], images.dtype);
  const [X, W, OUT] = [floats(images), floats(filters), floats(out)];
  let at = 0;
  for (let n = 0; n < g.n; n++) {
    for (let f = 0; f < g.f; f++) {
      for (let i = 0; i < g.outH; i++) {
        for (let j = 0; j < g.outW; j++) {
          let sum = bias === null ? 0 : bias.data[f];
          eachProduct(g, n, f, i, j, (pixel, weight) => {
            sum += (pixel < 0 ? 0 : X[pixel]) * W[weight];
          });
          OUT[at++] = sum;
        }
      }
    }
  }
  return [out, { x: images, w: filters, b, geometry: g }];
}

/**
 * Computes the backward pass of a convolution by loops.
 *
 * @param dout Upstream gradient, (N, F, H', W')
 * @param cache The cache of {@linkcode convForwardNaive} or {@linkcode convForwardFast}
 * @param options By `needs`, which gradients to leave out
 * @returns `dx` (N, C, H, W), `dw` (F, C / groups, HH, WW), `db` (F,), null without a bias
 * @throws {TypeError} If the cache is that of another layer, or there is no option or gradient of
 * a given name
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { convBackwardNaive, convForwardNaive } from "@nndl/nndl/layers";
 * import { array, ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 2, 3], [4, 5, 6]]]]);
 * const [, cache] = convForwardNaive(x, ones([1, 1, 2, 2]), array([10]), { stride: 1, pad: 0 });
 * const [dx, dw, db] = convBackwardNaive(array([[[[1, 10]]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[[1, 11, 10], [1, 11, 10]]]]);
 * assert.deepEqual(dw.toArray(), [[[[21, 32], [54, 65]]]]);
 * assert.deepEqual(db.toArray(), [11]);
 * ```
 *
 * @category Layers
 */
export function convBackwardNaive<
  Bias extends NDArray | null,
  N extends Needs<"dx" | "dw" | "db"> = EveryGradient,
>(
  dout: NDArray,
  cache: ConvCache<Bias>,
  options: BackwardOptions<N> = {},
): Gradients<[dx: "dx", dw: "dw", db: Bias extends null ? null : "db"], N> {
  const { geometry: g, b, ...operands } = checkCache(
    "convBackwardNaive",
    dout,
    cache,
    convCacheParts,
  );
  checkUpstream("convBackwardNaive", dout, [g.n, g.f, g.outH, g.outW]);
  const needs = wanted("convBackwardNaive", { dx: true, dw: true, db: true }, options);
  const [upstream, x, w] = unify(dout, operands.x, operands.w);
  const [X, W, DOUT] = [floats(x), floats(w), floats(upstream)];
  // Sums are float64 for either type, so that float32 is rounded once, at the end.
  const DX = needs.dx ? new Float64Array(x.size) : null;
  const DW = needs.dw ? new Float64Array(w.size) : null;
  const DB = needs.db && b !== null ? new Float64Array(g.f) : null;
  let at = 0;
  for (let n = 0; n < g.n; n++) {
    for (let f = 0; f < g.f; f++) {
      for (let i = 0; i < g.outH; i++) {
        for (let j = 0; j < g.outW; j++) {
          const d = DOUT[at++];
          if (DB) DB[f] += d;
          if (!DX && !DW) continue;
          eachProduct(g, n, f, i, j, (pixel, weight) => {
            if (DX && pixel >= 0) DX[pixel] += d * W[weight];
            if (DW) DW[weight] += d * (pixel < 0 ? 0 : X[pixel]);
          });
        }
      }
    }
  }
  const gradient = (sums: Float64Array | null, shape: readonly number[]) =>
    sums && castTo(asNDArray(sums, shape), x.dtype);
  return gradients(gradient(DX, x.shape), gradient(DW, w.shape), gradient(DB, [g.f]));
}

/**
 * Calls `visit` with the places in x and w of every product that output (n, f, i, j) sums. In the
 * pad the place in x is -1: its zeros are multiplied too, and 0·∞ is NaN.
 */
function eachProduct(
  g: ConvGeometry,
  n: number,
  f: number,
  i: number,
  j: number,
  visit: (pixel: number, weight: number) => void,
): void {
  const depth = g.c / g.groups;
  const firstChannel = Math.floor(f / (g.f / g.groups)) * depth;
  for (let c = 0; c < depth; c++) {
    for (let u = 0; u < g.kh; u++) {
      const row = i * g.strideH + u * g.dilationH - g.padH;
      for (let v = 0; v < g.kw; v++) {
        const column = j * g.strideW + v * g.dilationW - g.padW;
        const within = row >= 0 && row < g.h && column >= 0 && column < g.w;
        const pixel = ((n * g.c + firstChannel + c) * g.h + row) * g.w + column;
        visit(within ? pixel : -1, ((f * depth + c) * g.kh + u) * g.kw + v);
      }
    }
  }
}
