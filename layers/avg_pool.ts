/**
 * Average pooling: every output is the mean of a window of its channel. The output is
 * (N, C, H', W') with `H' = 1 + floor((H - poolHeight) / stride)`, W' likewise.
 *
 * Backward: a window's gradient is spread evenly over its pixels, adding where windows overlap.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { poolGeometry } from "./_geometry.ts";
import { checkUpstream } from "./_shapes.ts";
import type { AvgPoolCache, PoolParam } from "./conv_param.ts";

/**
 * Computes the forward pass of average pooling.
 *
 * @param x Input, (N, C, H, W), integers count as float64
 * @param poolParam Window and stride, pixels
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
 */
export function avgPoolForward(
  x: NDArray,
  poolParam: PoolParam,
): [out: NDArray, cache: AvgPoolCache] {
  const geometry = poolGeometry("avgPoolForward", x, poolParam);
  [x] = unify(x);
  const out = emptyArray([geometry.n, geometry.c, geometry.outH, geometry.outW], x.dtype);
  kernels.avgPoolForward(geometry, floats(x), floats(out));
  return [out, { x, geometry }];
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
 */
export function avgPoolBackward(dout: NDArray, cache: AvgPoolCache): NDArray {
  const { x, geometry } = checkCache("avgPoolBackward", dout, cache, ["x", "geometry"]);
  const { n, c, outH, outW } = geometry;
  checkUpstream("avgPoolBackward", dout, [n, c, outH, outW]);
  [dout] = unify(dout, x);
  const dx = emptyArray(x.shape, dout.dtype);
  kernels.avgPoolBackward(geometry, floats(dout), floats(dx));
  return dx;
}
