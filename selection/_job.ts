/**
 * What is to be done for a search, and what workers say to each other about it.
 *
 * @module
 */
import type { PackedData } from "./_shared_data.ts";
import type { SearchOptions } from "./search_options.ts";
import type { TrialResult } from "./search_result.ts";
import type { HyperParameters } from "./trial.ts";

/** A trial to be run. */
export interface Job {
  readonly index: number;
  readonly params: HyperParameters;
  readonly seed: number;
}

/** Runs the jobs and hands out each result as it comes; rejects if it cannot go on. */
export type JobRunner = (
  jobs: readonly Job[],
  options: SearchOptions & { readonly workers: number },
  onResult: (result: TrialResult) => Promise<void>,
) => Promise<void>;

/** The first message to a worker. All that follow are jobs. */
export interface ToWorker {
  /** The URL of the module that exports `trial`. */
  readonly module: string;
  /** What all trials share. */
  readonly data: PackedData;
}

/** What a worker answers. */
export type FromWorker =
  | { readonly kind: "ready" }
  | { readonly kind: "unusable"; readonly message: string }
  | { readonly kind: "result"; readonly result: TrialResult }
  | { readonly kind: "dying" };
