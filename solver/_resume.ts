/** Whether a run that continues is the run that was stopped. */
import { activeBackend } from "../kernels/mod.ts";
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

/** What to say if the run goes on with other kernels, or with other threads where that tells. */
export function backendNote(before: Checkpoint["backend"]): string | undefined {
  const { name, threads } = activeBackend();
  if (name !== before.name) {
    return `The run began with the ${before.name} kernels and goes on with ${name}: last digits may differ`;
  }
  if (threads === before.threads) return undefined;
  return `The run began with ${before.threads} threads and goes on with ${threads}: last digits may ` +
    "differ";
}

/** A setting as JSON, its keys in one order. */
function showSetting(value: State): string {
  return JSON.stringify(value, (_, part) => {
    if (part instanceof NDArray) return `array of shape (${part.shape.join(", ")})`;
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort());
  }) ?? "undefined";
}
