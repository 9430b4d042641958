/**
 * The flags of `distributed_search.ts`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { messageOf } from "../../internal/message_of.ts";
import { UsageError } from "../_flags.ts";

export const help = `Random search of hyper-parameters by workers on many machines

Trains fully connected nets on synthetic images and prints a table of the trials, best first.
The NATS server keeps what is to be done and what was found; search, workers and server may
be killed at any time and started again. The table is the same however many there are.

Usage: deno run --allow-net --allow-read --allow-env scripts/distributed_search.ts [flags]

  --worker           run trials of the search, until it is over
  --local            search in this process and its workers, without a server
  --trial INDEX      run one trial and print its result as a line of JSON
  --results DIR      with --trial: write the line to a file there (needs --allow-write)
  --gather PATH      print the table of results in a folder or a file of lines
  --remove           remove the search and its results from the server

  --server URL       the server (default $NNDL_NATS, else nats://127.0.0.1:4222); tls:// for
                     an encrypted connection
  --search NAME      what the search is called there (default example)
  --patience N       seconds to wait for a lost server, or for a search (default 60)
  --lease N          seconds of silence after which a worker's trial goes to another (default 30)
  --workers N        trials at the same time, with --worker and --local (default: processors)
  --trials N         how many trials (default 24; a later start may ask for more)
  --seed N           seed of the parameters and of all trainings (default 231)
  --quick            6 trials on 500 images for one epoch, in place of 24 on 3000 for four
  -h, --help         this text

All sides must be given the same --quick; --trial and --gather the same --trials and --seed, too.
A server that asks for them gets NNDL_NATS_TOKEN, NNDL_NATS_USER and NNDL_NATS_PASSWORD, or the
file that NNDL_NATS_CREDS names; NNDL_NATS_CA names the certificate of an authority to trust.

Ctrl-C ends the search; what was found stays on the server, and workers finish what is left.
It ends a worker, too, and its trials go to others.`;

/** What the program is to do. */
export type Mode = "search" | "worker" | "local" | "trial" | "gather" | "remove";

/** What the flags say. */
export interface Settings {
  readonly mode: Mode;
  readonly server?: string;
  readonly search: string;
  readonly patience: number;
  readonly lease: number;
  readonly workers?: number;
  readonly trials: number;
  readonly seed: number;
  readonly quick: boolean;
  /** The number of the one trial. */
  readonly trial: number;
  readonly results?: string;
  /** Where results are gathered. */
  readonly gather: string;
}

const modes = ["worker", "local", "trial", "gather", "remove"] as const;

/** Reads the flags. @throws {UsageError} If they make no sense */
export function readSettings(args: readonly string[]): Settings {
  const values = parse(args);
  const given = modes.filter((mode) => values[mode] !== undefined);
  if (given.length > 1) {
    throw new UsageError(`--${given[0]} and --${given[1]} exclude each other`);
  }
  const mode = given[0] ?? "search";
  if (values.results !== undefined && mode !== "trial") {
    throw new UsageError("--results needs --trial INDEX");
  }
  if (values.workers !== undefined && mode !== "worker" && mode !== "local") {
    throw new UsageError("--workers needs --worker or --local");
  }
  const trials = wholeNumber("trials", values.trials ?? (values.quick ? "6" : "24"), 1, 1e6);
  return {
    mode,
    ...(values.server !== undefined && { server: values.server }),
    search: values.search,
    patience: wholeNumber("patience", values.patience, 1, 1e6),
    lease: wholeNumber("lease", values.lease, 1, 86_400),
    ...(values.workers !== undefined && {
      workers: wholeNumber("workers", values.workers, 1, 4096),
    }),
    trials,
    seed: wholeNumber("seed", values.seed, 0, 2 ** 32 - 1),
    quick: values.quick,
    trial: wholeNumber("trial", values.trial ?? "0", 0, trials - 1),
    ...(values.results !== undefined && { results: values.results }),
    gather: values.gather ?? "",
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        worker: { type: "boolean" },
        local: { type: "boolean" },
        trial: { type: "string" },
        results: { type: "string" },
        gather: { type: "string" },
        remove: { type: "boolean" },
        server: { type: "string" },
        search: { type: "string", default: "example" },
        patience: { type: "string", default: "60" },
        lease: { type: "string", default: "30" },
        workers: { type: "string" },
        trials: { type: "string" },
        seed: { type: "string", default: "231" },
        quick: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function wholeNumber(flag: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw new UsageError(`--${flag} must be a whole number from ${least} to ${most}, got "${text}"`);
}
