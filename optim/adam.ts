/**
 * Adam: momentum and RMSProp together, with averages corrected for their start at zero:
 * `m = beta1 · m + (1 - beta1) · dw`, `v = beta2 · v + (1 - beta2) · dw²`,
 * `w -= learningRate · (m / (1 - beta1ᵗ)) / (√(v / (1 - beta2ᵗ)) + epsilon)`.
 *
 * `t` counts the steps and is increased before it is used, so the first step has t = 1.
 *
 * Source: D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { stepAdam } from "./_adam.ts";
import { settingsOf } from "./_settings.ts";
import type { OptimConfig } from "./types.ts";

const settings = settingsOf("adam", 1e-3, ["beta1", "beta2", "epsilon", "m", "v", "t"]);

/**
 * Makes a step of Adam.
 *
 * @param w Parameters, any shape
 * @param dw Gradient, of the shape of `w`
 * @param config `learningRate`, 1e-3 if not given; `beta1`, 0.9; `beta2`, 0.999; `epsilon`, 1e-8;
 * `m` and `v`, zeros; `t`, 0: the steps made so far
 * @param out `w` for a step in place, or where to write the new parameters; a new array if not given
 * @returns The new parameters, and the config for the next step with the new `m`, `v` and `t`
 * @throws {TypeError} If an array is not float32 or float64
 * @throws {RangeError} If shapes differ, or a setting is unknown or out of range
 *
 * @example
 * ```ts
 * import { adam } from "@nndl/nndl/optim";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * // The first step has the length of the learning rate, whatever the gradient.
 * const [w, config] = adam(array([1, 1]), array([1e-3, -1e3]), { learningRate: 0.5 });
 * assert.equal(w.at(0).toFixed(4), "0.5000");
 * assert.equal(w.at(1).toFixed(4), "1.5000");
 * assert.equal(config.t, 1);
 * ```
 *
 * @category Optimization
 */
export function adam(
  w: NDArray,
  dw: NDArray,
  config: OptimConfig = {},
  out?: NDArray,
): [nextW: NDArray, config: OptimConfig] {
  return stepAdam("adam", w, dw, settings.resolve(config), out);
}
