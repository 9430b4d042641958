/**
 * Rectified linear unit: `out = max(0, x)`, for an array of any shape.
 *
 * Backward: `dx = dout` where `x > 0`, else 0. At exactly 0, where ReLU has no derivative, the
 * gradient is 0 by convention.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { checkInput, checkUpstream } from "./_shapes.ts";

/**
 * What {@linkcode reluBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface ReluCache {
  /** The input, or equally the output: both are positive at the same places. */
  readonly x: NDArray;
}

/**
 * Computes the forward pass of ReLU. NaN stays NaN.
 *
 * @param x Input, any shape
 * @returns `out` of the shape of `x`, and the cache of the backward pass
 * @throws {RangeError} If `x` is empty
 *
 * @example
 * ```ts
 * import { reluForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = reluForward(array([[-1, 0, 2]]));
 * assert.deepEqual(out.toArray(), [[0, 0, 2]]);
 * ```
 *
 * @category Layers
 */
export function reluForward(x: NDArray): [out: NDArray, cache: ReluCache] {
  checkInput("reluForward", x);
  [x] = unify(x);
  const out = emptyArray(x.shape, x.dtype);
  kernels.reluForward(floats(x), floats(out));
  return [out, { x }];
}

/**
 * Computes the backward pass of ReLU.
 *
 * @param dout Upstream gradient, shape of `x`
 * @param cache The cache of {@linkcode reluForward}
 * @returns `dx`, shape of `x`
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape
 *
 * @example
 * ```ts
 * import { reluBackward, reluForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = reluForward(array([[-1, 0, 2]]));
 * assert.deepEqual(reluBackward(array([[5, 6, 7]]), cache).toArray(), [[0, 0, 7]]);
 * ```
 *
 * @category Layers
 */
export function reluBackward(dout: NDArray, cache: ReluCache): NDArray {
  let { x } = checkCache("reluBackward", dout, cache, ["x"]);
  checkUpstream("reluBackward", dout, x.shape);
  [dout, x] = unify(dout, x);
  const dx = emptyArray(x.shape, x.dtype);
  kernels.reluBackward(floats(dout), floats(x), floats(dx));
  return dx;
}
