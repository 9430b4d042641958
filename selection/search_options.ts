/**
 * Options that all searches have.
 *
 * @module
 */
import type { BlobStore } from "../cache/mod.ts";
import type { SearchRunner } from "./runner.ts";
import type { TrialResult } from "./search_result.ts";
import type { HyperParameters, TrialData, TrialFunction } from "./trial.ts";

/**
 * A report after every trial.
 *
 * @category Search
 */
export interface SearchProgress<P extends HyperParameters = HyperParameters> {
  /** Trials done, those of an earlier start included. */
  readonly done: number;
  /** Trials in all. */
  readonly total: number;
  /** The trial that has just ended; null in the first report, when earlier ones have been read. */
  readonly last: TrialResult<P> | null;
  /** The best trial so far. */
  readonly best: TrialResult<P> | null;
}

/**
 * Options of {@linkcode gridSearch} and {@linkcode randomSearch}.
 *
 * @category Search
 */
export interface SearchOptions<P extends HyperParameters = HyperParameters> {
  /**
   * What to try: a function, which runs here, or the URL of a module that exports it as `trial`,
   * which can run in workers.
   */
  readonly trial: TrialFunction<P> | URL;
  /**
   * How many workers run trials at the same time, 0 for none. Default: as many as there are
   * processors for a module, 0 for a function. Starting workers needs `--allow-read` for the module
   * and for this package.
   */
  readonly workers?: number;
  /**
   * How trials are run, in place of workers: `natsRunner` has it done by many machines,
   * `recordTrials` and `readTrials` by a job scheduler.
   */
  readonly runner?: SearchRunner;
  /** The numbers of the trials to run; the others are left out. Default: all. */
  readonly only?: readonly number[];
  /** Follows all randomness of the search. Default: 0. */
  readonly seed?: number;
  /** What all trials share. Arrays are copied once into memory that all workers see. */
  readonly data?: TrialData;
  /**
   * Where results are kept, so that a search that was killed goes on where it was: a store from
   * `openDataCache`, and a name that stands for the trial function and its data.
   */
  readonly keep?: { readonly store: BlobStore; readonly name: string };
  /** Gets a report when earlier results have been read, and after every trial. */
  readonly onProgress?: (progress: SearchProgress<P>) => void;
  /** Gets a line when results cannot be kept or read back. Default: `console.warn`. */
  readonly onMessage?: (line: string) => void;
  /** Stops the search: it rejects with the signal's reason. What is done has been kept. */
  readonly signal?: AbortSignal;
}
