/**
 * Clipping of gradients.
 *
 * @module
 */
import { type FloatArray, kernels } from "../kernels/mod.ts";
import { checkPositive } from "../internal/numbers.ts";
import { namedParameters, type ParameterSource } from "./_parameters.ts";

/**
 * Scales the gradients of parameters, where they are longer than `maxNorm` together, to that length.
 * ParameterSource without a gradient do not count.
 *
 * @param parameters A module, its `parameters()`, or a list of tensors
 * @param maxNorm The largest length, √Σg², above 0
 * @returns The length before
 * @throws {RangeError} If a gradient is NaN or infinite; it names the parameter
 *
 * @example
 * ```ts
 * import { clipGradNorm } from "@nndl/nndl/nn";
 * import { Tensor } from "@nndl/nndl/autograd";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = new Tensor(array([0, 0]));
 * x.grad = array([3, 4]);
 * assert.equal(clipGradNorm([x], 1), 5);
 * assert.ok(Math.abs(x.grad.at(1) - 0.8) < 1e-6);
 * ```
 *
 * @category Modules
 */
export function clipGradNorm(parameters: ParameterSource, maxNorm: number): number {
  checkPositive("clipGradNorm", "maxNorm", maxNorm);
  const entries = namedParameters("clipGradNorm", parameters);
  let squares = 0;
  for (const [name, { grad }] of entries) {
    if (!grad) continue;
    const square = kernels.sumSquares(grad.data as FloatArray);
    if (!Number.isFinite(square)) {
      const found = grad.data.find((value: number) => !Number.isFinite(value));
      throw new RangeError(
        `clipGradNorm: the gradient of ${name} ` +
          (found === undefined ? "is too large to be squared" : `holds ${found}`) +
          `; a smaller learning rate, or eps under a root or logarithm, may help`,
      );
    }
    squares += square;
  }
  const norm = Math.sqrt(squares);
  const scale = maxNorm / (norm + 1e-6);
  if (scale < 1) {
    for (const [, parameter] of entries) {
      if (parameter.grad) parameter.grad = parameter.grad.multiply(scale);
    }
  }
  return norm;
}
