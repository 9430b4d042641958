/**
 * Max pooling by loops, the readable specification of the layer: every output is the largest value
 * of a window of its channel. The output is (N, C, H', W') with
 * `H' = 1 + floor((H + 2·pad - poolHeight) / stride)`, rounded up with `ceilMode`, W' likewise. Of a
 * window that goes past the edge, only what lies within the image counts.
 *
 * Backward: a window's gradient goes to its first maximum in row-major order, adding where windows
 * overlap.
 *
 * @module
 */
import { allocate, allocateZeros } from "../kernels/mod.ts";
import { asNDArray, type NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { poolGeometry } from "./_geometry.ts";
import { checkUpstream } from "./_shapes.ts";
import { windowsOf } from "./_windows.ts";
import type { MaxPoolCache, PoolParam } from "./conv_param.ts";

/**
 * Computes the forward pass of max pooling by loops.
 *
 * @param x Input, (N, C, H, W), integers count as float64
 * @param poolParam Window and stride, pixels; optionally pad and ceil mode
 * @returns `out` (N, C, H', W'), and the cache of the backward pass
 * @throws {RangeError} If a shape or setting is wrong, or the window larger than the image
 *
 * @example
 * ```ts
 * import { maxPoolForwardNaive } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 5, 2, 0], [3, 4, 9, 8]]]]);
 * const [out] = maxPoolForwardNaive(x, { poolHeight: 2, poolWidth: 2, stride: 2 });
 * assert.deepEqual(out.toArray(), [[[[5, 9]]]]);
 * ```
 *
 * @category Layers
 */
export function maxPoolForwardNaive(
  x: NDArray,
  poolParam: PoolParam,
): [out: NDArray, cache: MaxPoolCache] {
  const g = poolGeometry("maxPoolForwardNaive", x, poolParam);
  [x] = unify(x);
  const shape = [g.n, g.c, g.outH, g.outW];
  const out = emptyArray(shape, x.dtype);
  const argmax = allocate(Int32Array, out.size);
  const [X, OUT] = [floats(x), floats(out)];
  const windows = windowsOf(g);
  let at = 0;
  for (let plane = 0; plane < g.n * g.c; plane++) {
    const first = plane * g.h * g.w;
    for (const { top, bottom, left, right } of windows) {
      let best = top * g.w + left;
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          const place = row * g.w + column;
          const [value, largest] = [X[first + place], X[first + best]];
          if (value > largest || (Number.isNaN(value) && !Number.isNaN(largest))) best = place;
        }
      }
      OUT[at] = X[first + best];
      argmax[at++] = best;
    }
  }
  return [out, { x, argmax: asNDArray(argmax, shape), geometry: g }];
}

/**
 * Computes the backward pass of max pooling by loops.
 *
 * @param dout Upstream gradient, (N, C, H', W')
 * @param cache The cache of {@linkcode maxPoolForwardNaive} or `maxPoolForwardFast`
 * @returns `dx` (N, C, H, W)
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { maxPoolBackwardNaive, maxPoolForwardNaive } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 5, 2, 0], [3, 4, 9, 8]]]]);
 * const [, cache] = maxPoolForwardNaive(x, { poolHeight: 2, poolWidth: 2, stride: 2 });
 * const dx = maxPoolBackwardNaive(array([[[[10, 20]]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[[0, 10, 0, 0], [0, 0, 20, 0]]]]);
 * ```
 *
 * @category Layers
 */
export function maxPoolBackwardNaive(dout: NDArray, cache: MaxPoolCache): NDArray {
  const parts = ["x", "argmax", "geometry"] as const;
  const { x, argmax, geometry: g } = checkCache("maxPoolBackwardNaive", dout, cache, parts);
  checkUpstream("maxPoolBackwardNaive", dout, argmax.shape);
  [dout] = unify(dout, x);
  const DX = allocateZeros(dout.dtype === "float32" ? Float32Array : Float64Array, x.size);
  const windows = g.outH * g.outW;
  for (let plane = 0; plane < g.n * g.c; plane++) {
    for (let window = 0; window < windows; window++) {
      const at = plane * windows + window;
      DX[plane * g.h * g.w + argmax.data[at]] += dout.data[at];
    }
  }
  return asNDArray(DX, x.shape);
}
