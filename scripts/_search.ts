/**
 * Searches over hyper-parameters that several assignments make.
 *
 * @module
 */
import { ProgressBar } from "../internal/progress_bar.ts";
import {
  type Grid,
  type GridParameters,
  gridSearch,
  type HyperParameters,
  type SearchOptions,
  type SearchProgress,
  SearchResult,
  type TrialFunction,
  type TrialResult,
} from "../selection/mod.ts";
import type { Flags } from "./_flags.ts";
import type { Context } from "./_part.ts";
import { accuracyText } from "./_results.ts";
import { courseName, printTable } from "./_tables.ts";
import { printAbove } from "./_terminal.ts";

/** Options that a search gets from {@linkcode tryAll}. */
type Reporting<P extends HyperParameters> = Pick<
  SearchOptions<P>,
  "seed" | "signal" | "onProgress"
>;

/**
 * Runs a search with a line for each trial, and a bar in a terminal. Ctrl-C ends it; what was tried
 * by then counts.
 *
 * @param context The seed, and what Ctrl-C aborts
 * @param search Starts the search with some options
 * @returns The trials, best first
 */
export async function tryAll<P extends HyperParameters>(
  { flags, signal }: { readonly flags: Pick<Flags, "seed"> } & Pick<Context, "signal">,
  search: (options: Reporting<P>) => Promise<SearchResult<P>>,
): Promise<readonly TrialResult<P>[]> {
  const done: TrialResult<P>[] = [];
  const bar = new ProgressBar("{bar} {trials} trials, {eta_formatted} left");
  const onProgress = ({ last, total }: SearchProgress<P>) => {
    const values = { trials: `${done.length} of ${total}` };
    if (!last) return bar.start(total, 0, values);
    // A trial that was interrupted has trained less than the others.
    if (signal.aborted) return;
    done.push(last);
    const settings = Object.entries(last.params).map(([name, value]) =>
      `${name} ${valueText(value)}`
    );
    printAbove(
      `trial ${done.length} of ${total}: ${settings.join(", ")}: ` +
        (last.error ?? `${accuracyText(last.score)} in ${last.seconds.toFixed(1)} s`),
    );
    bar.update(done.length, { trials: `${done.length} of ${total}` });
  };
  try {
    await search({ seed: flags.seed, signal, onProgress });
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    bar.stop();
  }
  return new SearchResult(done).trials;
}

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
 * Tries all combinations and prints them, best first, beside the course's accuracies.
 *
 * @param context Of the part
 * @param search What to try
 * @returns The trials, best first
 */
export async function searchGrid<G extends Grid>(
  context: Context,
  { grid, trial, course = () => undefined }: GridSearch<G>,
): Promise<readonly TrialResult<GridParameters<G>>[]> {
  const trials = await tryAll<GridParameters<G>>(
    context,
    (options) => gridSearch(grid, { ...options, trial }),
  );
  console.log("\nValidation accuracy, best first\n");
  printTable(
    [...Object.keys(grid), "ours", courseName(context)],
    trials.map(({ params, score }) => [
      ...Object.values(params).map(valueText),
      accuracyText(score),
      accuracyText(course(params)),
    ]),
  );
  return trials;
}

function valueText(value: number | string | boolean): string {
  if (typeof value !== "number") return String(value);
  const short = Number(value.toPrecision(3));
  return short !== 0 && Math.abs(short) < 1e-3 ? short.toExponential() : String(short);
}
