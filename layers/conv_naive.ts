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
import { unifyOperands } from "./_convolve.ts";
import { convGeometry } from "./_geometry.ts";
import { checkUpstream } from "./_shapes.ts";
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
          eachProduct(g, n, f, i, j, (pixel, weight) => sum += X[pixel] * W[weight]);
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
 * @returns `dx` (N, C, H, W), `dw` (F, C / groups, HH, WW), `db` (F,), null without a bias
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
 */
export function convBackwardNaive<Bias extends NDArray | null>(
  dout: NDArray,
  { x, w, b, geometry: g }: ConvCache<Bias>,
): [dx: NDArray, dw: NDArray, db: Bias] {
  checkUpstream("convBackwardNaive", dout, [g.n, g.f, g.outH, g.outW]);
  [dout, x, w] = unify(dout, x, w);
  const [X, W, DOUT] = [floats(x), floats(w), floats(dout)];
  // Sums are float64 for either type, so that float32 is rounded once, at the end.
  const DX = new Float64Array(x.size);
  const DW = new Float64Array(w.size);
  const DB = new Float64Array(g.f);
  let at = 0;
  for (let n = 0; n < g.n; n++) {
    for (let f = 0; f < g.f; f++) {
      for (let i = 0; i < g.outH; i++) {
        for (let j = 0; j < g.outW; j++) {
          const upstream = DOUT[at++];
          DB[f] += upstream;
          eachProduct(g, n, f, i, j, (pixel, weight) => {
            DX[pixel] += upstream * W[weight];
            DW[weight] += upstream * X[pixel];
          });
        }
      }
    }
  }
  const gradient = (sums: Float64Array, shape: readonly number[]) =>
    castTo(asNDArray(sums, shape), x.dtype);
  const db = b === null ? null : gradient(DB, [g.f]);
  return [gradient(DX, x.shape), gradient(DW, w.shape), db as Bias];
}

/** Calls `visit` with the places in x and w of every product that output (n, f, i, j) sums. */
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
      if (row < 0 || row >= g.h) continue;
      for (let v = 0; v < g.kw; v++) {
        const column = j * g.strideW + v * g.dilationW - g.padW;
        if (column < 0 || column >= g.w) continue;
        const pixel = ((n * g.c + firstChannel + c) * g.h + row) * g.w + column;
        visit(pixel, ((f * depth + c) * g.kh + u) * g.kw + v);
      }
    }
  }
}
