/**
 * Builds the one kernel table: the reference, overlaid with what the chosen backend does faster.
 *
 * @module
 */
import { reference } from "./reference/mod.ts";
import type { Kernels } from "./types.ts";

/** The kernel tables there are, slowest first. */
export type BackendName = "reference" | "wasm" | "native";

/** A backend that was found usable: the entries it overlays, and what there is to say of it. */
export interface Overlay {
  /** The kernels that replace those of the reference. */
  readonly kernels: Partial<Kernels>;
  /** One line for {@linkcode activeBackend}: what was loaded, from where. */
  readonly reason: string;
  /** Threads the kernels use. */
  readonly threads: number;
  /** CPU features the kernels use, such as `"avx512f"`. */
  readonly features: readonly string[];
}

/** What {@linkcode activeBackend} tells. */
export interface BackendInfo {
  /** The table in use. */
  readonly name: BackendName;
  /** Why this one: what was loaded, and why a faster one was not. */
  readonly reason: string;
  /** Threads the kernels use. */
  readonly threads: number;
  /** CPU features the kernels use. */
  readonly features: readonly string[];
}

/** Tries to load a backend: an overlay, or a line that says why there is none. */
export type BackendLoader = () => Overlay | string;

const loaders = new Map<BackendName, BackendLoader>();
const order = ["native", "wasm"] as const;

/** The kernels in use. Read its entries at each call; {@linkcode useBackend} replaces them. */
export const kernels: Kernels = { ...reference };

let choice: BackendName | "auto" = "auto";
let active: BackendInfo = {
  name: "reference",
  reason: "plain TypeScript",
  threads: 1,
  features: [],
};

/**
 * Makes a backend known, and builds the table anew if the choice is this one or `"auto"`.
 *
 * @param name The backend's name
 * @param load Loads it; called at most once per {@linkcode useBackend}, and must not throw
 */
export function registerBackend(name: "wasm" | "native", load: BackendLoader): void {
  loaders.set(name, load);
  if (choice === "auto" || choice === name) useBackend(choice);
}

/**
 * Chooses the kernel table.
 *
 * @param name `"auto"` for the fastest that works; a backend that cannot be loaded falls through
 * to the next one, never fails, and {@linkcode activeBackend} says why
 * @returns What is in use now
 * @throws {RangeError} If there is no backend of that name
 *
 * @example
 * ```ts
 * import { useBackend } from "@nndl/nndl/kernels";
 * import assert from "node:assert/strict";
 *
 * assert.equal(useBackend("reference").name, "reference");
 * useBackend("auto");
 * ```
 */
export function useBackend(name: BackendName | "auto"): BackendInfo {
  if (!["auto", "reference", "wasm", "native"].includes(name)) {
    throw new RangeError(
      `useBackend: name must be "auto", "reference", "wasm" or "native", got "${name}"`,
    );
  }
  choice = name;
  const misses: string[] = [];
  const from = name === "auto" ? 0 : name === "reference" ? order.length : order.indexOf(name);
  for (const candidate of order.slice(from)) {
    const overlay = loaders.get(candidate)?.() ?? "not part of this program's imports";
    if (typeof overlay === "string") {
      misses.push(`${candidate}: ${overlay}`);
      continue;
    }
    Object.assign(kernels, reference, overlay.kernels);
    active = {
      name: candidate,
      reason: [overlay.reason, ...misses].join("; "),
      threads: overlay.threads,
      features: overlay.features,
    };
    return active;
  }
  Object.assign(kernels, reference);
  active = {
    name: "reference",
    reason: ["plain TypeScript", ...misses].join("; "),
    threads: 1,
    features: [],
  };
  return active;
}

/**
 * Tells which kernel table is in use.
 *
 * @returns Its name, why it was chosen, its threads and CPU features
 *
 * @example
 * ```ts
 * import { activeBackend } from "@nndl/nndl/kernels";
 * import assert from "node:assert/strict";
 *
 * assert.ok(["reference", "wasm", "native"].includes(activeBackend().name));
 * ```
 */
export function activeBackend(): BackendInfo {
  return active;
}
