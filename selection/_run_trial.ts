/**
 * One trial, run where the caller is.
 *
 * @module
 */
import type { Json } from "../cache/mod.ts";
import { messageOf } from "../internal/message_of.ts";
import { RandomState } from "../random/mod.ts";
import type { TrialJob } from "./runner.ts";
import type { TrialResult } from "./search_result.ts";
import type { TrialData, TrialFunction } from "./trial.ts";

/** Runs a trial. What it throws becomes the error of the result. */
export async function runTrial(
  trial: TrialFunction,
  { index, params, seed }: TrialJob,
  data: TrialData,
): Promise<TrialResult> {
  const started = performance.now();
  const result = (score: number, info: Json, error: string | null): TrialResult => ({
    index,
    params,
    score,
    info,
    error,
    seconds: (performance.now() - started) / 1000,
  });
  try {
    const rng = new RandomState(seed);
    const outcome = await trial({ ...params }, { index, seed, rng, data });
    const { score, info = null } = typeof outcome === "number" ? { score: outcome } : outcome ?? {};
    if (typeof score !== "number") {
      return result(NaN, null, `the trial must return a score, got ${score}`);
    }
    return result(score, info as Json, null);
  } catch (error) {
    return result(NaN, null, messageOf(error));
  }
}

/** Imports a module and returns the trial function that it exports. */
export async function importTrial(module: string): Promise<TrialFunction> {
  const { trial } = await import(module);
  if (typeof trial === "function") return trial;
  throw new TypeError(`${module} must export a function "trial", got ${trial}`);
}
