/**
 * Gaussian error linear unit, the exact one: `out = x·Φ(x)` with the normal distribution function
 * `Φ(x) = erfc(-x/√2) / 2`, for an array of any shape.
 *
 * Backward: `dx = dout·(Φ(x) + x·φ(x))` with the normal density `φ(x) = exp(-x²/2) / √(2π)`.
 *
 * Source: D. Hendrycks and K. Gimpel, "Gaussian Error Linear Units (GELUs)", 2016,
 * https://arxiv.org/abs/1606.08415.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { checkInput, checkUpstream } from "./_shapes.ts";

/**
 * What {@linkcode geluBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface GeluCache {
  /** Input, any shape. */
  readonly x: NDArray;
}

/**
 * Computes the exact GELU; far below 0, too, all digits are right.
 *
 * @param x Input, any shape
 * @returns `out` of the shape of `x`, and the cache of the backward pass
 * @throws {RangeError} If `x` is empty
 *
 * @example
 * ```ts
 * import { geluForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = geluForward(array([0, 1, -Infinity]));
 * assert.ok(Math.abs(out.at(1) - 0.841344746068543) < 1e-15);
 * assert.deepEqual([out.at(0), out.at(2)], [0, 0]);
 * ```
 *
 * @category Layers
 */
export function geluForward(x: NDArray): [out: NDArray, cache: GeluCache] {
  checkInput("geluForward", x);
  [x] = unify(x);
  const out = emptyArray(x.shape, x.dtype);
  kernels.geluForward(floats(x), floats(out));
  return [out, { x }];
}

/**
 * Computes the backward pass of {@linkcode geluForward}.
 *
 * @param dout Upstream gradient, shape of `x`
 * @param cache The cache of {@linkcode geluForward}
 * @returns `dx`, shape of `x`
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape
 *
 * @example
 * ```ts
 * import { geluBackward, geluForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = geluForward(array([0, Infinity, -Infinity]));
 * assert.deepEqual(geluBackward(array([4, 4, 4]), cache).toArray(), [2, 4, 0]);
 * ```
 *
 * @category Layers
 */
export function geluBackward(dout: NDArray, cache: GeluCache): NDArray {
  let { x } = checkCache("geluBackward", dout, cache, ["x"]);
  checkUpstream("geluBackward", dout, x.shape);
  [dout, x] = unify(dout, x);
  const dx = emptyArray(x.shape, x.dtype);
  kernels.geluBackward(floats(dout), floats(x), floats(dx));
  return dx;
}
