/**
 * The seam between searches, which say what is to be tried, and runners, which have it tried.
 *
 * @module
 */
import type { TrialResult } from "./search_result.ts";
import type { HyperParameters, TrialData, TrialFunction } from "./trial.ts";

/**
 * A trial to be run.
 *
 * @category Search
 */
export interface TrialJob {
  /** The number of the trial, from 0 up. */
  readonly index: number;
  /** Its hyper-parameters. */
  readonly params: HyperParameters;
  /** The seed of its generator. */
  readonly seed: number;
}

/**
 * What a runner is told of a search.
 *
 * @category Search
 */
export interface RunnerContext {
  /** The function that searches, to begin messages with. */
  readonly caller: string;
  /** What tries: a function, or the URL of a module that exports it. */
  readonly trial: TrialFunction | URL;
  /** What all trials share. */
  readonly data: TrialData;
  /** What the trials follow from: the ranges and the seed. Other trials have another text. */
  readonly description: string;
  /** How many trials the search has, those included that are done already. */
  readonly total: number;
  /** Gets a line when something happens that a person should know. */
  readonly onMessage: (line: string) => void;
  /** Stops the search. */
  readonly signal?: AbortSignal;
}

/**
 * Runs trials. It awaits `onResult` once for each job, one call at a time, in any order; a trial that
 * fails is a result too. It rejects if it cannot go on, and with the signal's reason if it is
 * stopped.
 *
 * @example
 * ```ts
 * import { gridSearch, type SearchRunner } from "@nndl/nndl/selection";
 * import assert from "node:assert/strict";
 *
 * // Runs nothing: takes scores from a list.
 * const scores = [0.25, 0.5];
 * const fromList: SearchRunner = async (jobs, _context, onResult) => {
 *   for (const { index, params } of jobs) {
 *     await onResult({ index, params, score: scores[index], info: null, error: null, seconds: 0 });
 *   }
 * };
 * const { best } = await gridSearch({ k: [1, 10] }, { trial: () => 0, runner: fromList });
 * assert.equal(best?.params.k, 10);
 * ```
 *
 * @category Search
 */
export type SearchRunner = (
  jobs: readonly TrialJob[],
  context: RunnerContext,
  onResult: (result: TrialResult) => Promise<void>,
) => Promise<void>;
