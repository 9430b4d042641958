/**
 * How weights begin. Each function takes a shape in PyTorch's layout, outputs first, such as (out,
 * in) or (F, C, kh, kw), and a generator; from the shape it reads how many numbers go into a unit
 * (fan in: all lengths but the first) and out of it (fan out: all but the second).
 *
 * @module
 */
import { touch } from "../autograd/tensor.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";
import type { Parameter } from "./parameter.ts";

/**
 * Draws initial weights, in float64.
 *
 * @category Modules
 */
export type Initializer = (shape: readonly number[], rng: RandomState) => NDArray;

/**
 * Draws uniformly from ±1/√(fan in): what PyTorch's linear and convolutional layers begin with.
 *
 * @param shape Shape of the weights
 * @param rng Where the numbers come from
 * @returns The weights, float64
 *
 * @example
 * ```ts
 * import { uniformFanIn } from "@nndl/nndl/nn";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const w = uniformFanIn([50, 4], new RandomState(0));
 * assert.ok(w.max() < 0.5 && w.max() > 0.45);
 * ```
 *
 * @category Modules
 */
export function uniformFanIn(shape: readonly number[], rng: RandomState): NDArray {
  return uniformWithin(1 / Math.sqrt(fanIn(shape)), shape, rng);
}

/**
 * Draws uniformly from ±gain·√(6 / (fan in + fan out)), which keeps the variance of what goes forward
 * and back through a layer without a kink.
 *
 * Source: X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
 * networks", AISTATS 2010.
 *
 * @param shape Shape of the weights
 * @param rng Where the numbers come from
 * @param gain What the deviation is multiplied by
 * @returns The weights, float64
 * @category Modules
 */
export function xavierUniform(shape: readonly number[], rng: RandomState, gain = 1): NDArray {
  return uniformWithin(gain * Math.sqrt(6 / (fanIn(shape) + fanOut(shape))), shape, rng);
}

/**
 * Draws normally with deviation gain·√(2 / (fan in + fan out)); see {@linkcode xavierUniform}.
 *
 * @param shape Shape of the weights
 * @param rng Where the numbers come from
 * @param gain What the deviation is multiplied by
 * @returns The weights, float64
 * @category Modules
 */
export function xavierNormal(shape: readonly number[], rng: RandomState, gain = 1): NDArray {
  return normal(shape, rng, gain * Math.sqrt(2 / (fanIn(shape) + fanOut(shape))));
}

/**
 * Draws uniformly from ±gain·√(3 / fan in); with the gain √2 of ReLU, the default, what goes through
 * many such layers keeps its size.
 *
 * Source: K. He et al., "Delving Deep into Rectifiers", ICCV 2015, https://arxiv.org/abs/1502.01852.
 *
 * @param shape Shape of the weights
 * @param rng Where the numbers come from
 * @param gain What the deviation is multiplied by
 * @returns The weights, float64
 * @category Modules
 */
export function kaimingUniform(
  shape: readonly number[],
  rng: RandomState,
  gain: number = Math.SQRT2,
): NDArray {
  return uniformWithin(gain * Math.sqrt(3 / fanIn(shape)), shape, rng);
}

/**
 * Draws normally with deviation gain/√(fan in); see {@linkcode kaimingUniform}.
 *
 * @param shape Shape of the weights
 * @param rng Where the numbers come from
 * @param gain What the deviation is multiplied by
 * @returns The weights, float64
 * @category Modules
 */
export function kaimingNormal(
  shape: readonly number[],
  rng: RandomState,
  gain: number = Math.SQRT2,
): NDArray {
  return normal(shape, rng, gain / Math.sqrt(fanIn(shape)));
}

/**
 * Draws normally around 0.
 *
 * @param shape Shape of the weights
 * @param rng Where the numbers come from
 * @param std Standard deviation
 * @returns The weights, float64
 * @category Modules
 */
export function normal(shape: readonly number[], rng: RandomState, std = 1): NDArray {
  return rng.normal(0, std, shape);
}

/**
 * Draws a parameter anew, in its own type.
 *
 * @param parameter What to draw
 * @param init How
 * @param rng Where the numbers come from
 *
 * @example
 * ```ts
 * import { initialize, Linear, Sequential, xavierUniform } from "@nndl/nndl/nn";
 * import { RandomState } from "@nndl/nndl/random";
 *
 * const rng = new RandomState(231);
 * const net = new Sequential(new Linear(8, 4), new Linear(4, 2));
 * for (const part of Object.values(net.modules())) {
 *   if (part instanceof Linear) initialize(part.weight, xavierUniform, rng);
 * }
 * ```
 *
 * @category Modules
 */
export function initialize(parameter: Parameter, init: Initializer, rng: RandomState): void {
  parameter.value.data.set(init(parameter.shape, rng).data);
  touch(parameter);
}

function uniformWithin(bound: number, shape: readonly number[], rng: RandomState): NDArray {
  return rng.uniform(-bound, bound, shape);
}

function fanIn(shape: readonly number[]): number {
  return shape.slice(1).reduce((n, length) => n * length, 1);
}

function fanOut(shape: readonly number[]): number {
  return shape.reduce((n, length, axis) => axis === 1 ? n : n * length, 1);
}
