/**
 * A thread that drives sums on while this one computes: MPI does so only inside of its calls.
 *
 * @module
 */
import { findBuiltin } from "../internal/builtins.ts";
import { granted } from "../internal/environment.ts";
import { pathOf } from "../internal/paths.ts";
import type { Abi, Handles } from "./_mpi_abi.ts";
import { DRIVE, END, IDLE, INSIDE, PLACES, type ProgressData, STATE } from "./_progress_states.ts";

/** The thread, seen from the one that computes. */
export class ProgressThread {
  readonly #control: Int32Array;

  private constructor(control: SharedArrayBuffer) {
    this.#control = new Int32Array(control);
  }

  /** Starts the thread, which does nothing yet; null where it may not be started. */
  static start(path: string, handle: Abi["handle"], handles: Handles): ProgressThread | null {
    const url = new URL("./_progress_worker.ts", import.meta.url);
    const threads = findBuiltin("node:worker_threads");
    if (!threads || url.protocol !== "file:") return null;
    try {
      if (!granted({ name: "read", path: pathOf(url, "connectMpi", "worker") })) return null;
      const control = new SharedArrayBuffer(PLACES * Int32Array.BYTES_PER_ELEMENT);
      const workerData: ProgressData = { control, path, handle, handles };
      const worker = new threads.Worker(url, { workerData });
      // The process must be able to end without it, or nobody would end the job.
      worker.unref();
      worker.on("error", () => {});
      return new ProgressThread(control);
    } catch {
      return null;
    }
  }

  /** Drives sums on until told otherwise. */
  drive(): void {
    this.#tell(DRIVE);
  }

  /** Leaves them to this thread: the other one is out of the library when this returns. */
  pause(): void {
    this.#tell(IDLE);
    while (Atomics.load(this.#control, INSIDE) === 1) Atomics.wait(this.#control, INSIDE, 1, 1);
  }

  /** Ends the thread, which calls the library no more. */
  end(): void {
    this.pause();
    this.#tell(END);
  }

  #tell(state: number): void {
    Atomics.store(this.#control, STATE, state);
    Atomics.notify(this.#control, STATE);
  }
}
