/**
 * Hyperbolic tangent, for an array of any shape.
 *
 * Backward, from the output: `dx = dout·(1 - out²)`.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { checkInput, checkUpstream } from "./_shapes.ts";

/**
 * What {@linkcode tanhBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface TanhCache {
  /** Output, any shape. */
  readonly out: NDArray;
}

/**
 * Computes the hyperbolic tangent.
 *
 * @param x Input, any shape
 * @returns `out` of the shape of `x`, and the cache of the backward pass
 * @throws {RangeError} If `x` is empty
 *
 * @example
 * ```ts
 * import { tanhForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = tanhForward(array([0, Infinity]));
 * assert.deepEqual(out.toArray(), [0, 1]);
 * ```
 *
 * @category Layers
 */
export function tanhForward(x: NDArray): [out: NDArray, cache: TanhCache] {
  checkInput("tanhForward", x);
  [x] = unify(x);
  const out = emptyArray(x.shape, x.dtype);
  kernels.tanhForward(floats(x), floats(out));
  return [out, { out }];
}

/**
 * Computes the backward pass of {@linkcode tanhForward}.
 *
 * @param dout Upstream gradient, shape of `x`
 * @param cache The cache of {@linkcode tanhForward}
 * @returns `dx`, shape of `x`
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape
 *
 * @example
 * ```ts
 * import { tanhBackward, tanhForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = tanhForward(array([0, Infinity]));
 * assert.deepEqual(tanhBackward(array([5, 7]), cache).toArray(), [5, 0]);
 * ```
 *
 * @category Layers
 */
export function tanhBackward(dout: NDArray, cache: TanhCache): NDArray {
  let { out } = checkCache("tanhBackward", dout, cache, ["out"]);
  checkUpstream("tanhBackward", dout, out.shape);
  [dout, out] = unify(dout, out);
  const dx = emptyArray(out.shape, out.dtype);
  kernels.tanhBackward(floats(dout), floats(out), floats(dx));
  return dx;
}
