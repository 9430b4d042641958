/**
 * Downloads a prebuilt library into the cache folder, where the loader looks for it.
 *
 * This is a fetch, a checksum and a rename, not `@denosaurs/plug`: what matters here is that a
 * library is never opened, nor even visible under its name, before its checksum is right, and that
 * no network is needed once it is there. Plug names and caches files but checks no sums.
 *
 * @module
 */
import { messageOf } from "../internal/message_of.ts";
import { cacheFolder, join, prebuiltName } from "./_places.ts";

/**
 * Options of {@linkcode downloadNativePlugin}.
 *
 * @category Kernels
 */
export interface DownloadOptions {
  /** The SHA-256 sum, 64 hexadecimal digits. Without it, the file beside it says: `NAME.sha256`. */
  readonly sha256?: string;
  /** Where to keep the library. Without it, the user's cache folder, in which the loader looks. */
  readonly folder?: string;
  /** Stops the download. */
  readonly signal?: AbortSignal;
}

/**
 * Downloads the prebuilt library for this system, unless it is there already.
 *
 * Under the URL there must be, for every system, the library and its SHA-256 sum:
 * `nndl_native-<ABI version>-<target>.<so | dylib | dll>` and the same with `.sha256`, where the
 * target is Deno's, such as `x86_64-unknown-linux-gnu`.
 *
 * @param url The folder to download from, such as that of a release
 * @param options A known checksum, another folder, a signal to stop
 * @returns The library's path, for `loadNativePlugin({ path })`
 * @throws {Error} If the library cannot be had or its checksum is wrong; nothing is kept then
 *
 * @example
 * ```ts
 * import { downloadNativePlugin } from "@nndl/nndl/native-plugin";
 * import assert from "node:assert/strict";
 *
 * // Nobody listens there: the error says what to do instead.
 * const folder = "/tmp/nndl-example";
 * await assert.rejects(
 *   downloadNativePlugin("http://127.0.0.1:1/releases", { folder }),
 *   /deno task native/,
 * );
 * ```
 *
 * @category Kernels
 */
export async function downloadNativePlugin(
  url: string | URL,
  options: DownloadOptions = {},
): Promise<string> {
  const folder = options.folder ?? cacheFolder();
  if (folder === null) {
    throw new Error(
      "downloadNativePlugin: no cache folder is known without reading the environment; " +
        "pass folder, or allow HOME to be read",
    );
  }
  const name = prebuiltName();
  const path = join(folder, name);
  const known = options.sha256?.toLowerCase() ?? await readText(`${path}.sha256`);
  if (known && await sha256OfFile(path) === known) return path;

  const from = new URL(name, String(url).replace(/\/*$/, "/"));
  const wanted = options.sha256?.toLowerCase() ??
    checksumIn(new TextDecoder().decode(await get(`${from}.sha256`, options.signal)), from);
  const bytes = await get(from.href, options.signal);
  const sum = await sha256(bytes);
  if (sum !== wanted) {
    throw new Error(
      `downloadNativePlugin: ${from} has SHA-256 ${sum}, expected ${wanted}; ` +
        "the file is damaged or not what was published, and was not kept",
    );
  }
  await Deno.mkdir(folder, { recursive: true });
  await writeAtomic(path, bytes);
  await writeAtomic(`${path}.sha256`, new TextEncoder().encode(wanted));
  return path;
}

async function get(url: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
  let problem: unknown;
  try {
    const response = await fetch(url, { signal });
    if (response.ok) return await response.bytes();
    await response.body?.cancel();
    problem = `${response.status} ${response.statusText}`;
  } catch (error) {
    signal?.throwIfAborted();
    problem = messageOf(error);
  }
  throw new Error(
    `downloadNativePlugin: ${url} cannot be had (${problem}); ` +
      "`deno task native` builds the library here, and without it the other kernels serve",
  );
}

function checksumIn(text: string, from: URL): string {
  const sum = /^[0-9a-f]{64}\b/i.exec(text.trim());
  if (sum) return sum[0].toLowerCase();
  throw new Error(`downloadNativePlugin: ${from}.sha256 does not start with a SHA-256 sum`);
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The sum of a file, or null if there is none. */
async function sha256OfFile(path: string): Promise<string | null> {
  try {
    return await sha256(await Deno.readFile(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function readText(path: string): Promise<string | undefined> {
  try {
    return (await Deno.readTextFile(path)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Writes beside the file and renames, so that the name never shows half of it. */
async function writeAtomic(path: string, bytes: Uint8Array): Promise<void> {
  const partial = `${path}.${crypto.randomUUID()}.part`;
  try {
    await Deno.writeFile(partial, bytes);
    await Deno.rename(partial, path);
  } catch (error) {
    await Deno.remove(partial).catch(() => {});
    throw error;
  }
}
