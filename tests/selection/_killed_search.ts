/**
 * A search that can be killed at any time and started again. As a program it takes the file of the
 * database and where to write its table, and prints a dot a trial.
 *
 * @module
 */
import { openDataCache } from "../../cache/mod.ts";
import {
  logUniform,
  randomSearch,
  type RandomSearchOptions,
  type SearchResult,
  uniform,
} from "../../selection/mod.ts";

/** Runs the search. */
export function search(options: Partial<RandomSearchOptions>): Promise<SearchResult> {
  return randomSearch({ x: uniform(0, 10), rate: logUniform(1e-5, 1) }, {
    numTrials: 24,
    seed: 5,
    trial: new URL("./_trial_module.ts", import.meta.url),
    ...options,
  });
}

if (import.meta.main) {
  const [database, result, log] = Deno.args;
  const store = await openDataCache(database);
  const found = await search({
    workers: 2,
    data: { log },
    keep: { store, name: "killed" },
    onProgress({ last }) {
      if (last) Deno.stdout.writeSync(new TextEncoder().encode("."));
    },
  });
  store.close();
  await Deno.writeTextFile(result, found.formatTable());
}
