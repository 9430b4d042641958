/**
 * Ranges that a random search draws hyper-parameters from.
 *
 * @module
 */
import type { RandomState } from "../random/mod.ts";
import type { HyperParameter } from "./trial.ts";

/**
 * Something that hyper-parameters can be drawn from.
 *
 * @category Search
 */
export interface SearchRange<T extends HyperParameter = HyperParameter> {
  /** Says what is drawn from, so that results of another range are not taken for this one's. */
  readonly description: string;
  /** Draws a value, with one draw from `rng`. */
  readonly draw: (rng: RandomState) => T;
}

/**
 * Numbers whose logarithm is uniform, for quantities whose order of magnitude matters, such as
 * learning rates.
 *
 * @param low Smallest number, above 0
 * @param high Where the range ends, above `low`
 * @returns The range
 * @throws {RangeError} If the range is empty or not above 0
 *
 * @example
 * ```ts
 * import { logUniform } from "@nndl/nndl/selection";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const learningRate = logUniform(1e-5, 1e-1).draw(new RandomState(0));
 * assert.ok(learningRate >= 1e-5 && learningRate < 1e-1);
 * ```
 *
 * @category Search
 */
export function logUniform(low: number, high: number): SearchRange<number> {
  checkBounds("logUniform", low, high);
  if (low <= 0) throw new RangeError(`logUniform: low must be above 0, got ${low}`);
  const [from, to] = [Math.log(low), Math.log(high)];
  return {
    description: `logUniform(${low}, ${high})`,
    draw: (rng) => Math.min(high, Math.max(low, Math.exp(from + (to - from) * rng.rand()))),
  };
}

/**
 * Numbers that are all equally likely.
 *
 * @param low Smallest number
 * @param high Where the range ends, above `low`
 * @returns The range
 * @throws {RangeError} If the range is empty
 *
 * @example
 * ```ts
 * import { uniform } from "@nndl/nndl/selection";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const keepRatio = uniform(0.5, 1).draw(new RandomState(0));
 * assert.ok(keepRatio >= 0.5 && keepRatio < 1);
 * ```
 *
 * @category Search
 */
export function uniform(low: number, high: number): SearchRange<number> {
  checkBounds("uniform", low, high);
  return {
    description: `uniform(${low}, ${high})`,
    draw: (rng) => low + (high - low) * rng.rand(),
  };
}

/**
 * One of several values, all equally likely.
 *
 * @param values The values
 * @returns The range
 * @throws {RangeError} If there are none
 *
 * @example
 * ```ts
 * import { choice } from "@nndl/nndl/selection";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rule = choice(["sgd", "adam"]).draw(new RandomState(0));
 * assert.ok(["sgd", "adam"].includes(rule));
 * ```
 *
 * @category Search
 */
export function choice<T extends HyperParameter>(values: readonly T[]): SearchRange<T> {
  if (!Array.isArray(values) || values.length === 0) {
    throw new RangeError("choice: there must be at least one value to choose from, got none");
  }
  return {
    description: `choice(${JSON.stringify(values)})`,
    draw: (rng) => values[Math.floor(values.length * rng.rand())],
  };
}

function checkBounds(caller: string, low: number, high: number): void {
  if (Number.isFinite(low) && Number.isFinite(high) && low < high) return;
  throw new RangeError(
    `${caller}: the range from ${low} to ${high} is empty; low must be below high`,
  );
}
