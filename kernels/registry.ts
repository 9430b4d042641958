/**
 * Builds the one kernel table: the reference, overlaid by every backend up to the chosen one.
 *
 * @module
 */
import { messageOf } from "../internal/message_of.ts";
import { composed, reference } from "./reference/mod.ts";
import type { Kernels } from "./types.ts";

/**
 * The name of a kernel table: one of those that come with the package, or a registered one.
 *
 * @category Kernels
 */
export type BackendName = "reference" | "wasm" | "native" | (string & Record<never, never>);

/**
 * A backend that was found usable: the entries it overlays, and what there is to say of it.
 *
 * @category Kernels
 */
export interface Overlay {
  /** The kernels that replace those below; what is left out is served by the tables below. */
  readonly kernels: Partial<Kernels>;
  /** One line for {@linkcode activeBackend}: what was loaded, from where. */
  readonly reason: string;
  /** Threads the kernels use. */
  readonly threads: number;
  /** CPU features the kernels use, such as `"avx512f"`. */
  readonly features: readonly string[];
  /** Changes the number of threads and returns it; only where results depend on it. */
  readonly setThreads?: (count: number) => number;
}

/**
 * What {@linkcode activeBackend} tells.
 *
 * @category Kernels
 */
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

/**
 * Tries to load a backend: an overlay, or a line that says why there is none.
 *
 * @category Kernels
 */
export type BackendLoader = () => Overlay | string;

/** Backends from the slowest to the fastest; their tables are laid over each other in this order. */
const order: BackendName[] = ["wasm", "native"];
const loaders = new Map<BackendName, BackendLoader>();

/**
 * The kernels in use. Read its entries at each call; {@linkcode useBackend} replaces them.
 *
 * @category Kernels
 */
export const kernels: Kernels = { ...reference };

const REFERENCE: BackendInfo = {
  name: "reference",
  reason: "plain TypeScript",
  threads: 1,
  features: [],
};

let choice: BackendName | "auto" = "auto";
let active: BackendInfo = REFERENCE;
let changeThreads: Overlay["setThreads"];

/**
 * Makes a backend known, and builds the table anew if the choice is `"auto"`, this backend, or one
 * above it.
 *
 * The tables stack: an entry that a backend leaves out is served by the next one below that has it.
 *
 * @param name The backend's name; a known one gets a new loader
 * @param load Loads it; called at most once per {@linkcode useBackend}. What it throws, or returns
 * in place of an overlay, ends as a line in {@linkcode activeBackend}, and the tables below serve
 * @param options `after`: the backend that it is laid over and preferred to; a new one goes above
 * all others unless this says otherwise
 * @throws {TypeError} If `name` is not a string or `load` not a function
 * @throws {RangeError} If `name` is taken by the package, or there is no backend `after`
 *
 * @example
 * ```ts
 * import { kernels, registerBackend, useBackend } from "@nndl/nndl/kernels";
 * import assert from "node:assert/strict";
 *
 * const sumSquares = (x: ArrayLike<number>) => Math.hypot(...Array.from(x)) ** 2;
 * registerBackend("mine", () => {
 *   return { kernels: { sumSquares }, reason: "a try", threads: 1, features: [] };
 * }, { after: "wasm" });
 *
 * assert.equal(useBackend("mine").name, "mine");
 * assert.equal(kernels.sumSquares, sumSquares);
 * useBackend("auto");
 * ```
 *
 * @category Kernels
 */
