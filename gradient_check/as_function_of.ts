/**
 * A loss that reads its parameters from a record, as a function of one of them.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";

/**
 * Makes a function of one parameter from a computation that reads all of them from a record.
 *
 * The function puts its argument in the place of the parameter, computes, and puts the old array
 * back, also when the computation throws. Numerical gradients are float64, so give the model that
 * dtype too; with float32 the differences drown in rounding.
 *
 * @param params The record, such as `model.params`
 * @param name The parameter's name in it
 * @param compute The computation, such as `() => model.loss(X, y)[0]`
 * @returns The function, for {@linkcode evalNumericalGradient},
 * {@linkcode evalNumericalGradientArray} and {@linkcode gradCheckSparse}
 * @throws {RangeError} If there is no parameter of that name
 *
 * @example
 * ```ts
 * import { asFunctionOf, evalNumericalGradient } from "@nndl/nndl/gradient-check";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const params = { a: array([3]), b: array([5]) };
 * const product = asFunctionOf(params, "a", () => params.a.multiply(params.b).sum());
 * assert.equal(evalNumericalGradient(product, params.a).at(0).toFixed(6), "5.000000");
 * assert.equal(params.a.at(0), 3);
 * ```
 *
 * @category Gradient checks
 */
export function asFunctionOf<T>(
  params: Record<string, NDArray>,
  name: string,
  compute: () => T,
): (value: NDArray) => T {
  if (!Object.hasOwn(params, name)) {
    throw new RangeError(
      `asFunctionOf: there is no parameter "${name}", only ${Object.keys(params).join(", ")}`,
    );
  }
  return (value) => {
    const kept = params[name];
    params[name] = value;
    try {
      return compute();
    } finally {
      params[name] = kept;
    }
  };
}
