/**
 * RMSProp: every parameter has its own step size, divided by the root of a running average of its
 * squared gradients: `cache = decayRate · cache + (1 - decayRate) · dw²`,
 * `w -= learningRate · dw / (√cache + epsilon)`.
 *
 * Source: T. Tieleman and G. Hinton, "Lecture 6.5: RMSProp", COURSERA Neural Networks for Machine
 * Learning, 2012.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { FloatArray } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { settingsOf } from "./_settings.ts";
import { beginStep, remembered } from "./_step.ts";
import type { OptimConfig } from "./types.ts";

const settings = settingsOf("rmsprop", 1e-2, ["decayRate", "epsilon", "cache"]);

/**
 * Makes a step of RMSProp.
 *
 * @param w Parameters, any shape
 * @param dw Gradient, of the shape of `w`
 * @param config `learningRate`, 1e-2 if not given; `decayRate`, 0.99; `epsilon`, 1e-8; `cache`, zeros
 * @param out `w` for a step in place, or where to write the new parameters; a new array if not given
 * @returns The new parameters, and the config for the next step with the new `cache`
 * @throws {TypeError} If an array is not float32 or float64
 * @throws {RangeError} If shapes differ, or a setting is unknown or out of range
 *
 * @example
 * ```ts
 * import { rmsprop } from "@nndl/nndl/optim";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const config = { learningRate: 1, decayRate: 0.75, epsilon: 0 };
 * const [w, next] = rmsprop(array([1]), array([4]), config);
 * assert.deepEqual(next.cache?.toArray(), [4]);
 * assert.deepEqual(w.toArray(), [-1]);
 * ```
 *
 * @category Optimization
 */
export function rmsprop(
  w: NDArray,
  dw: NDArray,
  config: OptimConfig = {},
  out?: NDArray,
): [nextW: NDArray, config: OptimConfig] {
  const { learningRate, decayRate, epsilon, cache: before } = settings.resolve(config);
  const step = beginStep("rmsprop", w, dw, out);
  const cache = remembered("rmsprop", "cache", before, step);
  kernels.rmspropStep(
    step.w,
    step.dw,
    cache.data as FloatArray,
    learningRate,
    decayRate,
    epsilon,
  );
  return [step.next, { learningRate, decayRate, epsilon, cache }];
}
