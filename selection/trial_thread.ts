/**
 * Workers for trials. Each runs one trial at a time; one that dies is replaced, and its trial is
 * tried once more.
 *
 * A worker starts with this module, which is there under any name that packing or bundling gave it.
 *
 * @module
 */
import { pack } from "./_shared_data.ts";
import { serve } from "./_trial_worker.ts";
import type { FromWorker, ToWorker } from "./_worker_messages.ts";
import type { TrialJob } from "./runner.ts";
import type { TrialResult } from "./search_result.ts";
import type { TrialData } from "./trial.ts";

/** The death of a worker in the middle of a trial. */
class WorkerDeath extends Error {
  override readonly name = "WorkerDeath";
}

/** What workers are called, and so know what they are. */
const workerName = "nndl trial";

/** How often a trial is started whose worker dies. */
const attempts = 2;

/** Makes threads that share their data. */
export class TrialThreads {
  readonly #start: ToWorker;
  readonly #all = new Set<TrialThread>();

  /**
   * @param module The module that exports `trial`
   * @param data What all trials share
   */
  constructor(module: URL, data: TrialData) {
    this.#start = { module: module.href, data: pack(data) };
  }

  /** Makes a thread, which starts its worker with its first trial. */
  add(): TrialThread {
    const thread = new TrialThread(this.#start);
    this.#all.add(thread);
    return thread;
  }

  /** Ends all workers, whatever they do. */
  terminate(): void {
    for (const thread of this.#all) thread.terminate();
  }
}

/** Runs one trial after another in a worker. */
export class TrialThread {
  readonly #start: ToWorker;
  #worker: TrialWorker | null = null;

  /** @param start What a worker is told first */
  constructor(start: ToWorker) {
    this.#start = start;
  }

  /**
   * Runs a trial.
   *
   * @throws {Error} If no worker can be started, or the module of the trial cannot be used
   */
  async run(job: TrialJob): Promise<TrialResult> {
    for (let attempt = 1;; attempt++) {
      const begun = performance.now();
      try {
        const worker = await this.#alive();
        return await worker.run(job);
      } catch (error) {
        if (!(error instanceof WorkerDeath)) throw error;
        if (attempt === attempts) return failed(job, error.message, begun);
      }
    }
  }

  /** Ends the worker, whatever it does. */
  terminate(): void {
    this.#worker?.terminate();
  }

  async #alive(): Promise<TrialWorker> {
    if (this.#worker?.isAlive) return this.#worker;
    this.#worker = new TrialWorker();
    await this.#worker.start(this.#start);
    return this.#worker;
  }
}

function failed({ index, params }: TrialJob, error: string, begun: number): TrialResult {
  const seconds = (performance.now() - begun) / 1000;
  return { index, params, score: NaN, info: null, error, seconds };
}

/** A worker, and the promise that waits for its next message. */
class TrialWorker {
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<FromWorker> | null = null;
  #death: WorkerDeath | null = null;

  constructor() {
    this.#worker = new Worker(import.meta.url, { type: "module", name: workerName });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "dying") this.#die("the worker ended itself");
      else this.#waiting?.resolve(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#die(event.message);
    };
  }

  /** @throws {Error} If the module of the trial cannot be used */
  async start(message: ToWorker): Promise<void> {
    const answer = await this.#ask(message).catch((error) => {
      // Whatever ends a worker before its first trial would end the next one too.
      throw new Error(`a worker could not start: ${error.message}`, { cause: error });
    });
    if (answer.kind === "unusable") throw new Error(answer.message);
  }

  get isAlive(): boolean {
    return this.#death === null;
  }

  async run(job: TrialJob): Promise<TrialResult> {
    const answer = await this.#ask(job);
    if (answer.kind === "result") return answer.result;
    throw new WorkerDeath(`the worker answered "${answer.kind}"`);
  }

  terminate(): void {
    this.#worker.terminate();
  }

  #ask(message: ToWorker | TrialJob): Promise<FromWorker> {
    if (this.#death) return Promise.reject(this.#death);
    this.#waiting = Promise.withResolvers();
    this.#worker.postMessage(message);
    return this.#waiting.promise;
  }

  #die(reason: string): void {
    this.#death ??= new WorkerDeath(`the worker died: ${reason}`);
    this.#waiting?.reject(this.#death);
    this.#worker.terminate();
  }
}

if ((globalThis as { name?: string }).name === workerName) serve();
