/**
 * Average pooling: every output is the mean of a window of its channel. The output is
 * (N, C, H', W') with `H' = 1 + floor((H + 2·pad - poolHeight) / stride)`, rounded up with `ceilMode`,
 * W' likewise. The zeros of a pad count as pixels unless `countPad` is false; what goes past them
 * never does.
 *
 * Backward: a window's gradient is spread evenly over its pixels, adding where windows overlap.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { type FloatArray, kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { poolGeometry } from "./_geometry.ts";
import { checkUpstream } from "./_shapes.ts";
import { type Window, windowsFit, windowsOf } from "./_windows.ts";
import type { AvgPoolCache, AvgPoolParam, PaddedPoolGeometry } from "./conv_param.ts";

/**
 * Computes the forward pass of average pooling.
 *
 * @param x Input, (N, C, H, W), integers count as float64
 * @param poolParam Window and stride, pixels; optionally pad, ceil mode, and whether the pad counts
 * @returns `out` (N, C, H', W'), and the cache of the backward pass
 * @throws {RangeError} If a shape or setting is wrong, or the window larger than the image
 *
 * @example
 * ```ts
 * import { avgPoolForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 5, 2, 0], [3, 3, 9, 1]]]]);
 * const [out] = avgPoolForward(x, { poolHeight: 2, poolWidth: 2, stride: 2 });
 * assert.deepEqual(out.toArray(), [[[[3, 3]]]]);
 * ```
 *
 * @category Layers
 */
export function avgPoolForward(
  x: NDArray,
  poolParam: AvgPoolParam,
): [out: NDArray, cache: AvgPoolCache] {
  const geometry = poolGeometry("avgPoolForward", x, poolParam);
  const { countPad = true } = poolParam;
  if (typeof countPad !== "boolean") {
    throw new TypeError(
      `avgPoolForward: poolParam.countPad must be true or false, got ${showValue(countPad)}`,
    );
  }
  [x] = unify(x);
  const out = emptyArray([geometry.n, geometry.c, geometry.outH, geometry.outW], x.dtype);
  if (windowsFit(geometry)) kernels.avgPoolForward(geometry, floats(x), floats(out));
  else meansOfWindows(geometry, countPad, floats(x), floats(out));
  return [out, { x, geometry, countPad }];
}

/**
 * Computes the backward pass of average pooling.
 *
 * @param dout Upstream gradient, (N, C, H', W')
 * @param cache The cache of {@linkcode avgPoolForward}
 * @returns `dx` (N, C, H, W)
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { avgPoolBackward, avgPoolForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 5, 2, 0], [3, 3, 9, 1]]]]);
 * const [, cache] = avgPoolForward(x, { poolHeight: 2, poolWidth: 2, stride: 2 });
 * const dx = avgPoolBackward(array([[[[4, 8]]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]);
 * ```
 *
 * @category Layers
 */
export function avgPoolBackward(dout: NDArray, cache: AvgPoolCache): NDArray {
  const { x, geometry, countPad } = checkCache("avgPoolBackward", dout, cache, cacheParts);
  const { n, c, outH, outW } = geometry;
  checkUpstream("avgPoolBackward", dout, [n, c, outH, outW]);
  [dout] = unify(dout, x);
  const dx = emptyArray(x.shape, dout.dtype);
  if (windowsFit(geometry)) kernels.avgPoolBackward(geometry, floats(dout), floats(dx));
  else shareAmongWindows(geometry, countPad, floats(dout), floats(dx));
  return dx;
}

const cacheParts = ["x", "geometry", "countPad"] as const;

/** The means of windows that go past the edges. */
function meansOfWindows(
  g: PaddedPoolGeometry,
  countPad: boolean,
  x: FloatArray,
  out: FloatArray,
): void {
  const windows = windowsOf(g);
  const areas = areasOf(g, windows, countPad);
  for (let plane = 0; plane < g.n * g.c; plane++) {
    windows.forEach(({ top, bottom, left, right }, window) => {
      let sum = 0;
      for (let row = top; row < bottom; row++) {
        const start = (plane * g.h + row) * g.w;
        for (let pixel = start + left; pixel < start + right; pixel++) sum += x[pixel];
      }
      out[plane * windows.length + window] = sum / areas[window];
    });
  }
}

/** Spreads the gradient of every window over its pixels. */
function shareAmongWindows(
  g: PaddedPoolGeometry,
  countPad: boolean,
  dout: FloatArray,
  dx: FloatArray,
): void {
  const windows = windowsOf(g);
  const areas = areasOf(g, windows, countPad);
  dx.fill(0);
  for (let plane = 0; plane < g.n * g.c; plane++) {
    windows.forEach(({ top, bottom, left, right }, window) => {
      const share = dout[plane * windows.length + window] / areas[window];
      for (let row = top; row < bottom; row++) {
        const start = (plane * g.h + row) * g.w;
        for (let pixel = start + left; pixel < start + right; pixel++) dx[pixel] += share;
      }
    });
  }
}

/** How many pixels each window's mean is taken over: those of the image, or of image and pad. */
function areasOf(g: PaddedPoolGeometry, windows: readonly Window[], countPad: boolean): number[] {
  return windows.map(({ top, bottom, left, right }, window) => {
    if (!countPad) return (bottom - top) * (right - left);
    const i = Math.floor(window / g.outW);
    const [first, start] = [i * g.strideH, (window - i * g.outW) * g.strideW];
    const height = Math.min(g.kh, g.h + 2 * g.padH - first);
    return height * Math.min(g.kw, g.w + 2 * g.padW - start);
  });
}
