/**
 * Workers of searches on a NATS server.
 *
 * @module
 */
import { pause } from "../internal/event_loop.ts";
import { messageOf } from "../internal/message_of.ts";
import { checkWhole } from "../internal/numbers.ts";
import { showValue } from "../internal/show.ts";
import type { TrialData, TrialJob, TrialResult } from "../selection/mod.ts";
import { jobFromJson, resultToJson } from "../selection/trial_record.ts";
import { type TrialThread, TrialThreads } from "../selection/trial_thread.ts";
import { codeOf, differenceOf, type Identity } from "./_identity.ts";
import { type Delivered, FullError, ServerError } from "./_nats.ts";
import { type Terms, TrialServer } from "./_trial_server.ts";
import { addressOf, type NatsServer } from "./nats_server.ts";

/**
 * Options of {@linkcode serveTrials}.
 *
 * @category Several processes
 */
export interface ServeTrialsOptions extends NatsServer {
  /** The URL of the module that exports `trial`, the same code as the search's. */
  readonly trial: URL;
  /** What all trials share, the same as the search's. */
  readonly data?: TrialData;
  /** How many trials are run at the same time. Default: as many as there are processors. */
  readonly workers?: number;
  /** Gets each result, when it is kept. */
  readonly onResult?: (result: TrialResult) => void;
  /** Gets a line when something happens that a person should know. Default: `console.warn`. */
  readonly onMessage?: (line: string) => void;
  /** Ends the work: trials under way go back to the queue, and the promise rejects with the reason. */
  readonly signal?: AbortSignal;
}

/** Workers that a trial may cost. */
const MAX_DEATHS = 3;

/** Bytes of a message besides its text. */
const HEADERS = 1024;

/**
 * Runs trials of a search that {@linkcode natsRunner} has put on a server, until the search has all
 * results. It waits for the search to appear as long as for a lost server, and ends when there has been
 * nothing to do for as long. Trials run in worker threads, so that the
 * server is told of life while they compute; starting them needs `--allow-read` for the module and this
 * package.
 *
 * @param options The server, the name of the search, and what its trials need
 * @returns How many trials it has run
 * @throws {TypeError | RangeError} If an option is wrong
 * @throws {Error} If the server cannot be reached or is lost, there is no such search, its code or
 * data are other ones, or a result cannot be kept; the trials under way are then run by others
 *
 * @example
 * ```ts
 * import { serveTrials } from "@nndl/nndl/distributed";
 * import assert from "node:assert/strict";
 *
 * const trial = new URL(import.meta.url); // a module that exports the function `trial`
 * await assert.rejects(
 *   serveTrials({ search: "first", trial, server: "nats://127.0.0.1:1" }),
 *   /the NATS server nats:\/\/127.0.0.1:1 cannot be reached/,
 * );
 * ```
 *
 * @category Several processes
 */
export async function serveTrials(options: ServeTrialsOptions): Promise<number> {
  const caller = "serveTrials";
  const names = ["trial", "data", "workers", "onResult", "onMessage", "signal"];
  const address = addressOf(caller, options, names);
  const { trial, data = {}, workers = navigator.hardwareConcurrency, signal } = options;
  if (!(trial instanceof URL)) {
    throw new TypeError(
      `${caller}: trial must be the URL of a module that exports it, got ${showValue(trial)}`,
    );
  }
  checkWhole(caller, "workers", workers, 1);
  signal?.throwIfAborted();
  const code = await codeOf(caller, trial, data);
  const server = await TrialServer.connect(caller, address, signal);
  const threads = new TrialThreads(trial, data);
  try {
    const identity = await waitForSearch(server, options);
    const difference = differenceOf(code, identity);
    if (difference !== null) {
      throw new ServerError(
        `${caller}: the search "${address.search}" on ${address.shown} was started with something ` +
          `else: ${difference}; give this machine the same, or start the search anew`,
      );
    }
    server.use(identity);
    const crew = new Crew(server, await server.terms(), options);
    await crew.run(Array.from({ length: workers }, () => threads.add()));
    return crew.count;
  } finally {
    threads.terminate();
    await server.close();
  }
}

