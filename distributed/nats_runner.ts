/**
 * Searches whose trials are run by workers on many machines, by way of a NATS server.
 *
 * @module
 */
import { pause } from "../internal/event_loop.ts";
import { checkWhole } from "../internal/numbers.ts";
import type { RunnerContext, SearchRunner, TrialJob, TrialResult } from "../selection/mod.ts";
import { jobToJson, resultFromJson } from "../selection/trial_record.ts";
import { codeOf, differenceOf, hashOf, type Identity } from "./_identity.ts";
import { ServerError } from "./_nats.ts";
import { type Notice, TrialServer } from "./_trial_server.ts";
import { type Address, addressOf, type NatsServer } from "./nats_server.ts";

/**
 * Options of {@linkcode natsRunner}.
 *
 * @category Several processes
 */
export interface NatsRunnerOptions extends NatsServer {
  /**
   * After how many seconds without a sign of life a worker's trial is given to another one. Workers
   * give a sign three times as often, however long a trial is. Default: 30.
   */
  readonly lease?: number;
  /** Room for results on the server, in bytes. Default: 16 KiB for each trial. */
  readonly room?: number;
}

/** Pause before results are asked for again, milliseconds. */
const POLL = 200;

/** Trials that are on their way to the server at the same time. */
const AT_ONCE = 64;

/** After how long without workers a line says so, milliseconds. */
const LONELY = 10_000;

/** Bytes for the result of a trial. */
const RESULT_BYTES = 16_384;

/**
 * Makes a runner that has trials run by workers on any number of machines ({@linkcode serveTrials}),
 * through a NATS server with JetStream. The server keeps the queue and the results on its disk: workers,
 * the search and the server may be killed at any time and started again, and the table is that of a
 * search in one process.
 *
 * A worker that falls silent loses its trial to another one; a trial that has cost three workers is
 * reported as failed. A search that is started again goes on with the results that the server has;
 * trials that failed are tried again. They stay there until {@linkcode removeSearch}.
 *
 * @param options The server, and the name that the search has there. A name belongs to one search:
 * other ranges, another seed, other code of the trial or other data are refused
 * @returns The runner, for the option `runner` of a search whose `trial` is the URL of a module
 * @throws {TypeError | RangeError} If an option is wrong
 *
 * @example
 * ```ts
 * import { natsRunner } from "@nndl/nndl/distributed";
 * import { gridSearch } from "@nndl/nndl/selection";
 * import assert from "node:assert/strict";
 *
 * const runner = natsRunner({ search: "first", server: "nats://127.0.0.1:1" });
 * const trial = new URL(import.meta.url); // a module that exports the function `trial`
 * await assert.rejects(
 *   gridSearch({ k: [1, 2] }, { trial, runner }),
 *   /the NATS server nats:\/\/127.0.0.1:1 cannot be reached/,
 * );
 * ```
 *
 * @category Several processes
 */
export function natsRunner(options: NatsRunnerOptions): SearchRunner {
  const address = addressOf("natsRunner", options, ["lease", "room"]);
  const { lease = 30, room } = options;
  checkWhole("natsRunner", "lease", lease, 1, 86_400);
  if (room !== undefined) checkWhole("natsRunner", "room", room, 1);
  return async (jobs, context, onResult) => {
    const { caller, trial, data, description, total, signal } = context;
    if (!(trial instanceof URL)) {
      throw new TypeError(
        `${caller}: other machines cannot run a function; export it from a module as "trial" and ` +
          "pass the module's URL",
      );
    }
    const identity = { ...await codeOf(caller, trial, data), plan: hashOf([description]) };
    const server = await TrialServer.connect(caller, address, signal);
    try {
      const found = await server.find();
      if (found) checkSame(caller, address, identity, found);
      const bytes = room ?? total * RESULT_BYTES;
      await server.open(identity, total, bytes, lease * 1000);
      await new Running(server, bytes, jobs, context, onResult).run();
    } finally {
      await server.close();
    }
  };
}

