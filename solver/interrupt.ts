/**
 * Ctrl-C and SIGTERM as an AbortSignal.
 *
 * @module
 */

/**
 * A signal that Ctrl-C aborts, and the way to stop listening.
 *
 * @category Training
 */
export interface Interrupt extends Disposable {
  /** Aborted by the first Ctrl-C, or by the first SIGTERM; its reason says which. */
  readonly signal: AbortSignal;
}

/** What asks a process to end; Windows has no SIGTERM. */
const signals: readonly Deno.Signal[] = globalThis.Deno?.build.os === "windows"
  ? ["SIGINT"]
  : ["SIGINT", "SIGTERM"];

/**
 * Listens for Ctrl-C and SIGTERM, which schedulers send before they kill. The first one aborts the
 * signal, so that a training loop ends cleanly after its current step and writes its checkpoint; the
 * second one kills the process as usual.
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
 *
 * @category Training
 */
export function interruptSignal(): Interrupt {
  const controller = new AbortController();
  const interrupt = () => stop("Ctrl-C");
  const terminate = () => stop("SIGTERM");
  const listeners = signals.map((name) =>
    [name, name === "SIGINT" ? interrupt : terminate] as const
  );
  const stopListening = () => {
    for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
  };
  const stop = (what: string) => {
    stopListening();
    controller.abort(new DOMException(`interrupted by ${what}`, "AbortError"));
  };
  for (const [name, listener] of listeners) Deno.addSignalListener(name, listener);
  return { signal: controller.signal, [Symbol.dispose]: stopListening };
}
