/**
 * Trials in workers. Each worker runs one trial at a time; one that dies is replaced, and its trial
 * is tried once more.
 *
 * A worker starts with this module, which is there under any name that packing or bundling gave it.
 *
 * @module
 */
import type { FromWorker, Job, JobRunner, ToWorker } from "./_job.ts";
import { pack } from "./_shared_data.ts";
import type { TrialResult } from "./search_result.ts";

/** The death of a worker in the middle of a trial. */
class WorkerDeath extends Error {
  override readonly name = "WorkerDeath";
}

/** What workers are called, and so know what they are. */
const workerName = "nndl trial";

/** How often a trial is started whose worker dies. */
const attempts = 2;

/** Runs jobs in workers, each of which takes the next one when it is done. */
export const runInWorkers: JobRunner = async (jobs, options, onResult) => {
  const { trial, data = {}, workers, signal } = options;
  const start: ToWorker = { module: (trial as URL).href, data: pack(data) };
  const queue = [...jobs];
  const alive = new Set<TrialWorker>();
  // All results pass here one by one, so that reports and writes keep their order.
  let last: Promise<void> = Promise.resolve();
  const lane = async () => {
    let worker: TrialWorker | null = null;
    for (let job = queue.shift(); job; job = queue.shift()) {
      let result: TrialResult | null = null;
      for (let attempt = 1; !result; attempt++) {
        const begun = performance.now();
        try {
          if (!worker?.isAlive) worker = await TrialWorker.start(start, alive);
          result = await worker.run(job);
        } catch (error) {
          if (!(error instanceof WorkerDeath)) throw error;
          if (attempt === attempts) result = failed(job, error.message, begun);
        }
      }
      const done = result;
      await (last = last.then(() => onResult(done)));
    }
    worker?.terminate();
  };
  const stopped = Promise.withResolvers<never>();
  const stop = () => stopped.reject(signal?.reason);
  signal?.addEventListener("abort", stop);
  try {
    const lanes = Array.from({ length: workers }, lane);
    await Promise.race([Promise.all(lanes), stopped.promise]);
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener("abort", stop);
    queue.length = 0;
    for (const worker of alive) worker.terminate();
  }
};

function failed({ index, params }: Job, error: string, begun: number): TrialResult {
  const seconds = (performance.now() - begun) / 1000;
  return { index, params, score: NaN, info: null, error, seconds };
}

/** A worker, and the promise that waits for its next message. */
class TrialWorker {
  readonly #worker: Worker;
  #waiting: PromiseWithResolvers<FromWorker> | null = null;
  #death: WorkerDeath | null = null;

  private constructor() {
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

  /** Starts a worker. @throws {Error} If the module of the trial cannot be used */
  static async start(message: ToWorker, alive: Set<TrialWorker>): Promise<TrialWorker> {
    const worker = new TrialWorker();
    alive.add(worker);
    const answer = await worker.#ask(message).catch((error) => {
      // Whatever ends a worker before its first trial would end the next one too.
      throw new Error(`a worker could not start: ${error.message}`, { cause: error });
    });
    if (answer.kind === "unusable") throw new Error(answer.message);
    return worker;
  }

  get isAlive(): boolean {
    return this.#death === null;
  }

  async run(job: Job): Promise<TrialResult> {
    const answer = await this.#ask(job);
    if (answer.kind === "result") return answer.result;
    throw new WorkerDeath(`the worker answered "${answer.kind}"`);
  }

  terminate(): void {
    this.#worker.terminate();
  }

  #ask(message: ToWorker | Job): Promise<FromWorker> {
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

if ((globalThis as { name?: string }).name === workerName) await import("./_trial_worker.ts");
