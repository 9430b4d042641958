/**
 * Vectors scaled to length 1.
 *
 * @module
 */
import {
  divide,
  maskedFill,
  sqrt,
  square,
  sum,
  type Tensor,
  type TensorLike,
} from "../autograd/mod.ts";

/**
 * Scales vectors along the last axis down, or up, to length 1. A vector of zeros has no direction: it
 * stays zero, and its gradient is finite.
 *
 * @param z Vectors, (..., D)
 * @returns Their directions, of the shape of `z`
 *
 * @example
 * ```ts
 * import { unit } from "@nndl/nndl/nn";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(unit(array([[3, 4], [0, 0]])).value.toArray(), [[0.6, 0.8], [0, 0]]);
 * ```
 *
 * @category Modules
 */
export function unit(z: TensorLike): Tensor {
  const squares = sum(square(z), -1, { keepdims: true });
  return divide(z, sqrt(maskedFill(squares, squares.value.equal(0), 1)));
}
