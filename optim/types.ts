/**
 * What all update rules have in common.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";

/**
 * The settings of an update rule, and what it remembers between steps, for one parameter array.
 *
 * Every rule fills in what is missing of its own keys, and hands them on to the next step. Keys of
 * other rules are errors. A rule of one's own may keep more: let its configuration extend this
 * interface.
 *
 * @category Optimization
 */
export interface OptimConfig {
  /** Step size, at least 0. 1e-3 for Adam and AdamW, 1e-2 for the others. */
  learningRate?: number;
  /** How much of the velocity stays, in [0, 1). 0.9 for `sgdMomentum` and `nesterov`. */
  momentum?: number;
  /** Running sum of steps, of the shape of `w`. Starts at zero. */
  velocity?: NDArray;
  /** How much of the average of squares stays in RMSProp, in [0, 1). 0.99. */
  decayRate?: number;
  /** Keeps RMSProp and Adam from dividing by zero, at least 0; outside the root. 1e-8. */
  epsilon?: number;
  /** Running average of squared gradients of RMSProp, of the shape of `w`. Starts at zero. */
  cache?: NDArray;
  /** How much of the average of gradients stays in Adam, in [0, 1). 0.9. */
  beta1?: number;
  /** How much of the average of squared gradients stays in Adam, in [0, 1). 0.999. */
  beta2?: number;
  /** Share of the weights that decays in a step of AdamW, times the step size, at least 0. 1e-2. */
  weightDecay?: number;
  /** Running average of gradients of Adam, of the shape of `w`. Starts at zero. */
  m?: NDArray;
  /** Running average of squared gradients of Adam, of the shape of `w`. Starts at zero. */
  v?: NDArray;
  /** Steps that Adam has made. Starts at 0. */
  t?: number;
}

/**
 * One step of an optimiser on one parameter array.
 *
 * `w`, `dw`, `config` and its arrays are left alone, unless `out` is `w` itself: then `w` and the
 * arrays of `config` are updated in place, which spares a training loop all allocation.
 *
 * A rule whose state is a type of its own is an `UpdateRule` as well:
 * `interface Mine extends OptimConfig { past?: NDArray }`.
 *
 * @param w Parameters, any shape, float32 or float64
 * @param dw Gradient of the loss with respect to `w`, of the same shape
 * @param config Settings, and what the last step returned
 * @param out Where to write the new parameters: `w`, or an array of its shape and dtype
 * @returns The new parameters, and the config for the next step
 * @category Optimization
 */
export type UpdateRule<Config extends OptimConfig = OptimConfig> = {
  step(w: NDArray, dw: NDArray, config?: Config, out?: NDArray): [nextW: NDArray, config: Config];
}["step"];
