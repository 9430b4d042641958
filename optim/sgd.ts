/**
 * Stochastic gradient descent: `w -= learningRate · dw`.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { settingsOf } from "./_settings.ts";
import { beginStep } from "./_step.ts";
import type { OptimConfig } from "./types.ts";

const settings = settingsOf("sgd", 1e-2, []);

/**
 * Makes a step of stochastic gradient descent.
 *
 * @param w Parameters, any shape
 * @param dw Gradient, of the shape of `w`
 * @param config `learningRate`, 1e-2 if not given
 * @param out `w` for a step in place, or where to write the new parameters; a new array if not given
 * @returns The new parameters, and the config for the next step
 * @throws {TypeError} If an array is not float32 or float64
 * @throws {RangeError} If shapes differ, or a setting is unknown or out of range
 *
 * @example
 * ```ts
 * import { sgd } from "@nndl/nndl/optim";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [w] = sgd(array([1, 2]), array([4, -8]), { learningRate: 0.25 });
 * assert.deepEqual(w.toArray(), [0, 4]);
 * ```
 *
 * @category Optimization
 */
export function sgd(
  w: NDArray,
  dw: NDArray,
  config: OptimConfig = {},
  out?: NDArray,
): [nextW: NDArray, config: OptimConfig] {
  const { learningRate } = settings.resolve(config);
  const step = beginStep("sgd", w, dw, out);
  kernels.sgdStep(step.w, step.dw, learningRate);
  return [step.next, { learningRate }];
}
