/**
 * Leaky rectified linear unit: `out = x` where `x > 0`, else `alpha·x`, for an array of any shape.
 *
 * Backward: `dx = dout` where `x > 0`, else `alpha·dout`. At exactly 0, where there is no
 * derivative, the slope is `alpha` by convention.
 *
 * Source: A. L. Maas, A. Y. Hannun and A. Y. Ng, "Rectifier Nonlinearities Improve Neural Network
 * Acoustic Models", 2013.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { checkInput, checkUpstream } from "./_shapes.ts";

/**
 * What {@linkcode leakyReluBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface LeakyReluCache {
  /** Input, any shape. */
  readonly x: NDArray;
  /** Slope below 0. */
  readonly alpha: number;
}

/**
 * Computes the leaky ReLU. NaN stays NaN.
 *
 * @param x Input, any shape
 * @param alpha Slope below 0, by default 0.01
 * @returns `out` of the shape of `x`, and the cache of the backward pass
 * @throws {RangeError} If `x` is empty, or `alpha` not finite
 *
 * @example
 * ```ts
 * import { leakyReluForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [out] = leakyReluForward(array([-100, 0, 2]));
 * assert.deepEqual(out.toArray(), [-1, 0, 2]);
 * ```
 *
 * @category Layers
 */
export function leakyReluForward(
  x: NDArray,
  alpha: number = 0.01,
): [out: NDArray, cache: LeakyReluCache] {
  checkInput("leakyReluForward", x);
  if (!Number.isFinite(alpha)) {
    throw new RangeError(
      `leakyReluForward: alpha must be a finite number, got ${showValue(alpha)}; usual is 0.01`,
    );
  }
  [x] = unify(x);
  const out = emptyArray(x.shape, x.dtype);
  kernels.leakyReluForward(alpha, floats(x), floats(out));
  return [out, { x, alpha }];
}

/**
 * Computes the backward pass of {@linkcode leakyReluForward}.
 *
 * @param dout Upstream gradient, shape of `x`
 * @param cache The cache of {@linkcode leakyReluForward}
 * @returns `dx`, shape of `x`
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape
 *
 * @example
 * ```ts
 * import { leakyReluBackward, leakyReluForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = leakyReluForward(array([-100, 0, 2]), 0.5);
 * assert.deepEqual(leakyReluBackward(array([4, 4, 4]), cache).toArray(), [2, 2, 4]);
 * ```
 *
 * @category Layers
 */
export function leakyReluBackward(dout: NDArray, cache: LeakyReluCache): NDArray {
  const { alpha, ...given } = checkCache("leakyReluBackward", dout, cache, ["x", "alpha"]);
  checkUpstream("leakyReluBackward", dout, given.x.shape);
  const [up, x] = unify(dout, given.x);
  const dx = emptyArray(x.shape, x.dtype);
  kernels.leakyReluBackward(alpha, floats(up), floats(x), floats(dx));
  return dx;
}
