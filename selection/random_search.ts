/**
 * Search over values drawn from ranges.
 *
 * Source: J. Bergstra and Y. Bengio, "Random search for hyper-parameter optimization", 2012.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { RandomState } from "../random/mod.ts";
import type { SearchRange } from "./ranges.ts";
import type { SearchOptions } from "./search_options.ts";
import type { SearchResult } from "./search_result.ts";
import type { HyperParameters } from "./trial.ts";

/**
 * The ranges to draw from, by the name of the hyper-parameter.
 *
 * @category Search
 */
export type SearchSpace = Readonly<Record<string, SearchRange>>;

/**
 * The hyper-parameters of a trial, with the types that the ranges draw.
 *
 * @category Search
 */
export type DrawnParameters<S extends SearchSpace> = {
  readonly [Name in keyof S]: ReturnType<S[Name]["draw"]>;
};

/**
 * Options of {@linkcode randomSearch}.
 *
 * @category Search
 */
export interface RandomSearchOptions<P extends HyperParameters = HyperParameters>
  extends SearchOptions<P> {
  /** How many trials. A kept search can be started again with more. */
  readonly numTrials: number;
}

/**
 * Tries values drawn at random. Those of a trial follow from the seed and the trial's number alone,
 * so that they are the same whatever runs first, and however many trials there are.
 *
 * @param space The range of each hyper-parameter
 * @param options How many trials, what to try, where to run it, where to keep results
 * @returns All trials, best first
 * @throws {RangeError} If the space is empty, or an option is out of range
 *
 * @example
 * ```ts
 * import { logUniform, randomSearch } from "@nndl/nndl/selection";
 * import assert from "node:assert/strict";
 *
 * const { best, trials } = await randomSearch({ learningRate: logUniform(1e-4, 1) }, {
 *   numTrials: 20,
 *   seed: 7,
 *   trial: ({ learningRate }) => -Math.abs(Math.log10(learningRate) + 2),
 * });
 * assert.equal(trials.length, 20);
 * assert.ok(best && best.score > -0.5);
 * ```
 *
 * @category Search
 */
export async function randomSearch<S extends SearchSpace>(
  space: S,
  options: RandomSearchOptions<DrawnParameters<S>>,
): Promise<SearchResult<DrawnParameters<S>>> {
  const names = Object.keys(space);
  if (names.length === 0) {
    throw new RangeError("randomSearch: the space has no hyper-parameters");
  }
  for (const name of names) {
    if (typeof space[name]?.draw !== "function") {
      throw new TypeError(
        `randomSearch: ${name} must be a range such as uniform(0, 1), got ${space[name]}`,
      );
    }
  }
  const { numTrials, ...others } = options;
  checkWhole("randomSearch", "numTrials", numTrials, 1);
  const { seed = 0 } = options;
  const { runSearch } = await import("./_run_search.ts");
  return await runSearch("randomSearch", {
    total: numTrials,
    description: names.map((name) => `${name}: ${space[name].description}`).join(", "),
    params(index) {
      const rng = new RandomState([seed, index, 0]);
      const drawn = names.map((name) => [name, space[name].draw(rng)]);
      return Object.fromEntries(drawn) as DrawnParameters<S>;
    },
  }, others);
}
