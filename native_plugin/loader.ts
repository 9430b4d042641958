/**
 * Finds the native library, opens it if that is allowed and safe, and makes it a kernel table.
 *
 * Nothing here asks for a permission or fails: what does not work ends as a line in
 * {@linkcode nativePluginStatus} and `activeBackend()`, and the next kernel table serves.
 *
 * @module
 */
import { environment, granted } from "../internal/environment.ts";
import { problemWith } from "../internal/inspect_library.ts";
import { messageOf } from "../internal/message_of.ts";
import { threadsOfEnvironment } from "../internal/threads.ts";
import { type Kernels, type Overlay, registerBackend } from "../kernels/mod.ts";
import { builtPath, cacheFolder, join, libraryPath, prebuiltName } from "./_places.ts";
import { nativeKernels } from "./overlay.ts";
import { ABI_VERSION, CONTROL, exportsOf, type Library, librarySymbols } from "./symbols.ts";

/** Most threads the library starts. */
const MAX_THREADS = 64;

/**
 * Options of {@linkcode loadNativePlugin}.
 *
 * @category Kernels
 */
export interface NativePluginOptions {
  /**
   * The library's file, as a path or a `file:` URL; a bare name is looked for in the current
   * folder. Without it, the file that the environment variable `NNDL_NATIVE` names,
   * else what `deno task native` built, else what `downloadNativePlugin` left in the cache.
   */
  readonly path?: string | URL;
  /**
   * Threads that work on a kernel, 1 to 64. Without it, what the environment variable
   * `NNDL_THREADS` says (1 to 1024), else one for each core that the process may use: affinity and the
   * processor time that a container has are kept to, and two processors of one core count once.
   */
  readonly threads?: number;
  /**
   * Whether 3×3 convolutions in float32 are sums of plain products, as on the other tables. They are
   * done in a quarter of the multiplications otherwise (Winograd's minimal filtering), with two to
   * four times the rounding error. Without it, what the environment variable `NNDL_STRICT` says (1
   * or 0), else false.
   */
  readonly strict?: boolean;
}

/**
 * What {@linkcode nativePluginStatus} tells.
 *
 * @category Kernels
 */
export interface NativePluginStatus {
  /** Whether the library was opened. */
  readonly loaded: boolean;
  /** The library's file, or null. */
  readonly path: string | null;
  /** Threads that work on a kernel, 0 if the library was not opened. */
  readonly threads: number;
  /** CPU features that the kernels use. */
  readonly features: readonly string[];
  /** What was opened, or why nothing was. */
  readonly reason: string;
}

/** A library that stays open until the process ends: its threads run code in it. */
interface Opened {
  readonly path: string;
  readonly library: Library;
  readonly kernels: Partial<Kernels>;
}

const NOT_TRIED: NativePluginStatus = {
  loaded: false,
  path: null,
  threads: 0,
  features: [],
  reason: "not tried yet",
};

let options: NativePluginOptions = {};
let opened: Opened | null = null;
let status: NativePluginStatus = NOT_TRIED;

/**
 * Loads the native kernels with other options than the default ones, and puts them to use unless
 * `useBackend` chose another table. Importing the room has already tried the default ones.
 *
 * @param wanted Which library, and how many threads
 * @returns What came of it; never throws
 *
 * @example
 * ```ts
 * import { loadNativePlugin } from "@nndl/nndl/native-plugin";
 * import assert from "node:assert/strict";
 *
 * const { loaded, reason } = loadNativePlugin({ path: "/nowhere/library.so" });
 * assert.equal(loaded, false);
 * assert.ok(reason.length > 0); // why, such as "there is no such file"
 * loadNativePlugin();
 * ```
 *
 * @category Kernels
 */
export function loadNativePlugin(wanted: NativePluginOptions = {}): NativePluginStatus {
  options = wanted;
  status = NOT_TRIED;
  registerBackend("native", load);
  if (status === NOT_TRIED) load();
  return status;
}

/**
 * Tells whether the native kernels could be loaded.
 *
 * @returns What was opened, or why nothing was
 *
 * @example
 * ```ts
 * import { nativePluginStatus } from "@nndl/nndl/native-plugin";
 * import assert from "node:assert/strict";
 *
 * const { loaded, threads, reason } = nativePluginStatus();
 * assert.equal(loaded, threads > 0);
 * assert.ok(reason.length > 0);
 * ```
 *
 * @category Kernels
 */
export function nativePluginStatus(): NativePluginStatus {
  return status;
}

