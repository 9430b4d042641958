/**
 * Logistic function `1 / (1 + e⁻ˣ)`, for an array of any shape.
 *
 * Backward, from the output: `dx = dout·out·(1 - out)`.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { checkInput, checkUpstream } from "./_shapes.ts";

/**
 * What {@linkcode sigmoidBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface SigmoidCache {
  /** Output, any shape. */
  readonly out: NDArray;
}

/**
 * Computes the logistic function. Values far below 0 keep their digits.
 *
 * @param x Input, any shape
 * @returns `out` of the shape of `x`, and the cache of the backward pass
 * @throws {RangeError} If `x` is empty
 *
 * @example
 * ```ts
 * import { sigmoidForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = sigmoidForward(array([0, Math.log(3), -Infinity]));
 * assert.deepEqual(out.toArray(), [0.5, 0.75, 0]);
 * ```
 *
 * @category Layers
 */
export function sigmoidForward(x: NDArray): [out: NDArray, cache: SigmoidCache] {
  checkInput("sigmoidForward", x);
  [x] = unify(x);
  const out = emptyArray(x.shape, x.dtype);
  kernels.sigmoidForward(floats(x), floats(out));
  return [out, { out }];
}

/**
 * Computes the backward pass of {@linkcode sigmoidForward}.
 *
 * @param dout Upstream gradient, shape of `x`
 * @param cache The cache of {@linkcode sigmoidForward}
 * @returns `dx`, shape of `x`
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape
 *
 * @example
 * ```ts
 * import { sigmoidBackward, sigmoidForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = sigmoidForward(array([0, Infinity]));
 * assert.deepEqual(sigmoidBackward(array([4, 4]), cache).toArray(), [1, 0]);
 * ```
 *
 * @category Layers
 */
export function sigmoidBackward(dout: NDArray, cache: SigmoidCache): NDArray {
  let { out } = checkCache("sigmoidBackward", dout, cache, ["out"]);
  checkUpstream("sigmoidBackward", dout, out.shape);
  [dout, out] = unify(dout, out);
  const dx = emptyArray(out.shape, out.dtype);
  kernels.sigmoidBackward(floats(dout), floats(out), floats(dx));
  return dx;
}
