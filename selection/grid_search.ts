/**
 * Search over all combinations of given values.
 *
 * @module
 */
import type { SearchOptions } from "./search_options.ts";
import type { SearchResult } from "./search_result.ts";
import type { HyperParameter, HyperParameters } from "./trial.ts";

/**
 * The values to combine, by the name of the hyper-parameter.
 *
 * @category Search
 */
export type Grid = Readonly<Record<string, readonly HyperParameter[]>>;

/**
 * The hyper-parameters of a trial, with the types that the values of a grid have.
 *
 * @category Search
 */
export type GridParameters<G extends Grid> = { readonly [Name in keyof G]: G[Name][number] };

/**
 * Tries all combinations of values. The values of the last name change fastest.
 *
 * @param grid The values of each hyper-parameter
 * @param options What to try, where to run it, where to keep results
 * @returns All trials, best first
 * @throws {RangeError} If a list of values is empty, or an option is out of range
 *
 * @example
 * ```ts
 * import { gridSearch } from "@nndl/nndl/selection";
 * import assert from "node:assert/strict";
 *
 * const { best } = await gridSearch(
 *   { learningRate: [0.1, 0.01], reg: [0, 1] },
 *   { trial: ({ learningRate, reg }) => -Math.abs(learningRate - 0.02) - reg },
 * );
 * assert.deepEqual(best?.params, { learningRate: 0.01, reg: 0 });
 * ```
 *
 * @category Search
 */
export async function gridSearch<G extends Grid>(
  grid: G,
  options: SearchOptions<GridParameters<G>>,
): Promise<SearchResult<GridParameters<G>>> {
  const names = Object.keys(grid);
  if (names.length === 0) throw new RangeError("gridSearch: the grid has no hyper-parameters");
  let combinations: HyperParameters[] = [{}];
  for (const name of names) {
    const values = grid[name];
    if (!Array.isArray(values) || values.length === 0) {
      throw new RangeError(`gridSearch: ${name} must have at least one value to try, got none`);
    }
    combinations = combinations.flatMap((params) =>
      values.map((value) => ({ ...params, [name]: value }))
    );
  }
  const { runSearch } = await import("./_run_search.ts");
  return await runSearch("gridSearch", {
    total: combinations.length,
    description: "grid",
    details: `grid ${JSON.stringify(grid)}`,
    params: (index) => combinations[index] as GridParameters<G>,
  }, options);
}
