/**
 * Learning-rate schedules: plain functions from the number of a step, counted from 0, to the
 * learning rate of that step. A step may be an iteration or an epoch, whatever the caller counts.
 *
 * @module
 */
import { checkPositive } from "../internal/numbers.ts";
import { checkAtLeast } from "./_options.ts";

/**
 * A learning-rate schedule.
 *
 * @param step The number of the step, counted from 0
 * @returns The learning rate of that step
 * @category Optimization
 */
export type Schedule = (step: number) => number;

/**
 * Options of {@linkcode stepDecay}.
 *
 * @category Optimization
 */
export interface StepDecayOptions {
  /** Learning rate at the start. */
  readonly base: number;
  /** Steps between two drops. */
  readonly every: number;
  /** What a drop multiplies the rate by, in (0, 1]; 0.1 if not given. */
  readonly factor?: number;
}

/**
 * Options of {@linkcode exponentialDecay}.
 *
 * @category Optimization
 */
export interface ExponentialDecayOptions {
  /** Learning rate at the start. */
  readonly base: number;
  /** What the rate is multiplied by over `every` steps, in (0, 1]. */
  readonly factor: number;
  /** Steps over which the rate falls by `factor`; 1 if not given. */
  readonly every?: number;
}

/**
 * Options of {@linkcode cosineDecay}.
 *
 * @category Optimization
 */
export interface CosineDecayOptions {
  /** Learning rate at the start. */
  readonly base: number;
  /** Steps until the rate is `final`. */
  readonly total: number;
  /** Learning rate at the end; 0 if not given. */
  readonly final?: number;
}

/**
 * Options of {@linkcode linearWarmup}.
 *
 * @category Optimization
 */
export interface LinearWarmupOptions {
  /** Learning rate after the warm-up. */
  readonly base: number;
  /** Steps of the warm-up. */
  readonly warmup: number;
}

/**
 * Options of {@linkcode warmupCosine}.
 *
 * @category Optimization
 */
export interface WarmupCosineOptions extends LinearWarmupOptions {
  /** Steps until the rate is `final`, the warm-up included. */
  readonly total: number;
  /** Learning rate at the end; 0 if not given. */
  readonly final?: number;
}

/**
 * A rate that drops by a factor at regular intervals: `base · factor^⌊step / every⌋`.
 *
 * Source: CS231n course notes, "Neural Networks Part 3: Annealing the learning rate".
 *
 * @param options The rate at the start, the interval, and the factor
 * @returns The schedule
 * @throws {RangeError} If an option is out of range; the schedule throws it for a negative step
 *
 * @example
 * ```ts
 * import { stepDecay } from "@nndl/nndl/optim";
 * import assert from "node:assert/strict";
 *
 * const rate = stepDecay({ base: 1, every: 10, factor: 0.5 });
 * assert.deepEqual([0, 9, 10, 25].map(rate), [1, 1, 0.5, 0.25]);
 * ```
 *
 * @category Optimization
 */
export function stepDecay({ base, every, factor = 0.1 }: StepDecayOptions): Schedule {
  checkAtLeast("stepDecay", "base", base, 0);
  checkPositive("stepDecay", "every", every);
  checkFactor("stepDecay", factor);
  return schedule("stepDecay", (step) => base * factor ** Math.floor(step / every));
}

/**
 * A rate that falls smoothly by a factor: `base · factor^(step / every)`. With epochs for steps this
 * is the Solver's `lrDecay`.
 *
 * Source: CS231n course notes, "Neural Networks Part 3: Annealing the learning rate".
 *
 * @param options The rate at the start, the factor, and the steps it takes to fall by it
 * @returns The schedule
 * @throws {RangeError} If an option is out of range; the schedule throws it for a negative step
 *
 * @example
 * ```ts
 * import { exponentialDecay } from "@nndl/nndl/optim";
 * import assert from "node:assert/strict";
 *
 * const rate = exponentialDecay({ base: 8, factor: 0.5, every: 2 });
 * assert.deepEqual([0, 2, 4].map(rate), [8, 4, 2]);
 * ```
 *
 * @category Optimization
 */
export function exponentialDecay({ base, factor, every = 1 }: ExponentialDecayOptions): Schedule {
  checkAtLeast("exponentialDecay", "base", base, 0);
  checkPositive("exponentialDecay", "every", every);
  checkFactor("exponentialDecay", factor);
  return schedule("exponentialDecay", (step) => base * factor ** (step / every));
}

