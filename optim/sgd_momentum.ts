/**
 * Gradient descent with momentum: a velocity sums up past gradients, as a ball gathers speed on a
 * slope: `v = momentum · v - learningRate · dw; w += v`.
 *
 * Source: B. T. Polyak, "Some methods of speeding up the convergence of iteration methods", 1964;
 * CS231n course notes, "Neural Networks Part 3".
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { FloatArray } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { settingsOf } from "./_settings.ts";
import { beginStep, remembered } from "./_step.ts";
import type { OptimConfig } from "./types.ts";

const settings = settingsOf("sgdMomentum", 1e-2, ["momentum", "velocity"]);

/**
 * Makes a step of gradient descent with momentum.
 *
 * @param w Parameters, any shape
 * @param dw Gradient, of the shape of `w`
 * @param config `learningRate`, 1e-2 if not given; `momentum`, 0.9; `velocity`, zeros
 * @param out `w` for a step in place, or where to write the new parameters; a new array if not given
 * @returns The new parameters, and the config for the next step with the new `velocity`
 * @throws {TypeError} If an array is not float32 or float64
 * @throws {RangeError} If shapes differ, or a setting is unknown or out of range
 *
 * @example
 * ```ts
 * import { sgdMomentum } from "@nndl/nndl/optim";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const config = { learningRate: 0.25, momentum: 0.5, velocity: array([2]) };
 * const [w, next] = sgdMomentum(array([1]), array([4]), config);
 * assert.deepEqual(next.velocity?.toArray(), [0]);
 * assert.deepEqual(w.toArray(), [1]);
 * ```
 *
 * @category Optimization
 */
export function sgdMomentum(
  w: NDArray,
  dw: NDArray,
  config: OptimConfig = {},
  out?: NDArray,
): [nextW: NDArray, config: OptimConfig] {
  const { learningRate, momentum, velocity: before } = settings.resolve(config);
  const step = beginStep("sgdMomentum", w, dw, out);
  const velocity = remembered("sgdMomentum", "velocity", before, step);
  kernels.momentumStep(step.w, step.dw, velocity.data as FloatArray, learningRate, momentum);
  return [step.next, { learningRate, momentum, velocity }];
}
