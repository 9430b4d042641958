/**
 * The threads that share large tasks: the one that calls, and helpers.
 *
 * A helper is a worker with an instance of the module on the same memory. It is started when a
 * program has turned out to do enough for that to pay, it does not keep the program running, and it
 * retires when there is nothing to do for a second. Until it is there the caller works alone; results
 * do not depend on how tasks are shared.
 *
 * @module
 */
import type { ProductExports } from "./_machine.ts";

/** A kind of task and its arguments, see `assembly/tasks.ts`. */
export type Task = readonly [kind: number, ...args: number[]];

/** Kinds of tasks. */
export const MULTIPLY = 0;
export const CONV_FORWARD = 1;
export const CONV_BACKWARD_DATA = 2;
export const CONV_BACKWARD_WEIGHTS = 3;
export const MULTIPLY_PLANES = 4;

/** The most threads that the module has room for. */
export const MAX_THREADS = 16;

/** Multiplications of large tasks after which helpers are started: some 0.1 s. */
const WARM = 1e9;

/** In place of a task's number: the helper has retired, see `assembly/tasks.ts`. */
const RETIRED = -2;

/** Words of a mailbox. */
const NUMBER = 0;
const DONE = 1;
const TASK = 2;

/** How often to look whether a helper is done before sleeping, some 50 µs. */
const LOOKS = 20_000;

/** What a helper runs. It gets the module, and so needs to read or fetch nothing. */
const HELPER = `{
  const { module, memory, thread } = require("node:worker_threads").workerData;
  new WebAssembly.Instance(module, { env: { memory } }).exports.serve(thread);
}`;

/** The part of `node:worker_threads` that is used. */
interface WorkerThreads {
  readonly Worker: new (code: string, options: { eval: true; workerData: unknown }) => {
    on(event: "error", listener: () => void): void;
    unref(): void;
  };
}

/** The caller and its helpers. */
export class Team {
  readonly #module: WebAssembly.Module;
  readonly #memory: WebAssembly.Memory;
  readonly #exports: ProductExports;
  readonly #most: number;
  readonly #words: Int32Array;
  readonly #mailbox: number;
  readonly #step: number;
  #done = 0;
  #started = false;

  /**
   * @param module The compiled module
   * @param memory The memory of all threads
   * @param exports The caller's instance
   * @param threads The most threads to use
   */
  constructor(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    exports: ProductExports,
    threads: number,
  ) {
    this.#module = module;
    this.#memory = memory;
    this.#exports = exports;
    this.#most = Math.min(threads, MAX_THREADS);
    this.#words = new Int32Array(memory.buffer);
    this.#mailbox = exports.mailboxes.value / 4;
    this.#step = exports.mailboxSize.value / 4;
  }

  /**
   * How many threads can share a task now.
   *
   * @param multiplications The size of the task
   */
  threads(multiplications: number): number {
    if (this.#most === 1) return 1;
    if (!this.#started) {
      this.#done += multiplications;
      if (this.#done > WARM) this.start();
      return 1;
    }
    let ready = 1;
    while (ready < this.#most && Atomics.load(this.#words, this.#at(ready) + DONE) !== 0) ready++;
    if (ready < this.#most) this.#replaceRetired();
    return ready;
  }

  /** Starts the helpers; it takes them a moment to be there. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (let thread = 1; thread < this.#most; thread++) this.#startHelper(thread);
  }

  #startHelper(thread: number): void {
    const { process } = globalThis as {
      process?: { getBuiltinModule?(name: string): unknown };
    };
    try {
      const { Worker } = process?.getBuiltinModule?.("node:worker_threads") as WorkerThreads;
      const workerData = { module: this.#module, memory: this.#memory, thread };
      const worker = new Worker(HELPER, { eval: true, workerData });
      // One that fails to start is never there, and nothing is given to it.
      worker.on("error", () => {});
      worker.unref();
    } catch {
      // A runtime without workers has one thread.
    }
  }

  #replaceRetired(): void {
    for (let thread = 1; thread < this.#most; thread++) {
      const at = this.#at(thread) + NUMBER;
      if (Atomics.compareExchange(this.#words, at, RETIRED, 0) === RETIRED) {
        this.#startHelper(thread);
      }
    }
  }

  /**
   * Does tasks side by side and returns when all are done.
   *
   * @param tasks At most as many as there are threads
   */
  run(tasks: readonly Task[]): void {
    this.share(tasks.length, (thread) => tasks[thread], () => {});
  }

  /**
   * Does tasks side by side: a thread begins as soon as its task is there, while those of others
   * are made, and results are taken while others work.
   *
   * @param count How many, at most as many as there are threads
   * @param make Makes the task of a thread
   * @param take Takes what a thread has done, thread by thread
   */
  share(count: number, make: (thread: number) => Task, take: (thread: number) => void): void {
    const left: Task[] = [];
    for (let thread = count - 1; thread > 0; thread--) {
      const task = make(thread);
      if (!this.#give(thread, task)) left.push(task);
    }
    for (const task of [make(0), ...left]) {
      this.#words.set(task, this.#mailbox + TASK);
      this.#exports.work(0);
    }
    for (let thread = 0; thread < count; thread++) {
      if (thread > 0) this.#waitFor(thread);
      take(thread);
    }
  }

  /** Gives a task to a helper, unless it has just retired. */
  #give(thread: number, task: Task): boolean {
    const at = this.#at(thread);
    this.#words.set(task, at + TASK);
    const last = Atomics.load(this.#words, at + NUMBER);
    // Never 0, nor -1, which say that a helper is not there or has done nothing yet.
    const next = last % 1e9 + 1;
    if (last === RETIRED) return false;
    if (Atomics.compareExchange(this.#words, at + NUMBER, last, next) !== last) return false;
    Atomics.notify(this.#words, at + NUMBER);
    return true;
  }

  #waitFor(thread: number): void {
    const at = this.#at(thread);
    const number = Atomics.load(this.#words, at + NUMBER);
    if (number === RETIRED) return;
    for (let looks = 0;; looks++) {
      const done = Atomics.load(this.#words, at + DONE);
      if (done === number) return;
      if (looks > LOOKS) Atomics.wait(this.#words, at + DONE, done);
    }
  }

  #at(thread: number): number {
    return this.#mailbox + thread * this.#step;
  }
}
