/**
 * The key-value database behind the cache: Deno's own, or the `@deno/kv` package where Deno was
 * started without `--unstable-kv`.
 *
 * @module
 */
import { environment, granted } from "../internal/environment.ts";
import { pause } from "../internal/event_loop.ts";
import { messageOf } from "../internal/message_of.ts";
import { damageOf, isReadOnly, openCopy } from "./_database_file.ts";
import { importPackage } from "../internal/packages.ts";

/**
 * A key.
 *
 * @category Data
 */
export type KvKey = readonly (string | number)[];

/**
 * A record as it is read.
 *
 * @category Data
 */
export interface KvRecord {
  /** The key it is stored under. */
  readonly key: readonly unknown[];
  /** The value, null if there is no such record. */
  readonly value: unknown;
  /** Changes with every writing; null if there is no such record. */
  readonly versionstamp: string | null;
}

/**
 * Changes that are made together or not at all.
 *
 * @category Data
 */
export interface KvTransaction {
  /** Lets the commit fail if the record has another version by then. */
  check(expected: { key: KvKey; versionstamp: string | null }): this;
  /** Writes a record. */
  set(key: KvKey, value: Uint8Array): this;
  /** Removes a record. */
  delete(key: KvKey): this;
  /** Does it; `ok` is false if a check failed. */
  commit(): Promise<{ ok: boolean }>;
}

/**
 * What a {@linkcode BlobStore} needs of a database. A `Deno.Kv` is one.
 *
 * @category Data
 */
export interface KvDatabase {
  /** Reads a record. */
  get(key: KvKey): Promise<KvRecord>;
  /** Reads records in the order of their keys. */
  list(
    selector: { prefix: KvKey; start?: KvKey } | { start: KvKey; end: KvKey },
    options?: { limit?: number; batchSize?: number },
  ): AsyncIterable<KvRecord>;
  /** Begins a transaction. */
  atomic(): KvTransaction;
  /** Closes the database. */
  close(): void;
}

type OpenKv = (path?: string) => Promise<KvDatabase>;

/**
 * Opens a key-value database, with no permission beyond those granted: it never asks.
 *
 * Without a path, Deno keeps one database per project in its cache folder, which needs no
 * permission at all. A path needs `--allow-read` and `--allow-write` for it. Where Deno has no
 * `Deno.openKv`, the package `@deno/kv` does the same, given a path (or `":memory:"`),
 * `--allow-ffi`, `--allow-sys` and `--allow-read` without limits.
 *
 * A file on a read-only disk is opened as a copy in the folder for temporary files. A file that is
 * damaged is refused, as far as it can be seen: Deno ends the process over some damages.
 *
 * @param path A file, or `":memory:"`. Default: the project's own database, and for `@deno/kv`
 * `nndl/data.kv` in the user's cache folder
 * @returns The database
 * @throws {Error} If it cannot be opened, with the reason and the remedy
 *
 * @example
 * ```ts
 * import { openKvDatabase } from "@nndl/nndl/cache";
 * import assert from "node:assert/strict";
 *
 * const kv = await openKvDatabase(":memory:");
 * await kv.atomic().set(["answer"], Uint8Array.of(42)).commit();
 * assert.deepEqual((await kv.get(["answer"])).value, Uint8Array.of(42));
 * kv.close();
 * ```
 *
 * @category Data
 */
export async function openKvDatabase(path?: string): Promise<KvDatabase> {
  const builtIn = (Deno as { openKv?: OpenKv }).openKv;
  if (!builtIn) checkSubstituteAccess();
  const file = path ?? (builtIn ? undefined : await defaultFile());
  if (isFile(file)) checkFileAccess(file);
  const open = builtIn ?? await importOpenKv();
  try {
    const damage = isFile(file) ? await damageOf(file) : null;
    if (damage !== null) throw new Error(damage);
    return await retryLocked(() => openWritable(open, file));
  } catch (cause) {
    const reason = messageOf(cause);
    const name = file ?? "the project's database in Deno's cache folder";
    throw new Error(
      `openKvDatabase: cannot open ${name}: ${reason}; choose another file, or remove a damaged one`,
      { cause },
    );
  }
}

/** Opens a database, or a copy of one that is on a read-only disk. */
async function openWritable(open: OpenKv, file?: string): Promise<KvDatabase> {
  try {
    return await open(file);
  } catch (error) {
    const copy = isFile(file) && await isReadOnly(file) ? await openCopy(file, open) : null;
    if (copy) return copy;
    throw error;
  }
}

function isFile(path?: string): path is string {
  return path !== undefined && path !== ":memory:";
}

/**
 * Does something with the database, again and again while it is locked: about 40 times in 10
 * seconds, after pauses that differ by chance so that two processes do not stay in step.
 *
 * @param work What to do
 * @param wait Waits for some milliseconds. Default: a timer
 * @returns What `work` returns
 * @throws What `work` throws, unless that passes
 *
 * @example
 * ```ts
 * import { retryLocked } from "@nndl/nndl/cache";
 * import assert from "node:assert/strict";
 *
 * let calls = 0;
 * const result = await retryLocked(() => {
 *   if (++calls < 3) throw new Error("database is locked");
 *   return Promise.resolve("done");
 * });
 * assert.equal(result, "done");
 * assert.equal(calls, 3);
 * ```
 *
 * @category Data
 */
export async function retryLocked<T>(
  work: () => Promise<T>,
  wait: (milliseconds: number) => Promise<void> = pause,
): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 40 || !isLocked(error)) throw error;
      const longest = 10 * 2 ** Math.min(attempt, 5);
      const chance = crypto.getRandomValues(new Uint8Array(1))[0] / 255;
      await wait(longest * (0.5 + 0.5 * chance));
    }
  }
}

function isLocked(error: unknown): boolean {
  return error instanceof Error &&
    /database( table)? is locked|database is busy/i.test(error.message);
}

function checkFileAccess(path: string): void {
  for (const name of ["read", "write"] as const) {
    if (!granted({ name, path })) {
      throw new Error(`openKvDatabase: ${path} needs --allow-${name}=${path}`);
    }
  }
}

function checkSubstituteAccess(): void {
  for (const name of ["ffi", "sys", "read"] as const) {
    if (!granted({ name })) {
      throw new Error(
        `openKvDatabase: this Deno has no Deno.openKv, and its substitute needs --allow-${name}; ` +
          `start Deno with --unstable-kv`,
      );
    }
  }
}

async function importOpenKv(): Promise<OpenKv> {
  try {
    return (await importPackage<{ openKv: OpenKv }>("npm:@deno/kv@^0.14.0")).openKv;
  } catch (cause) {
    const reason = messageOf(cause);
    throw new Error(
      `openKvDatabase: this Deno has no Deno.openKv, and @deno/kv cannot be loaded: ${reason}; ` +
        `start Deno with --unstable-kv`,
      { cause },
    );
  }
}

/** Where `@deno/kv`, which has no default of its own, keeps its data. */
async function defaultFile(): Promise<string> {
  const home = environment("HOME");
  const folder = environment("XDG_CACHE_HOME") ?? environment("LOCALAPPDATA") ??
    (home === undefined ? undefined : `${home}/.cache`);
  if (folder === undefined) {
    throw new Error(
      "openKvDatabase: there is no cache folder without --allow-env; give the path of a file",
    );
  }
  if (granted({ name: "write", path: `${folder}/nndl` })) {
    await Deno.mkdir(`${folder}/nndl`, { recursive: true });
  }
  return `${folder}/nndl/data.kv`;
}