/** What the search is; waits for it to be started. */
async function waitForSearch(
  server: TrialServer,
  { signal, onMessage = console.warn }: ServeTrialsOptions,
): Promise<Identity> {
  const { search, shown, patience } = server.address;
  const begun = performance.now();
  for (let isFirst = true;; isFirst = false) {
    signal?.throwIfAborted();
    const identity = await server.find();
    if (identity) return identity;
    const left = patience - (performance.now() - begun);
    if (left <= 0) {
      throw new ServerError(
        `serveTrials: there is no search "${search}" on ${shown}; start it, or mend its name`,
      );
    }
    if (isFirst) {
      onMessage(`there is no search "${search}" on ${shown} yet: waiting ${patience / 1000} s`);
    }
    await pause(Math.min(500, left));
  }
}

/** The lanes of one process, each with a thread. */
class Crew {
  /** Trials that were run. */
  count = 0;
  readonly #server: TrialServer;
  readonly #terms: Terms;
  readonly #options: ServeTrialsOptions;
  /** Rejects when all lanes are to stop. */
  readonly #stopped = Promise.withResolvers<never>();
  #hasStopped = false;
  /** When there last was something to do. */
  #busy = performance.now();

  constructor(server: TrialServer, terms: Terms, options: ServeTrialsOptions) {
    this.#server = server;
    this.#terms = terms;
    this.#options = options;
    this.#stopped.promise.catch(() => {});
  }

  async run(threads: readonly TrialThread[]): Promise<void> {
    const { signal } = this.#options;
    const stop = () => this.#stop(signal?.reason);
    signal?.addEventListener("abort", stop);
    try {
      signal?.throwIfAborted();
      // Each lane gives its trial back before it ends.
      const ends = await Promise.allSettled(threads.map((thread) => this.#lane(thread)));
      signal?.throwIfAborted();
      for (const end of ends) if (end.status === "rejected") throw end.reason;
    } finally {
      signal?.removeEventListener("abort", stop);
    }
  }

  #stop(reason: unknown): void {
    this.#hasStopped = true;
    this.#stopped.reject(reason);
  }

  async #lane(thread: TrialThread): Promise<void> {
    try {
      while (!this.#hasStopped && !await this.#server.isOver()) {
        const trial = await this.#server.nextTrial();
        if (trial) await this.#serve(thread, trial);
        else if (await this.#isForsaken()) return;
      }
    } catch (error) {
      if (!this.#hasStopped) await this.#report(error);
      this.#stop(error);
      throw error;
    }
  }

  /** Whether there has been nothing to do for long: then the search is gone, too. */
  async #isForsaken(): Promise<boolean> {
    const now = performance.now();
    if ((await this.#server.look()).hasTrials) this.#busy = now;
    return now - this.#busy > this.#server.address.patience;
  }

  async #serve(thread: TrialThread, trial: Delivered): Promise<void> {
    const job = jobFromJson(trial.string());
    const renewal = setInterval(() => trial.working(), this.#terms.lease / 3);
    try {
      const result = trial.info.deliveryCount > MAX_DEATHS
        ? failure(job, `it has cost ${MAX_DEATHS} workers: each died or fell silent while it ran`)
        : await Promise.race([thread.run(job), this.#stopped.promise]);
      const kept = await this.#keep(job, trial, result);
      this.count++;
      this.#options.onResult?.(kept);
    } catch (error) {
      await this.#server.giveBack(job.index, trial);
      throw error;
    } finally {
      clearInterval(renewal);
      this.#busy = performance.now();
    }
  }

  async #keep(job: TrialJob, trial: Delivered, result: TrialResult): Promise<TrialResult> {
    const line = resultToJson(result, job.seed);
    const [bytes, most] = [
      new TextEncoder().encode(line).length,
      this.#server.maxPayload - HEADERS,
    ];
    if (bytes <= most) {
      await this.#server.finish(job.index, trial, line);
      return result;
    }
    const large = failure(
      job,
      `its result has ${bytes} bytes and the server takes ${most}; return less info`,
    );
    await this.#server.finish(job.index, trial, resultToJson(large, job.seed));
    return large;
  }

  /** Tells the search why this process ends. */
  async #report(error: unknown): Promise<void> {
    const room = error instanceof FullError ? this.#terms.room : null;
    await this.#server.notify({ text: `a worker has ended: ${messageOf(error)}`, room });
  }
}

function failure({ index, params }: TrialJob, error: string): TrialResult {
  return { index, params, score: NaN, info: null, error, seconds: 0 };
}
