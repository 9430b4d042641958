/**
 * Trials one by one, as job schedulers start them: each result becomes a line of JSON, and in the end
 * a search reads them all.
 *
 * @module
 */
import { messageOf } from "../internal/message_of.ts";
import { joinPath } from "../internal/paths.ts";
import { runInProcess } from "./_in_process.ts";
import type { SearchRunner, TrialJob } from "./runner.ts";
import type { TrialResult } from "./search_result.ts";
import { resultFromJson, resultToJson } from "./trial_record.ts";

/**
 * Makes a runner that runs trials in this process and writes each result as a line of JSON, for
 * {@linkcode readTrials}. With the option `only` of a search it runs the one trial that a scheduler's
 * job is for.
 *
 * @param to A folder, which gets a file for each trial, such as `trial-000007.json`; or a function
 * that gets the lines
 * @returns The runner
 *
 * @example
 * ```ts
 * import { gridSearch, recordTrials } from "@nndl/nndl/selection";
 * import assert from "node:assert/strict";
 *
 * const lines: string[] = [];
 * await gridSearch({ k: [1, 10, 100] }, {
 *   trial: ({ k }) => k / 100,
 *   only: [1],
 *   runner: recordTrials((line) => lines.push(line)),
 * });
 * const { index, params, score } = JSON.parse(lines[0]);
 * assert.deepEqual([index, params, score], [1, { k: 10 }, 0.1]);
 * ```
 *
 * @category Search
 */
export function recordTrials(to: string | ((line: string) => unknown)): SearchRunner {
  return async (jobs, context, onResult) => {
    const seeds = new Map(jobs.map(({ index, seed }) => [index, seed]));
    const { writeFileAtomic } = await import("../io/atomic.ts");
    if (typeof to === "string") {
      await attempt(
        context.caller,
        `the folder ${to} cannot be made`,
        () => Deno.mkdir(to, { recursive: true }),
      );
    }
    await runInProcess(jobs, context, async (result) => {
      const line = resultToJson(result, seeds.get(result.index)!);
      if (typeof to === "string") {
        const name = `trial-${String(result.index).padStart(6, "0")}.json`;
        await writeFileAtomic(joinPath(to, name), new TextEncoder().encode(line + "\n"));
      } else await to(line);
      await onResult(result);
    });
  };
}

/**
 * Makes a runner that runs nothing and takes results from where {@linkcode recordTrials} put them. A
 * trial without a result fails and says so; of several results of a trial, one that did not fail
 * counts.
 *
 * @param path A folder with `.json` and `.jsonl` files, or a file of lines
 * @returns The runner. It throws if nothing can be read there, a line is no result, or a result is
 * of another search
 *
 * @example
 * ```ts
 * import { gridSearch, readTrials, recordTrials } from "@nndl/nndl/selection";
 * import assert from "node:assert/strict";
 *
 * const folder = await Deno.makeTempDir();
 * const grid = { k: [1, 10] };
 * const trial = ({ k }: { k: number }) => k / 100;
 * await gridSearch(grid, { trial, only: [1], runner: recordTrials(folder) });
 * const { best, trials } = await gridSearch(grid, { trial, runner: readTrials(folder) });
 * assert.equal(best?.score, 0.1);
 * assert.equal(trials[1].error, `there is no result in ${folder}`);
 * await Deno.remove(folder, { recursive: true });
 * ```
 *
 * @category Search
 */
export function readTrials(path: string): SearchRunner {
  return async (jobs, { caller, signal }, onResult) => {
    const byIndex = new Map(jobs.map((job) => [job.index, job]));
    const found = new Map<number, TrialResult>();
    for await (const { line, place } of linesOf(caller, path)) {
      const result = readLine(caller, line, place, (index) => byIndex.get(index));
      if (!result) continue;
      const other = found.get(result.index);
      if (!other || other.error !== null) found.set(result.index, result);
    }
    for (const job of jobs) {
      signal?.throwIfAborted();
      await onResult(found.get(job.index) ?? missing(job, path));
    }
  };
}

function missing({ index, params }: TrialJob, path: string): TrialResult {
  const error = `there is no result in ${path}`;
  return { index, params, score: NaN, info: null, error, seconds: 0 };
}

function readLine(
  caller: string,
  line: string,
  place: string,
  jobOf: (index: number) => TrialJob | undefined,
): TrialResult | null {
  try {
    return resultFromJson(line, jobOf);
  } catch (cause) {
    const advice = cause instanceof RangeError
      ? "use the ranges, the number of trials and the seed that the trials were run with"
      : "each line must be what a trial wrote";
    throw new Error(`${caller}: ${place}: ${messageOf(cause)}; ${advice}`, { cause });
  }
}

async function* linesOf(
  caller: string,
  path: string,
): AsyncGenerator<{ readonly line: string; readonly place: string }> {
  for (const file of await filesOf(caller, path)) {
    const text = await attempt(
      caller,
      `results cannot be read from ${file}`,
      () => Deno.readTextFile(file),
    );
    for (const [i, line] of text.split("\n").entries()) {
      if (line.trim() !== "") yield { line, place: `${file}, line ${i + 1}` };
    }
  }
}

/** The files to read, in the order of their names. */
async function filesOf(caller: string, path: string): Promise<string[]> {
  const { isDirectory } = await attempt(
    caller,
    `results cannot be read from ${path}`,
    () => Deno.stat(path),
  );
  if (!isDirectory) return [path];
  const entries = await attempt(
    caller,
    `results cannot be read from ${path}`,
    () => Array.fromAsync(Deno.readDir(path)),
  );
  return entries.filter(({ name }) => /\.jsonl?$/.test(name)).map(({ name }) => name).sort()
    .map((name) => joinPath(path, name));
}

async function attempt<T>(caller: string, problem: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new Error(`${caller}: ${problem}: ${messageOf(cause)}`, { cause });
  }
}
