/**
 * Searches over hyper-parameters that several assignments make.
 *
 * @module
 */
import { nextTask } from "../internal/event_loop.ts";
import {
  type Grid,
  type GridParameters,
  gridSearch,
  type TrialFunction,
  type TrialResult,
} from "../selection/mod.ts";
import type { Context } from "./_part.ts";
import { printTable } from "./_tables.ts";
import { accuracyText } from "./_training.ts";

/** What {@linkcode searchGrid} needs. */
export interface GridSearch<G extends Grid> {
  /** The values of each hyper-parameter. */
  readonly grid: G;
  /** Trains with some of them, and returns the validation accuracy. */
  readonly trial: TrialFunction<GridParameters<G>>;
  /** The accuracy that the course printed for some, where it did. */
  readonly course?: (params: GridParameters<G>) => number | undefined;
}

/**
 * Tries all combinations and prints them, best first, beside the course's accuracies. Ctrl-C ends
 * the search; what was tried by then is still printed.
 *
 * @param context Of the part
 * @param search What to try
 * @returns The trials, best first
 */
export async function searchGrid<G extends Grid>(
  { flags, signal }: Context,
  { grid, trial, course = () => undefined }: GridSearch<G>,
): Promise<readonly TrialResult<GridParameters<G>>[]> {
  const done: TrialResult<GridParameters<G>>[] = [];
  try {
    await gridSearch(grid, {
      async trial(params, trialContext) {
        await nextTask();
        return await trial(params, trialContext);
      },
      seed: flags.seed,
      signal,
      onProgress({ last, total }) {
        if (!last) return;
        done.push(last);
        const settings = Object.entries(last.params).map(([name, value]) =>
          `${name} ${valueText(value)}`
        );
        console.log(
          `trial ${done.length} of ${total}: ${settings.join(", ")}: ` +
            (last.error ?? `${accuracyText(last.score)} in ${last.seconds.toFixed(1)} s`),
        );
      },
    });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  const order = (score: number) => Number.isNaN(score) ? -1 : score;
  done.sort((a, b) => order(b.score) - order(a.score));
  console.log("\nValidation accuracy, best first\n");
  printTable(
    [...Object.keys(grid), "ours", "course"],
    done.map(({ params, score }) => [
      ...Object.values(params).map(valueText),
      accuracyText(score),
      accuracyText(course(params)),
    ]),
  );
  return done;
}

function valueText(value: number | string | boolean): string {
  if (typeof value !== "number") return String(value);
  const short = Number(value.toPrecision(3));
  return short !== 0 && Math.abs(short) < 1e-3 ? short.toExponential() : String(short);
}
