/**
 * What a search found.
 *
 * @module
 */
import type { Json } from "../cache/mod.ts";
import { textTable } from "../internal/text_table.ts";
import type { HyperParameters } from "./trial.ts";

/**
 * A trial and what came of it.
 *
 * @category Search
 */
export interface TrialResult<P extends HyperParameters = HyperParameters> {
  /** The number of the trial, from 0 up. */
  readonly index: number;
  /** Its hyper-parameters. */
  readonly params: P;
  /** Its score, NaN if it failed. */
  readonly score: number;
  /** What else it returned. */
  readonly info: Json;
  /** Why it failed; null if it did not. */
  readonly error: string | null;
  /** Wall time, seconds. */
  readonly seconds: number;
}

/**
 * The results of a search, best first.
 *
 * @category Search
 */
export class SearchResult<P extends HyperParameters = HyperParameters> {
  /**
   * All trials: by score, best first, equal scores in the order of the trials; then those whose
   * score is not a number; then those that failed.
   */
  readonly trials: readonly TrialResult<P>[];

  /**
   * Sorts results.
   *
   * @param trials Results in any order
   */
  constructor(trials: readonly TrialResult<P>[]) {
    this.trials = trials.toSorted(compare);
  }

  /** The trial with the highest score; null if none has a score. */
  get best(): TrialResult<P> | null {
    const [first] = this.trials;
    return first && !Number.isNaN(first.score) ? first : null;
  }

  /**
   * Writes the trials as a table, best first.
   *
   * @returns Lines: a heading, then for each trial its number, its hyper-parameters and its score
   * or why there is none
   *
   * @example
   * ```ts
   * import { gridSearch } from "@nndl/nndl/selection";
   * import assert from "node:assert/strict";
   *
   * const result = await gridSearch({ k: [1, 10] }, { trial: ({ k }) => k / 100 });
   * assert.equal(result.formatTable(), [
   *   "trial   k  score",
   *   "    1  10    0.1",
   *   "    0   1   0.01",
   * ].join("\n"));
   * ```
   */
  formatTable(): string {
    const names = [...new Set(this.trials.flatMap(({ params }) => Object.keys(params)))];
    const rows = this.trials.map(({ index, params, score, error }) => [
      String(index),
      ...names.map((name) => name in params ? format(params[name]) : ""),
      error === null ? format(score) : `failed: ${error.split("\n")[0]}`,
    ]);
    return textTable([["trial", ...names, "score"], ...rows], {
      isLeft: () => false,
      isNote: (cell) => cell.startsWith("failed: "),
    }).join("\n");
  }
}

/** Whether `a` comes before `b`. */
function compare(a: TrialResult, b: TrialResult): number {
  const rank = ({ score, error }: TrialResult) => error !== null ? 2 : Number.isNaN(score) ? 1 : 0;
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (rank(a) === 0 && a.score !== b.score) return a.score > b.score ? -1 : 1;
  return a.index - b.index;
}

function format(value: number | string | boolean): string {
  return typeof value === "number" ? String(Number(value.toPrecision(6))) : String(value);
}