/** @throws {ServerError} If the search of this name is another one */
function checkSame(caller: string, { search, shown }: Address, ours: Identity, theirs: Identity) {
  const difference = differenceOf(ours, theirs) ??
    (ours.plan === theirs.plan ? null : "it has other ranges or another seed");
  if (difference === null) return;
  throw new ServerError(
    `${caller}: there is another search "${search}" on ${shown}: ${difference}; give this one ` +
      "another name, or remove the old one with removeSearch() or --remove",
  );
}

/** Starts a search on a server, or goes on with it, until there is a result for each trial. */
class Running {
  readonly #server: TrialServer;
  /** Bytes that there are for results, at least. */
  readonly #room: number;
  readonly #context: RunnerContext;
  readonly #onResult: (result: TrialResult) => Promise<void>;
  /** The trials without a result. */
  readonly #open: Map<number, TrialJob>;
  #next = 1;
  #fatal: string | null = null;
  #lonelySince = performance.now();
  /** How often in a row the queue was found empty. */
  #idle = 0;

  constructor(
    server: TrialServer,
    room: number,
    jobs: readonly TrialJob[],
    context: RunnerContext,
    onResult: (result: TrialResult) => Promise<void>,
  ) {
    this.#server = server;
    this.#room = room;
    this.#context = context;
    this.#onResult = onResult;
    this.#open = new Map(jobs.map((job) => [job.index, job]));
  }

  async run(): Promise<void> {
    this.#server.onNotice((notice) => this.#hear(notice));
    await this.#server.markOver(false);
    await this.#takeResults(true);
    await this.#submit(false);
    while (this.#open.size > 0) {
      this.#context.signal?.throwIfAborted();
      if (this.#fatal !== null) throw new ServerError(`${this.#context.caller}: ${this.#fatal}`);
      if (!await this.#takeResults(false)) await this.#watch();
      await pause(POLL);
    }
    await this.#server.markOver(true);
  }

  /** Takes all results that there are, but not those of trials that failed before this start. */
  async #takeResults(isStart: boolean): Promise<boolean> {
    let some = false;
    for (;;) {
      const stored = await this.#server.nextResult(this.#next);
      if (!stored) return some;
      this.#next = stored.seq + 1;
      const result = resultFromJson(stored.string(), (index) => this.#open.get(index));
      if (!result || isStart && result.error !== null) continue;
      some = true;
      this.#open.delete(result.index);
      await this.#onResult(result);
    }
  }

  async #submit(isAgain: boolean): Promise<void> {
    const queue = [...this.#open.values()];
    const lane = async () => {
      for (let job = queue.shift(); job; job = queue.shift()) {
        await this.#server.submit(job.index, jobToJson(job), isAgain);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  }

  /** Ends when there is no room for results, but not for a worker that came before it was made. */
  #hear({ text, room }: Notice): void {
    if (room !== null && room >= this.#room) this.#fatal ??= text;
    else this.#context.onMessage(text);
  }

  /**
   * Looks after trials that nobody runs. A server that was killed may have forgotten that a trial is in
   * its queue, or that one is done: those are put there anew. Says so, once, if there are no workers.
   */
  async #watch(): Promise<void> {
    const { hasTrials, hasWorkers } = await this.#server.look();
    this.#idle = hasTrials ? 0 : this.#idle + 1;
    if (this.#idle >= 2 && !await this.#takeResults(false)) {
      this.#idle = 0;
      await this.#submit(true);
    }
    if (hasWorkers) this.#lonelySince = performance.now();
    if (performance.now() - this.#lonelySince < LONELY) return;
    const { search, shown } = this.#server.address;
    this.#lonelySince = Infinity;
    this.#context.onMessage(
      `no worker asks ${shown} for trials of the search "${search}"; start some`,
    );
  }
}
