/**
 * The course of a search: reads what is kept, runs what is left, keeps it.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { RandomState } from "../random/mod.ts";
import { runInProcess } from "./_in_process.ts";
import { inWorkers } from "./_in_workers.ts";
import { TrialLog } from "./_trial_log.ts";
import type { SearchRunner } from "./runner.ts";
import type { SearchOptions } from "./search_options.ts";
import { SearchResult, type TrialResult } from "./search_result.ts";
import type { HyperParameters, TrialFunction } from "./trial.ts";

/** The trials of a search. */
export interface SearchPlan<P extends HyperParameters> {
  /** How many there are. */
  readonly total: number;
  /** Says what the parameters are drawn from. Trials that are kept are known by it. */
  readonly description: string;
  /** Says it in full, for runners. Default: the description. */
  readonly details?: string;
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
  const run = checkOptions(caller, plan.total, options);
  const { trial, data = {}, seed = 0, keep, onProgress, onMessage = console.warn, signal } =
    options;
  signal?.throwIfAborted();
  const numbers = options.only ?? Array.from({ length: plan.total }, (_, index) => index);
  const jobs = numbers.map((index) => ({
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
      total: jobs.length,
      last,
      best: new SearchResult(results).best,
    });
  report(null);

  const left = jobs.filter(({ index }) => !kept.has(index));
  const description = `${plan.details ?? plan.description} seed ${seed}`;
  const context = { caller, trial, data, description, total: plan.total, onMessage, signal };
  await run(left, context, async (result) => {
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

/** Checks the options and returns what runs the trials. */
function checkOptions(caller: string, total: number, options: SearchOptions): SearchRunner {
  const { trial, seed = 0, workers, runner, keep, only } = options;
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
  if (only !== undefined) checkOnly(caller, total, only);
  if (runner === undefined) return chooseRunner(caller, trial, workers);
  if (typeof runner !== "function") {
    throw new TypeError(`${caller}: runner must be a function, got ${typeof runner}`);
  }
  if (workers !== undefined) {
    throw new TypeError(`${caller}: workers and runner exclude each other; leave one out`);
  }
  return runner;
}

function checkOnly(caller: string, total: number, only: readonly number[]): void {
  if (!Array.isArray(only)) {
    throw new TypeError(`${caller}: only must be a list of numbers of trials, got ${typeof only}`);
  }
  for (const index of only) {
    checkWhole(caller, "a number in only", index, 0, total - 1, `; there are ${total} trials`);
  }
  if (new Set(only).size < only.length) {
    throw new RangeError(`${caller}: only has a number twice: ${only.join(", ")}`);
  }
}

/** The runner with some number of workers. */
function chooseRunner(
  caller: string,
  trial: TrialFunction | URL,
  workers: number = trial instanceof URL ? navigator.hardwareConcurrency : 0,
): SearchRunner {
  checkWhole(caller, "workers", workers, 0);
  if (workers > 0 && !("Worker" in globalThis)) {
    throw new Error(
      `${caller}: this runtime has no web workers; set workers: 0 and give trial as a function`,
    );
  }
  if (workers > 0 && typeof trial === "function") {
    throw new TypeError(
      `${caller}: workers cannot run a function; export it from a module as "trial" and pass the ` +
        `module's URL`,
    );
  }
  return workers === 0 ? runInProcess : inWorkers(workers);
}