/**
 * A rate that falls along half a cosine:
 * `final + (base - final) · (1 + cos(π · step / total)) / 2`, and `final` from then on.
 *
 * Source: I. Loshchilov and F. Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR
 * 2017, equation 5, one period.
 *
 * @param options The rates at both ends, and the steps between them
 * @returns The schedule
 * @throws {RangeError} If an option is out of range; the schedule throws it for a negative step
 *
 * @example
 * ```ts
 * import { cosineDecay } from "@nndl/nndl/optim";
 * import assert from "node:assert/strict";
 *
 * const rate = cosineDecay({ base: 1, total: 100, final: 0.5 });
 * assert.deepEqual([0, 50, 100, 200].map(rate), [1, 0.75, 0.5, 0.5]);
 * ```
 *
 * @category Optimization
 */
export function cosineDecay({ base, total, final = 0 }: CosineDecayOptions): Schedule {
  checkAtLeast("cosineDecay", "base", base, 0);
  checkAtLeast("cosineDecay", "final", final, 0);
  checkPositive("cosineDecay", "total", total);
  return schedule("cosineDecay", (step) => {
    const progress = Math.min(step / total, 1);
    return final + (base - final) * (1 + Math.cos(Math.PI * progress)) / 2;
  });
}

/**
 * A rate that rises in a line to `base`, and stays there: `base · min(1, (step + 1) / warmup)`. The
 * first step is not zero, and step `warmup - 1` is the first at the full rate.
 *
 * Source: P. Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", 2017,
 * section 2.2.
 *
 * @param options The rate after the warm-up, and the steps of the warm-up
 * @returns The schedule
 * @throws {RangeError} If an option is out of range; the schedule throws it for a negative step
 *
 * @example
 * ```ts
 * import { linearWarmup } from "@nndl/nndl/optim";
 * import assert from "node:assert/strict";
 *
 * const rate = linearWarmup({ base: 1, warmup: 4 });
 * assert.deepEqual([0, 1, 3, 100].map(rate), [0.25, 0.5, 1, 1]);
 * ```
 *
 * @category Optimization
 */
export function linearWarmup({ base, warmup }: LinearWarmupOptions): Schedule {
  checkAtLeast("linearWarmup", "base", base, 0);
  checkPositive("linearWarmup", "warmup", warmup);
  return schedule("linearWarmup", (step) => base * Math.min(1, (step + 1) / warmup));
}

/**
 * A rate that rises as in {@linkcode linearWarmup} for `warmup` steps, then falls as in
 * {@linkcode cosineDecay} over the `total - warmup` that remain.
 *
 * @param options The rates after the warm-up and at the end, and the steps
 * @returns The schedule
 * @throws {RangeError} If an option is out of range; the schedule throws it for a negative step
 *
 * @example
 * ```ts
 * import { warmupCosine } from "@nndl/nndl/optim";
 * import assert from "node:assert/strict";
 *
 * const rate = warmupCosine({ base: 1, warmup: 10, total: 110 });
 * assert.deepEqual([4, 9, 10, 60, 110].map(rate), [0.5, 1, 1, 0.5, 0]);
 * ```
 *
 * @category Optimization
 */
export function warmupCosine(
  { base, warmup, total, final = 0 }: WarmupCosineOptions,
): Schedule {
  checkAtLeast("warmupCosine", "base", base, 0);
  checkAtLeast("warmupCosine", "final", final, 0);
  checkPositive("warmupCosine", "warmup", warmup);
  if (!(total > warmup)) {
    throw new RangeError(
      `warmupCosine: total must be more than warmup = ${warmup} steps, got ${total}`,
    );
  }
  const rise = linearWarmup({ base, warmup });
  const fall = cosineDecay({ base, total: total - warmup, final });
  return schedule("warmupCosine", (step) => step < warmup ? rise(step) : fall(step - warmup));
}

function schedule(caller: string, rate: Schedule): Schedule {
  return (step) => {
    checkAtLeast(caller, "step", step, 0);
    return rate(step);
  };
}

function checkFactor(caller: string, factor: number): void {
  if (!(factor > 0 && factor <= 1)) {
    throw new RangeError(`${caller}: factor must be in (0, 1], got ${factor}`);
  }
}
