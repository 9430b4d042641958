/**
 * A trial: one set of hyper-parameters, tried out.
 *
 * @module
 */
import type { Json } from "../cache/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import type { RandomState } from "../random/mod.ts";

/**
 * The value of a hyper-parameter.
 *
 * @category Search
 */
export type HyperParameter = number | string | boolean;

/**
 * Hyper-parameters by name.
 *
 * @category Search
 */
export type HyperParameters = Readonly<Record<string, HyperParameter>>;

/**
 * Arrays and plain values that all trials share, by name.
 *
 * @category Search
 */
export type TrialData = Readonly<Record<string, NDArray | Json>>;

/**
 * What a trial is given besides its hyper-parameters.
 *
 * @category Search
 */
export interface TrialContext {
  /** The number of the trial, from 0 up. */
  readonly index: number;
  /** The seed of `rng`, which follows from the seed of the search and the number of the trial. */
  readonly seed: number;
  /** A generator of the trial's own, so that it does not matter which trials run before it. */
  readonly rng: RandomState;
  /** The `data` of the search. Trials must not write to it. */
  readonly data: TrialData;
}

/**
 * A score, and what else is worth keeping of a trial.
 *
 * @category Search
 */
export interface TrialOutcome {
  /** The higher, the better, such as the validation accuracy. */
  readonly score: number;
  /** Anything small, such as the training accuracy. */
  readonly info?: Json;
}

/**
 * Tries hyper-parameters out. Returns the score (the higher, the better) or an outcome with it.
 *
 * @category Search
 */
export type TrialFunction<P extends HyperParameters = HyperParameters> = (
  params: P,
  context: TrialContext,
) => number | TrialOutcome | Promise<number | TrialOutcome>;
