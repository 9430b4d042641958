/**
 * Breaks what programs stand on, and looks whether anything is lost: kills runs, writers and searches, fills
 * disks up and makes them read-only, damages databases and libraries. Exits with 1 if one fault does
 * harm.
 *
 * ```
 * deno task faults [--kills N] [--files N] [--seed N]
 * ```
 *
 * Full and read-only disks need Linux and the right to mount (root); they are left out elsewhere.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { messageOf } from "../../internal/message_of.ts";
import { RandomState } from "../../random/mod.ts";
import { damagedDatabases, killedWriters, readOnlyCache } from "./_caches.ts";
import { fullDisk, killedRuns, twoRuns } from "./_runs.ts";
import { lyingLibraries } from "./_libraries.ts";
import { killedSearches } from "./_searches.ts";

const help = `Break what programs stand on and look whether anything is lost.

  --kills N  how many runs, writers of a cache and sides of a search are killed, by default 40
  --files N  how many damaged databases are opened, by default 200
  --seed N   of the places and times, by default 1
  --help     show this text`;

/** A kind of fault: tries it, and returns how often and what was seen, or throws over harm done. */
export type Fault = (options: FaultOptions) => Promise<string>;

/** How much to do. */
export interface FaultOptions {
  /** An empty folder. */
  readonly folder: string;
  readonly kills: number;
  readonly files: number;
  readonly rng: RandomState;
}

const faults: Record<string, Fault> = {
  "runs killed while they train": killedRuns,
  "two runs with one checkpoint": twoRuns,
  "a disk that fills up during a run": fullDisk,
  "writers of a cache killed": killedWriters,
  "a cache on a read-only disk": readOnlyCache,
  "damaged databases": damagedDatabases,
  "libraries that lie": lyingLibraries,
  "searches, their workers and servers killed": killedSearches,
};

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      kills: { type: "string", default: "40" },
      files: { type: "string", default: "200" },
      seed: { type: "string", default: "1" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return console.log(help);
  for (const [name, fault] of Object.entries(faults)) {
    const folder = await Deno.makeTempDir({ prefix: "nndl-faults-" });
    const begun = performance.now();
    const seconds = () => `${((performance.now() - begun) / 1000).toFixed(1)} s`;
    try {
      const text = await fault({
        folder,
        kills: Number(values.kills),
        files: Number(values.files),
        rng: new RandomState(Number(values.seed)),
      });
      console.log(`ok   ${name}: ${text}, ${seconds()}`);
    } catch (error) {
      console.log(`FAIL ${name}: ${messageOf(error)}, ${seconds()}`);
      Deno.exitCode = 1;
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
}

await main();
