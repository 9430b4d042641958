/** Whether a run that continues is the run that was stopped. */
import { activeBackend, setThreads } from "../kernels/mod.ts";
import { NDArray } from "../ndarray/mod.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { State } from "./state.ts";

/**
 * Throws if a setting that makes the run what it is has another value than in the checkpoint. Only
 * `numEpochs` may have changed.
 */
export function checkSameSettings(
  caller: string,
  file: string,
  now: Readonly<Record<string, State>>,
  before: Readonly<Record<string, State>>,
): void {
  for (const name of new Set([...Object.keys(before), ...Object.keys(now)])) {
    const [was, is] = [before, now].map((settings) =>
      showSetting(Object.hasOwn(settings, name) ? settings[name] : undefined)
    );
    if (was === is || name === "numEpochs") continue;
    throw new RangeError(
      `${caller}: ${name} was ${was} in the run of ${file}, got ${is}; leave it out, or begin ` +
        "a new run",
    );
  }
}

/**
 * Goes back to as many threads as a run began with, where their number tells.
 *
 * @returns What to say if the run goes on with other kernels, or with other threads all the same
 */
export function returnToBackend(before: Checkpoint["backend"]): string | undefined {
  const { name, threads } = activeBackend();
  if (name !== before.name) {
    return `The run began with the ${before.name} kernels and goes on with ${name}: last digits may differ`;
  }
  if (threads === before.threads) return undefined;
  const began = `The run began with ${count(before.threads)}`;
  const fits = before.threads >= 1 && before.threads <= 1024;
  if (fits && setThreads(before.threads)) {
    return `${began} and goes on with as many, not ${threads}`;
  }
  // Where the number cannot be changed results do not depend on it.
  const now = activeBackend().threads;
  return now === threads ? undefined : `${began} and goes on with ${now}: last digits may differ`;
}

function count(threads: number): string {
  return threads === 1 ? "1 thread" : `${threads} threads`;
}

/** A setting as JSON, its keys in one order. */
function showSetting(value: State): string {
  return JSON.stringify(value, (_, part) => {
    if (part instanceof NDArray) return `array of shape (${part.shape.join(", ")})`;
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort());
  }) ?? "undefined";
}