/** The loader that the registry calls. */
function load(): Overlay | string {
  const result = tryToOpen();
  if (typeof result === "string") {
    status = { ...NOT_TRIED, reason: result };
    return result;
  }
  const { path, library, kernels } = result.opened;
  const { count, complaint } = threadsOfEnvironment();
  // 0 is one for each core that the process may use.
  const threads = library.nndl_set_threads(result.threads ?? count ?? 0);
  library.nndl_set_strict(result.strict ? 1 : 0);
  const features = featuresOf(library);
  opened = result.opened;
  const ignored = result.threads === null && complaint ? `; ${complaint}` : "";
  const reason = `opened ${path}${result.strict ? ", strict" : ""}${ignored}`;
  status = { loaded: true, path, threads, features, reason };
  const setThreads = (count: number) => {
    const threads = library.nndl_set_threads(count);
    status = { ...status, threads };
    return threads;
  };
  return { kernels, reason, threads, features, setThreads };
}

/** A library, and how to use it. */
interface Found {
  readonly opened: Opened;
  readonly threads: number | null;
  readonly strict: boolean;
}

function tryToOpen(): Found | string {
  if (typeof globalThis.Deno?.dlopen !== "function") return "this runtime has no Deno.dlopen";
  const threads = wantedThreads();
  if (typeof threads === "string") return threads;
  const strict = wantedStrict();
  if (typeof strict === "string") return strict;
  const named = options.path ?? environment("NNDL_NATIVE");
  if (named) {
    const path = libraryPath(named);
    const result = path === null ? "it must be a path or a file: URL" : open(path);
    return typeof result === "string" ? `${named}: ${result}` : { opened: result, threads, strict };
  }
  const reasons: string[] = [];
  for (const path of usualPlaces()) {
    const result = open(path);
    if (typeof result !== "string") return { opened: result, threads, strict };
    reasons.push(`${path}: ${result}`);
  }
  // What may not be looked at may be there.
  const mayBeThere = reasons.some((reason) => reason.includes(" needs --allow-"));
  return reasons.join("; ") + (mayBeThere ? "" : "; `deno task native` builds it");
}

/** The number of threads that the options ask for, null if none, or what is wrong with it. */
function wantedThreads(): number | null | string {
  const { threads } = options;
  if (threads === undefined) return null;
  if (Number.isInteger(threads) && threads >= 1 && threads <= MAX_THREADS) return threads;
  return `threads must be a whole number from 1 to ${MAX_THREADS}, got ${threads}`;
}

/** Whether strict convolutions were asked for, or what is wrong with the wish. */
function wantedStrict(): boolean | string {
  const { strict = environment("NNDL_STRICT") } = options;
  if (typeof strict === "boolean") return strict;
  if (strict === undefined || strict === "" || strict === "0") return false;
  if (strict === "1") return true;
  return options.strict === undefined
    ? `NNDL_STRICT must be 1 or 0, got ${strict}`
    : `strict must be true or false, got ${strict}`;
}

function usualPlaces(): string[] {
  const built = builtPath();
  const cache = cacheFolder();
  return [...(built ? [built] : []), ...(cache ? [join(cache, prebuiltName())] : [])];
}

/** Opens a library, or says why not. */
function open(path: string): Opened | string {
  if (opened?.path === path) return opened;
  if (!granted({ name: "ffi", path })) {
    return "opening it needs --allow-ffi";
  }
  if (!granted({ name: "read", path })) {
    return "checking it before it is opened needs --allow-read";
  }
  const problem = problemWith(path);
  if (problem !== null) return problem;
  try {
    // The version first: another one may lack what the whole list names.
    const probe = Deno.dlopen(path, { nndl_abi_version: CONTROL.nndl_abi_version });
    const version = probe.symbols.nndl_abi_version();
    probe.close();
    if (version !== ABI_VERSION) {
      return `its binary interface has version ${version}, this loader needs ${ABI_VERSION}; ` +
        "build it again";
    }
    const exports = exportsOf();
    const library = Deno.dlopen(path, librarySymbols(exports)).symbols as Library;
    return { path, library, kernels: nativeKernels(library, exports) };
  } catch (error) {
    return messageOf(error);
  }
}

function featuresOf(library: Library): string[] {
  const bytes = new Uint8Array(200);
  const length = library.nndl_features(bytes, bytes.length);
  return new TextDecoder().decode(bytes.subarray(0, length)).split(",").filter(Boolean);
}

registerBackend("native", load);
