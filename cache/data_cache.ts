/**
 * What is in the data cache, and how to empty it.
 *
 * @module
 */
import { type BlobHead, BlobStore } from "./blob_store.ts";
import { shrink } from "./_database_file.ts";
import { type KvDatabase, openKvDatabase, retryLocked } from "./kv_database.ts";

/**
 * An entry of the data cache.
 *
 * @category Data
 */
export interface DataCacheEntry {
  /** Its name: what it holds, and a hash of the folder it came from. */
  readonly name: string;
  /** The folder it was made from, if it was one. */
  readonly dir: string | null;
  /** Its size. */
  readonly bytes: number;
  /** When it was written. */
  readonly written: Date;
}

/**
 * Opens the data cache as a store for blobs of any kind.
 *
 * @param where A file, `":memory:"` or an open database. Default: the project's own
 * @returns The store; close it after use
 * @throws {Error} If the database cannot be opened
 *
 * @example
 * ```ts
 * import { openDataCache } from "@nndl/nndl/cache";
 * import assert from "node:assert/strict";
 *
 * const cache = await openDataCache(":memory:");
 * await cache.write("features", { hog: new Uint8Array(1000) });
 * assert.equal((await cache.head("features"))?.parts.hog, 1000);
 * cache.close();
 * ```
 *
 * @category Data
 */
export async function openDataCache(where?: string | KvDatabase): Promise<BlobStore> {
  return await BlobStore.open(typeof where === "object" ? where : await openKvDatabase(where));
}

/**
 * Lists what the data cache holds.
 *
 * @param where A file or an open database. Default: the project's own
 * @returns The entries, by name
 * @throws {Error} If the database cannot be opened
 *
 * @example
 * ```ts
 * import { listDataCache } from "@nndl/nndl/cache";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(await listDataCache(":memory:"), []);
 * ```
 *
 * @category Data
 */
export function listDataCache(where?: string | KvDatabase): Promise<DataCacheEntry[]> {
  return withCache(where, async (cache) => (await cache.list()).map(entryOf));
}

/**
 * Empties the data cache. Nothing else of the database is touched. A file that was named gives its
 * space back to the disk; the project's own database, whose file only Deno knows, keeps its size and
 * uses the space for what is written next.
 *
 * @param where A file or an open database. Default: the project's own
 * @returns How many entries there were
 * @throws {Error} If the database cannot be opened or written
 *
 * @example
 * ```ts
 * import { clearDataCache } from "@nndl/nndl/cache";
 * import assert from "node:assert/strict";
 *
 * assert.equal(await clearDataCache(":memory:"), 0);
 * ```
 *
 * @category Data
 */
export async function clearDataCache(where?: string | KvDatabase): Promise<number> {
  const count = await withCache(where, (cache) => cache.clear());
  if (typeof where === "string" && where !== ":memory:") {
    // Another process that is using the file does not mind that it stays large.
    await retryLocked(() => Promise.resolve(shrink(where))).catch(() => {});
  }
  return count;
}

async function withCache<T>(
  where: string | KvDatabase | undefined,
  work: (cache: BlobStore) => Promise<T>,
): Promise<T> {
  const cache = await openDataCache(where);
  try {
    return await work(cache);
  } finally {
    if (typeof where !== "object") cache.close();
  }
}

function entryOf({ name, written, parts, meta }: BlobHead): DataCacheEntry {
  const dir = typeof meta === "object" && meta !== null && "dir" in meta ? meta.dir : null;
  const bytes = Object.values(parts).reduce((a, b) => a + b, 0);
  return { name, dir: typeof dir === "string" ? dir : null, bytes, written: new Date(written) };
}
