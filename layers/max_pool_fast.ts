/**
 * Max pooling through the kernel table: the same as `maxPoolForwardNaive`, faster.
 *
 * @module
 */
import { allocate, kernels } from "../kernels/mod.ts";
import { asNDArray, type NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { poolGeometry } from "./_geometry.ts";
import { checkUpstream } from "./_shapes.ts";
import { windowsFit } from "./_windows.ts";
import type { MaxPoolCache, PoolParam } from "./conv_param.ts";
import { maxPoolBackwardNaive, maxPoolForwardNaive } from "./max_pool_naive.ts";

/**
 * Computes the forward pass of max pooling.
 *
 * @param x Input, (N, C, H, W), integers count as float64
 * @param poolParam Window and stride, pixels; optionally pad and ceil mode
 * @returns `out` (N, C, H', W') with `H' = 1 + floor((H + 2·pad - poolHeight) / stride)`, rounded
 * up with `ceilMode`, W' likewise, and the cache of the backward pass
 * @throws {RangeError} If a shape or setting is wrong, or the window larger than the image
 *
 * @example
 * ```ts
 * import { maxPoolForwardFast } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 5, 2, 0], [3, 4, 9, 8]]]]);
 * const [out] = maxPoolForwardFast(x, { poolHeight: 2, poolWidth: 2, stride: 2 });
 * assert.deepEqual(out.toArray(), [[[[5, 9]]]]);
 * ```
 *
 * @category Layers
 */
export function maxPoolForwardFast(
  x: NDArray,
  poolParam: PoolParam,
): [out: NDArray, cache: MaxPoolCache] {
  const geometry = poolGeometry("maxPoolForwardFast", x, poolParam);
  // Kernels take windows within the image; the others are left to the loops.
  if (!windowsFit(geometry)) return maxPoolForwardNaive(x, poolParam);
  [x] = unify(x);
  const shape = [geometry.n, geometry.c, geometry.outH, geometry.outW];
  const out = emptyArray(shape, x.dtype);
  const argmax = allocate(Int32Array, out.size);
  kernels.maxPoolForward(geometry, floats(x), floats(out), argmax);
  return [out, { x, argmax: asNDArray(argmax, shape), geometry }];
}

/**
 * Computes the backward pass of max pooling.
 *
 * @param dout Upstream gradient, (N, C, H', W')
 * @param cache The cache of {@linkcode maxPoolForwardFast} or `maxPoolForwardNaive`
 * @returns `dx` (N, C, H, W)
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { maxPoolBackwardFast, maxPoolForwardFast } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[1, 5, 2, 0], [3, 4, 9, 8]]]]);
 * const [, cache] = maxPoolForwardFast(x, { poolHeight: 2, poolWidth: 2, stride: 2 });
 * const dx = maxPoolBackwardFast(array([[[[10, 20]]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[[0, 10, 0, 0], [0, 0, 20, 0]]]]);
 * ```
 *
 * @category Layers
 */
export function maxPoolBackwardFast(dout: NDArray, cache: MaxPoolCache): NDArray {
  const parts = ["x", "argmax", "geometry"] as const;
  const { x, argmax, geometry } = checkCache("maxPoolBackwardFast", dout, cache, parts);
  checkUpstream("maxPoolBackwardFast", dout, argmax.shape);
  if (!windowsFit(geometry)) return maxPoolBackwardNaive(dout, cache);
  [dout] = unify(dout, x);
  const dx = emptyArray(x.shape, dout.dtype);
  kernels.maxPoolBackward(geometry, floats(dout), argmax.data as Int32Array, floats(dx));
  return dx;
}