export function registerBackend(
  name: BackendName,
  load: BackendLoader,
  options: { readonly after?: BackendName } = {},
): void {
  const { after } = options;
  if (typeof name !== "string") {
    throw new TypeError(`registerBackend: name must be a string, got ${typeof name}`);
  }
  if (typeof load !== "function") {
    throw new TypeError(`registerBackend: the loader of "${name}" must be a function, got ${load}`);
  }
  if (name === "" || name === "auto" || name === "reference") {
    throw new RangeError(`registerBackend: "${name}" cannot be the name of a backend`);
  }
  if (after !== undefined && (after === name || !isKnown(after))) {
    throw new RangeError(
      `registerBackend: "${name}" must come after one of ${known()}, got "${after}"`,
    );
  }
  if (after !== undefined || !order.includes(name)) {
    if (order.includes(name)) order.splice(order.indexOf(name), 1);
    order.splice(after === undefined ? order.length : order.indexOf(after) + 1, 0, name);
  }
  loaders.set(name, load);
  if (stackOf(choice).includes(name)) useBackend(choice);
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
 *
 * @category Kernels
 */
export function useBackend(name: BackendName | "auto"): BackendInfo {
  if (name !== "auto" && !isKnown(name)) {
    throw new RangeError(`useBackend: name must be one of "auto", ${known()}, got "${name}"`);
  }
  choice = name;
  const misses: string[] = [];
  const table: Kernels = { ...reference, ...composed(kernels) };
  let top: BackendInfo = REFERENCE;
  changeThreads = undefined;
  for (const candidate of stackOf(name)) {
    const overlay = tryToLoad(candidate);
    if (typeof overlay === "string") {
      misses.unshift(`${candidate}: ${overlay}`);
      continue;
    }
    for (const [entry, kernel] of Object.entries(overlay.kernels)) {
      if (kernel !== undefined) Object.assign(table, { [entry]: kernel });
    }
    const { reason, threads, features } = overlay;
    changeThreads = overlay.setThreads;
    top = { name: candidate, reason, threads, features };
  }
  Object.assign(kernels, top === REFERENCE ? reference : table);
  active = { ...top, reason: [top.reason, ...misses].join("; ") };
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
 *
 * @category Kernels
 */
export function activeBackend(): BackendInfo {
  return active;
}

/**
 * Changes the number of threads of the table in use, where its results depend on it: products of the
 * native table are summed in another order by other numbers of threads.
 *
 * @param count How many, 1 to 1024
 * @returns Whether so many are in use now; false where the number cannot be changed
 * @throws {RangeError} If `count` is out of range
 *
 * @example
 * ```ts
 * import { activeBackend, setThreads } from "@nndl/nndl/kernels";
 * import assert from "node:assert/strict";
 *
 * const { threads } = activeBackend();
 * assert.equal(setThreads(threads), true);
 * ```
 *
 * @category Kernels
 */
export function setThreads(count: number): boolean {
  if (!Number.isInteger(count) || count < 1 || count > 1024) {
    throw new RangeError(`setThreads: count must be a whole number from 1 to 1024, got ${count}`);
  }
  if (count !== active.threads && changeThreads) {
    active = { ...active, threads: changeThreads(count) };
  }
  return active.threads === count;
}

function isKnown(name: BackendName): boolean {
  return name === "reference" || order.includes(name);
}

function known(): string {
  return ["reference", ...order].map((name) => `"${name}"`).join(", ");
}

/** The backends whose tables a choice lays over the reference, slowest first. */
function stackOf(name: BackendName | "auto"): BackendName[] {
  return name === "auto" ? [...order] : order.slice(0, order.indexOf(name) + 1);
}

/** A backend that can be used, or why it cannot. */
function tryToLoad(name: BackendName): Overlay | string {
  const load = loaders.get(name);
  if (load === undefined) return "not part of this program's imports";
  try {
    const overlay: unknown = load();
    return problemOf(overlay) ?? overlay as Overlay | string;
  } catch (error) {
    return `its loader threw: ${messageOf(error)}`;
  }
}

/** What is wrong with what a loader returned, if anything is. */
function problemOf(overlay: unknown): string | undefined {
  if (typeof overlay === "string") return undefined;
  if (overlay instanceof Promise) {
    overlay.catch(() => {});
    return "its loader returned a Promise; load first, then register";
  }
  if (typeof overlay !== "object" || overlay === null) {
    return `its loader must return an overlay or a line of text, got ${overlay}`;
  }
  const { kernels: entries, reason, threads, features } = overlay as Partial<Overlay>;
  if (typeof entries !== "object" || entries === null) {
    return `its overlay must have kernels, got ${entries}`;
  }
  for (const [entry, kernel] of Object.entries(entries)) {
    if (!Object.hasOwn(reference, entry)) return `there is no kernel "${entry}"`;
    if (kernel !== undefined && typeof kernel !== "function") {
      return `its kernel ${entry} must be a function, got ${typeof kernel}`;
    }
  }
  if (typeof reason !== "string") return `the reason of its overlay must be a text, got ${reason}`;
  if (!Number.isInteger(threads) || threads! < 1) {
    return `the threads of its overlay must be a whole number from 1, got ${threads}`;
  }
  return Array.isArray(features) ? undefined : `its features must be a list, got ${features}`;
}
