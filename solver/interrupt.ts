/**
 * Ctrl-C as an AbortSignal.
 *
 * @module
 */

/** A signal that Ctrl-C aborts, and the way to stop listening. */
export interface Interrupt extends Disposable {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
}

/**
 * Listens for Ctrl-C. The first one aborts the signal, so that a Solver ends cleanly after its
 * current step; the second one kills the process as usual.
 *
 * @returns The signal; disposing of it gives Ctrl-C its usual meaning back
 *
 * @example
 * ```ts
 * import { interruptSignal } from "@nndl/nndl/solver";
 * import assert from "node:assert/strict";
 *
 * {
 *   using interrupt = interruptSignal();
 *   assert.equal(interrupt.signal.aborted, false);
 * }
 * ```
 */
export function interruptSignal(): Interrupt {
  const controller = new AbortController();
  const stopListening = () => Deno.removeSignalListener("SIGINT", interrupt);
  const interrupt = () => {
    stopListening();
    controller.abort(new DOMException("interrupted by Ctrl-C", "AbortError"));
  };
  Deno.addSignalListener("SIGINT", interrupt);
  return { signal: controller.signal, [Symbol.dispose]: stopListening };
}
