/**
 * Trials one after another, without workers.
 *
 * @module
 */
import { nextTask } from "../internal/event_loop.ts";
import { importTrial, runTrial } from "./_run_trial.ts";
import type { SearchRunner } from "./runner.ts";

/** Runs jobs here. */
export const runInProcess: SearchRunner = async (jobs, { trial, data, signal }, onResult) => {
  if (jobs.length === 0) return;
  const run = trial instanceof URL ? await importTrial(trial.href) : trial;
  for (const job of jobs) {
    signal?.throwIfAborted();
    await onResult(await runTrial(run, job, data));
    await nextTask();
  }
  signal?.throwIfAborted();
};
