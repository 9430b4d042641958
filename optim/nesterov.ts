/**
 * Nesterov's accelerated gradient: momentum that looks at the gradient where the velocity is about
 * to carry `w`. In the form that keeps the parameters at that point:
 * `p = v; v = momentum · v - learningRate · dw; w += -momentum · p + (1 + momentum) · v`.
 *
 * Source: Y. Bengio et al., "Advances in optimizing recurrent networks", 2012, section 3.5; CS231n
 * course notes, "Neural Networks Part 3".
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { FloatArray } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { settingsOf } from "./_settings.ts";
import { beginStep, remembered } from "./_step.ts";
import type { OptimConfig } from "./types.ts";

const settings = settingsOf("nesterov", 1e-2, ["momentum", "velocity"]);

/**
 * Makes a step of Nesterov's accelerated gradient.
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
 * import { nesterov } from "@nndl/nndl/optim";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const config = { learningRate: 0.25, momentum: 0.5, velocity: array([4]) };
 * const [w, next] = nesterov(array([1]), array([4]), config);
 * assert.deepEqual(next.velocity?.toArray(), [1]);
 * assert.deepEqual(w.toArray(), [0.5]);
 * ```
 *
 * @category Optimization
 */
export function nesterov(
  w: NDArray,
  dw: NDArray,
  config: OptimConfig = {},
  out?: NDArray,
): [nextW: NDArray, config: OptimConfig] {
  const { learningRate, momentum, velocity: before } = settings.resolve(config);
  const step = beginStep("nesterov", w, dw, out);
  const velocity = remembered("nesterov", "velocity", before, step);
  kernels.nesterovStep(step.w, step.dw, velocity.data as FloatArray, learningRate, momentum);
  return [step.next, { learningRate, momentum, velocity }];
}
