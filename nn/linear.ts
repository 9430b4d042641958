/**
 * The linear layer.
 *
 * @module
 */
import { linear, type Tensor } from "../autograd/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { RandomState } from "../random/mod.ts";
import { checkModule, drawn, type WeightOptions } from "./_options.ts";
import { uniformFanIn } from "./initializers.ts";
import { Module } from "./module.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Options of {@linkcode Linear}.
 *
 * @category Modules
 */
export interface LinearOptions extends WeightOptions {
  /** Whether there are biases. Default true. */
  readonly bias?: boolean;
}

/**
 * `x·Wᵀ + b` over the last axis. Weights and biases begin uniform within ±1/√in.
 *
 * @example
 * ```ts
 * import { Linear } from "@nndl/nndl/nn";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const layer = new Linear(4, 2, { bias: false });
 * assert.deepEqual(layer.forward(zeros([5, 3, 4])).shape, [5, 3, 2]);
 * ```
 *
 * @category Modules
 */
export class Linear extends Module {
  /** Weights, (out, in). */
  readonly weight: Parameter;
  /** Biases, (out,), or null. */
  readonly bias: Parameter | null;

  /**
   * Makes a layer; the weights are drawn before the biases.
   *
   * @param inFeatures Length of the last axis that comes in
   * @param outFeatures Length of the last axis that goes out
   * @param options Biases, type, and initial values
   * @throws {TypeError} If there is no option of a given name
   * @throws {RangeError} If a size is not a whole number from 1 up
   */
  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    checkModule("Linear", { inFeatures, outFeatures }, options, ["bias", "dtype", "rng", "init"]);
    const { bias = true, dtype = "float32", rng = new RandomState(), init = uniformFanIn } =
      options;
    this.weight = drawn([outFeatures, inFeatures], init, rng, dtype);
    this.bias = bias
      ? drawn([outFeatures], (shape, rng) => biasValues(shape, rng, inFeatures), rng, dtype)
      : null;
  }

  /**
   * Multiplies and adds.
   *
   * @param x Input, (..., in)
   * @returns Output, (..., out)
   * @throws {RangeError} If the last axis has another length
   */
  forward(x: Tensor | NDArray): Tensor {
    return linear(x, this.weight, this.bias);
  }
}

/** Biases within ±1/√(fan in of the weights). */
export function biasValues(shape: readonly number[], rng: RandomState, fanIn: number): NDArray {
  const bound = 1 / Math.sqrt(fanIn);
  return rng.uniform(-bound, bound, shape);
}
