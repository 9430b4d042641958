/**
 * What a module learns.
 *
 * @module
 */
import { Tensor, type TensorOptions } from "../autograd/mod.ts";
import { isFloat } from "../ndarray/dtypes.ts";
import { NDArray } from "../ndarray/mod.ts";

/**
 * A tensor that a {@linkcode Module} learns: it is found by `parameters()` wherever it is a field.
 *
 * @example
 * ```ts
 * import { Module, Parameter } from "@nndl/nndl/nn";
 * import { multiply, type Tensor } from "@nndl/nndl/autograd";
 * import { type NDArray, ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * class Scale extends Module {
 *   factor = new Parameter(ones([3]));
 *   forward(x: Tensor | NDArray): Tensor {
 *     return multiply(x, this.factor);
 *   }
 * }
 * assert.deepEqual(Object.keys(new Scale().parameters()), ["factor"]);
 * ```
 *
 * @category Modules
 */
export class Parameter extends Tensor {
  /**
   * Makes a parameter. Its array is a copy, in memory that no workspace takes back.
   *
   * @param value Its initial value, float32 or float64
   * @param options `requiresGrad: false` for one that is frozen
   * @throws {TypeError} If `value` is not a float array
   */
  constructor(value: NDArray, options: TensorOptions = {}) {
    if (!(value instanceof NDArray) || !isFloat(value.dtype)) {
      throw new TypeError(
        `Parameter: value must be a float32 or float64 array, got ${
          value instanceof NDArray ? value.dtype : typeof value
        }`,
      );
    }
    super(new NDArray(value.data.slice(), value.shape), options);
  }
}
