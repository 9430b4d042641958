/**
 * The course of a search: reads what is kept, runs what is left, keeps it.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { RandomState } from "../random/mod.ts";
import type { JobRunner } from "./_job.ts";
import { TrialLog } from "./_trial_log.ts";
import { runInProcess } from "./_in_process.ts";
import { runInWorkers } from "./_in_workers.ts";
import type { SearchOptions } from "./search_options.ts";
import { SearchResult, type TrialResult } from "./search_result.ts";
import type { HyperParameters } from "./trial.ts";

/** The trials of a search. */
export interface SearchPlan<P extends HyperParameters> {
  /** How many there are. */
  readonly total: number;
  /** Says what the parameters are drawn from. */
  readonly description: string;
  /** The hyper-parameters of a trial. */
  readonly params: (index: number) => P;
}

/** Runs a search. */
export function runSearch<P extends HyperParameters>(
  caller: string,
  plan: SearchPlan<P>,
  options: SearchOptions<P>,
): Promise<SearchResult<P>> {
  // Parameters only pass through from the plan to the trial, so that their types do not matter here.
  const untyped = options as unknown as SearchOptions;
  return search(caller, plan, untyped) as unknown as Promise<SearchResult<P>>;
}

async function search(
  caller: string,
  plan: SearchPlan<HyperParameters>,
  options: SearchOptions,
): Promise<SearchResult> {
  const workers = checkOptions(caller, options);
  const { seed = 0, keep, onProgress, onMessage = console.warn, signal } = options;
  signal?.throwIfAborted();
  const jobs = Array.from({ length: plan.total }, (_, index) => ({
    index,
    params: plan.params(index),
    seed: seedOf(seed, index),
  }));
  const log = keep
    ? new TrialLog(keep.store, keep.name, `${plan.description} seed ${seed}`, onMessage)
    : null;
  const results = log ? await log.read(jobs) : [];
  const kept = new Set(results.map(({ index }) => index));
  const report = (last: TrialResult | null) =>
    onProgress?.({
      done: results.length,
      total: plan.total,
      last,
      best: new SearchResult(results).best,
    });
  report(null);

  const run: JobRunner = workers === 0 ? runInProcess : runInWorkers;
  const left = jobs.filter(({ index }) => !kept.has(index));
  await run(left, { ...options, workers: Math.min(workers, left.length) }, async (result) => {
    results.push(result);
    // A failed trial is not kept: the next start tries it again.
    if (result.error === null) await log?.write(result);
    report(result);
  });
  return new SearchResult(results);
}

/** The seed of a trial, by those of the search and the trial's number. */
function seedOf(seed: number, index: number): number {
  return new RandomState([seed, index, 1]).randint(0, 2 ** 31 - 1) as number;
}

/** Checks the options and returns the number of workers. */
function checkOptions(caller: string, options: SearchOptions): number {
  const { trial, seed = 0, workers, keep } = options;
  if (typeof trial !== "function" && !(trial instanceof URL)) {
    throw new TypeError(
      `${caller}: trial must be a function, or the URL of a module that exports one, got ${trial}`,
    );
  }
  if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32) {
    throw new RangeError(`${caller}: seed must be a whole number in [0, 2³²), got ${seed}`);
  }
  if (keep && (typeof keep.name !== "string" || keep.name === "" || keep.name.length > 200)) {
    throw new RangeError(
      `${caller}: keep.name must be 1 to 200 characters that stand for the trial, got ${keep.name}`,
    );
  }
  const count = workers ?? (trial instanceof URL ? navigator.hardwareConcurrency : 0);
  checkWhole(caller, "workers", count, 0);
  if (count > 0 && !("Worker" in globalThis)) {
    throw new Error(
      `${caller}: this runtime has no web workers; set workers: 0 and give trial as a function`,
    );
  }
  if (count > 0 && typeof trial === "function") {
    throw new TypeError(
      `${caller}: workers cannot run a function; export it from a module as "trial" and pass the ` +
        `module's URL`,
    );
  }
  return count;
}
