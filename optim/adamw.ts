/**
 * AdamW: Adam, and a decay of the weights that does not pass through its averages:
 * `w -= learningRate · weightDecay · w`, then the step of `adam` with the gradient alone.
 *
 * Source: I. Loshchilov and F. Hutter, "Decoupled Weight Decay Regularization", ICLR 2019,
 * algorithm 2, in PyTorch's form, in which the decay is multiplied by the learning rate.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { stepAdam } from "./_adam.ts";
import { settingsOf } from "./_settings.ts";
import type { OptimConfig } from "./types.ts";

const settings = settingsOf("adamw", 1e-3, [
  "beta1",
  "beta2",
  "epsilon",
  "weightDecay",
  "m",
  "v",
  "t",
]);

/**
 * Makes a step of AdamW.
 *
 * @param w Parameters, any shape
 * @param dw Gradient, of the shape of `w`
 * @param config `learningRate`, 1e-3 if not given; `beta1`, 0.9; `beta2`, 0.999; `epsilon`, 1e-8;
 * `weightDecay`, 1e-2; `m` and `v`, zeros; `t`, 0: the steps made so far
 * @param out `w` for a step in place, or where to write the new parameters; a new array if not given
 * @returns The new parameters, and the config for the next step with the new `m`, `v` and `t`
 * @throws {TypeError} If an array is not float32 or float64
 * @throws {RangeError} If shapes differ, or a setting is unknown or out of range
 *
 * @example
 * ```ts
 * import { adamw } from "@nndl/nndl/optim";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * // Where there is no gradient the weights only decay.
 * const config = { learningRate: 0.5, weightDecay: 0.5 };
 * const [w, next] = adamw(array([4, -8]), array([0, 0]), config);
 * assert.deepEqual(w.toArray(), [3, -6]);
 * assert.equal(next.weightDecay, 0.5);
 * ```
 *
 * @category Optimization
 */
export function adamw(
  w: NDArray,
  dw: NDArray,
  config: OptimConfig = {},
  out?: NDArray,
): [nextW: NDArray, config: OptimConfig] {
  const { weightDecay, ...rest } = settings.resolve(config);
  const decay = rest.learningRate * weightDecay;
  const [next, after] = stepAdam("adamw", w, dw, rest, out, decay);
  return [next, { ...after, weightDecay }];
}
