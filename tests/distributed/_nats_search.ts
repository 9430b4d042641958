/**
 * A search on a NATS server as a program: `search` prints its table, `worker` a line a trial. What
 * they do beyond that comes as JSON.
 *
 * @module
 */
import { natsRunner, serveTrials } from "../../distributed/mod.ts";
import {
  gridSearch,
  type HyperParameters,
  type SearchOptions,
  type SearchResult,
} from "../../selection/mod.ts";
import { interruptSignal } from "../../solver/mod.ts";

/** What differs between the tests. */
export interface Setting {
  readonly server?: string;
  readonly search?: string;
  readonly seed?: number;
  /** What each trial does. */
  readonly what?: readonly string[];
  readonly shift?: number;
  readonly trial?: string;
  readonly patience?: number;
  readonly room?: number;
  readonly lease?: number;
}

export const trialOf = ({ trial = "./_nats_trial.ts" }: Setting) => new URL(trial, import.meta.url);

/** Runs the search. */
export function search(
  setting: Setting,
  options: Partial<SearchOptions> = {},
): Promise<SearchResult<HyperParameters>> {
  const { what = Array(8).fill("score"), seed = 5, shift = 0 } = setting;
  return gridSearch({ what, x: [1] } as const, {
    seed,
    data: { shift },
    trial: trialOf(setting),
    ...options as object,
  });
}

/** What both sides need to find each other. */
function place({ server, search = "test", patience = 120 }: Setting) {
  return { server, search, patience };
}

if (import.meta.main) {
  const [mode, text] = Deno.args;
  const setting: Setting = JSON.parse(text);
  try {
    if (mode === "search") {
      const { lease = 30, room } = setting;
      const result = await search(setting, {
        runner: natsRunner({ ...place(setting), lease, ...(room && { room }) }),
        onMessage: (line) => console.error(line),
        onProgress({ done, total }) {
          console.error(`${done} of ${total}`);
        },
      });
      console.log(result.formatTable());
    } else {
      using interrupt = interruptSignal();
      await serveTrials({
        ...place(setting),
        trial: trialOf(setting),
        data: { shift: setting.shift ?? 0 },
        workers: 1,
        onResult: ({ index }) => console.log(`trial ${index}`),
        onMessage: (line) => console.error(line),
        signal: interrupt.signal,
      });
    }
  } catch (error) {
    console.error((error as Error).message);
    Deno.exit(1);
  }
}
