/**
 * Byte arrays of any size in a key-value database whose values are limited to 64 KiB.
 *
 * A blob is a set of named parts with a small description. Each part is cut into chunks that are
 * stored under a fresh generation number; the head record, written last and together with nothing
 * else, makes them visible under the blob's name. So a reader sees a whole blob, the old one or
 * the new one, and a crash leaves only chunks without a head, which {@linkcode BlobStore.open}
 * collects. A writer at work is told from a dead one by its lease, renewed with every commit; the
 * next writer of the same name looks for two seconds whether it is.
 *
 * Every record ends with a CRC-32 that is checked when it is read.
 *
 * @module
 */
import { pause } from "../internal/event_loop.ts";
import { batchSize, Generations, listed } from "./_generations.ts";
import { type KvDatabase, type KvKey, type KvRecord, retryLocked } from "./kv_database.ts";
import { sealed, unsealed } from "./_sealed.ts";

/** Bytes of content in a chunk: 20 images of 3,072 bytes, and below the limit of 65,536 a value. */
const chunkSize = 20 * 3072;
/** Chunks in a commit, which may hold 819,200 bytes. */
const chunksPerCommit = 13;
/** Commits under way at once while writing. */
const commitsInFlight = 8;
/** Ranges of chunks that are read at once, so that the database works while we do. */
const readsInFlight = 2;

/**
 * A plain JSON value.
 *
 * @category Data
 */
export type Json = string | number | boolean | null | readonly Json[] | {
  readonly [key: string]: Json;
};

/**
 * The record that makes a blob visible.
 *
 * @category Data
 */
export interface BlobHead {
  /** The name it is stored under. */
  readonly name: string;
  /** What its chunks are stored under. Another one for each writing. */
  readonly generation: string;
  /** When it was written, ISO 8601. */
  readonly written: string;
  /** The size of each part, bytes. */
  readonly parts: Readonly<Record<string, number>>;
  /** What the writer wanted to be remembered. */
  readonly meta: Json;
}

/**
 * A blob that cannot be read back as it was written.
 *
 * @category Data
 */
export class CorruptBlobError extends Error {
  /** The class name, `"CorruptBlobError"`. */
  override readonly name = "CorruptBlobError";
}

/**
 * Options of {@linkcode BlobStore.open}.
 *
 * @category Data
 */
export interface BlobStoreOptions {
  /** The first parts of every key. Default: `["nndl"]`. */
  readonly prefix?: readonly string[];
  /** The clock, milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
  /** Waits for some milliseconds. Default: a timer. */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/**
 * Chunked blobs in a key-value database. See the module documentation.
 *
 * @example
 * ```ts
 * import { BlobStore } from "@nndl/nndl/cache";
 * import assert from "node:assert/strict";
 *
 * const store = await BlobStore.open(await Deno.openKv(":memory:"));
 * await store.write("squares", { values: Uint8Array.of(1, 4, 9) }, { note: "of 1, 2, 3" });
 *
 * const head = await store.head("squares");
 * assert.ok(head);
 * assert.deepEqual(head.meta, { note: "of 1, 2, 3" });
 * assert.deepEqual(await store.read(head, "values"), Uint8Array.of(1, 4, 9));
 * store.close();
 * ```
 *
 * @category Data
 */
export class BlobStore {
  readonly #kv: KvDatabase;
  readonly #prefix: readonly string[];
  readonly #now: () => number;
  readonly #wait: (milliseconds: number) => Promise<void>;
  readonly #generations: Generations;

  private constructor(
    kv: KvDatabase,
    { prefix = ["nndl"], now = Date.now, wait = pause }: BlobStoreOptions,
  ) {
    this.#kv = kv;
    this.#prefix = prefix;
    this.#now = now;
    this.#wait = wait;
    this.#generations = new Generations(kv, prefix, now);
  }

  /**
   * Opens the store in a database, and removes what crashed writers left there. A database that
   * cannot be written is opened for reading.
   *
   * @param kv The database; {@linkcode BlobStore.close} closes it
   * @param options Key prefix and clock
   * @returns The store
   */
  static async open(kv: KvDatabase, options: BlobStoreOptions = {}): Promise<BlobStore> {
    const store = new BlobStore(kv, options);
    // Collecting is housekeeping: whoever only wants to read must not fail over it.
    await store.collectOrphans().catch(() => {});
    return store;
  }

  /** Closes the database. */
  close(): void {
    this.#kv.close();
  }

  /**
   * Looks a blob up.
   *
   * @param name The blob's name
   * @returns Its head record, or null if there is no such blob
   * @throws {CorruptBlobError} If the head record is damaged
   */
  async head(name: string): Promise<BlobHead | null> {
    const { value } = await retryLocked(() => this.#kv.get(this.#headKey(name)));
    return value === null ? null : decodeHead(name, value);
  }

  /**
   * Lists the blobs there are. Damaged heads are left out.
   *
   * @returns Their head records, by name
   */
  async list(): Promise<BlobHead[]> {
    const heads: BlobHead[] = [];
    for (const { key, value } of await this.#heads()) {
      try {
        heads.push(decodeHead(String(key.at(-1)), value));
      } catch (error) {
        if (!(error instanceof CorruptBlobError)) throw error;
      }
    }
    return heads;
  }

  /**
   * Writes a blob, replacing the one of that name as soon as all of the new one is there. If
   * writing fails, the old one stays, and what was written is removed. Where another writer of the
   * same name is at work or was killed a moment ago, it takes two seconds to tell which.
   *
   * @param name The blob's name, up to about 1,000 bytes
   * @param parts The content
   * @param meta What to remember of it; small
   */
  async write(
    name: string,
    parts: Readonly<Record<string, Uint8Array>>,
    meta: Json = null,
  ): Promise<void> {
    const generation = crypto.randomUUID();
    await this.#generations.removeSilent(name, this.#wait);
    try {
      await this.#writeChunks(name, generation, parts);
      const sizes = Object.fromEntries(Object.entries(parts).map(([k, v]) => [k, v.length]));
      const written = new Date(this.#now()).toISOString();
      await this.#publish({ name, generation, written, parts: sizes, meta });
    } catch (error) {
      await this.#generations.remove(generation).catch(() => {});
      throw error;
    }
  }

  /**
   * Reads a part of a blob.
   *
   * @param head The blob
   * @param part The part's name
   * @returns Its bytes
   * @throws {CorruptBlobError} If chunks are missing or damaged
   */
  async read(head: BlobHead, part: string): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(head.parts[part] ?? 0);
    await this.readChunks(head, part, (chunk, offset) => bytes.set(chunk, offset));
    return bytes;
  }

  /**
   * Reads a part of a blob chunk by chunk, in no particular order. Chunks start at multiples of
   * 61,440 bytes. What has been handed out is sound, but only a call that returns has read all.
   *
   * @param head The blob
   * @param part The part's name
   * @param onChunk Gets each chunk, which it must not keep, and where it starts in the part
   * @throws {CorruptBlobError} If chunks are missing or damaged
   */
  async readChunks(
    head: BlobHead,
    part: string,
    onChunk: (chunk: Uint8Array, offset: number) => void,
  ): Promise<void> {
    const size = head.parts[part];
    if (size === undefined) throw corrupt(head.name, `it has no part ${part}`);
    const count = Math.ceil(size / chunkSize);
    const share = Math.max(batchSize, Math.ceil(count / readsInFlight));
    const ranges: Promise<void>[] = [];
    for (let from = 0; from < count; from += share) {
      const to = Math.min(count, from + share);
      ranges.push(this.#readRange(head, part, from, to, onChunk));
    }
    // All ranges must have ended before the caller may close the database or start over.
    for (const result of await Promise.allSettled(ranges)) {
      if (result.status === "rejected") throw result.reason;
    }
  }

  /**
   * Removes a blob.
   *
   * @param name The blob's name
   * @returns Whether there was one
   */
  async delete(name: string): Promise<boolean> {
    const { value } = await retryLocked(() => this.#kv.get(this.#headKey(name)));
    if (value === null) return false;
    await retryLocked(() => this.#kv.atomic().delete(this.#headKey(name)).commit());
    await this.collectOrphans();
    return true;
  }

  /**
   * Removes all blobs, damaged ones too. Writers at work are left alone.
   *
   * @returns How many blobs there were
   */
  async clear(): Promise<number> {
    const heads = await this.#heads();
    for (const { key } of heads) {
      await retryLocked(() => this.#kv.atomic().delete(key as KvKey).commit());
    }
    await this.collectOrphans();
    return heads.length;
  }

  /**
   * Removes chunks that belong to no blob and to no writer at work.
   *
   * @returns How many writings were removed
   */
  async collectOrphans(): Promise<number> {
    // The order matters. A writer's chunks come with a lease, which turns into a head: chunks seen
    // first, with no lease seen second and no head seen third, belong to nobody.
    const orphans = new Set(await this.#generations.withChunks());
    const { ended, alive } = await this.#generations.endLeases();
    for (const generation of alive) orphans.delete(generation);
    for (const { generation } of await this.list()) orphans.delete(generation);
    for (const generation of ended) orphans.add(generation);
    for (const generation of orphans) await this.#generations.remove(generation);
    return orphans.size;
  }

  async #writeChunks(
    name: string,
    generation: string,
    parts: Readonly<Record<string, Uint8Array>>,
  ): Promise<void> {
    const chunks: [part: string, index: number][] = [];
    for (const [part, bytes] of Object.entries(parts)) {
      for (let index = 0; index * chunkSize < bytes.length; index++) chunks.push([part, index]);
    }
    const leaseKey = this.#generations.leaseKey(generation);
    let next = 0;
    const commitSome = async () => {
      do {
        const from = next;
        next = Math.min(chunks.length, from + chunksPerCommit);
        const records = chunks.slice(from, next).map(([part, index]) => {
          const bytes = parts[part].subarray(index * chunkSize, (index + 1) * chunkSize);
          return [
            this.#generations.chunkKey(generation, part, index),
            sealed(bytes, index),
          ] as const;
        });
        const lease = this.#generations.newLease(name);
        try {
          await retryLocked(() => {
            const commit = this.#kv.atomic().set(leaseKey, lease);
            for (const [key, value] of records) commit.set(key, value);
            return commit.commit();
          });
        } catch (error) {
          next = chunks.length;
          throw error;
        }
      } while (next < chunks.length);
    };
    const commits = Math.max(1, Math.ceil(chunks.length / chunksPerCommit));
    const lanes = Array.from({ length: Math.min(commits, commitsInFlight) }, commitSome);
    // All must have ended before the chunks of a failed writing can be removed.
    for (const result of await Promise.allSettled(lanes)) {
      if (result.status === "rejected") throw result.reason;
    }
  }

  async #publish(head: BlobHead): Promise<void> {
    const headKey = this.#headKey(head.name);
    const leaseKey = this.#generations.leaseKey(head.generation);
    const record = sealed(new TextEncoder().encode(JSON.stringify(head)));
    for (;;) {
      const [old, lease] = await retryLocked(() =>
        Promise.all([this.#kv.get(headKey), this.#kv.get(leaseKey)])
      );
      if (lease.value === null) {
        throw new Error(`BlobStore: writing "${head.name}" took so long that it was given up`);
      }
      const { ok } = await retryLocked(() =>
        this.#kv.atomic()
          .check({ key: headKey, versionstamp: old.versionstamp })
          .check({ key: leaseKey, versionstamp: lease.versionstamp })
          .set(headKey, record)
          .delete(leaseKey)
          .commit()
      );
      // Someone else published the same name in between: look again.
      if (!ok) continue;
      // What the old head pointed to is an orphan now.
      if (old.value !== null) await this.collectOrphans().catch(() => {});
      return;
    }
  }

  async #readRange(
    head: BlobHead,
    part: string,
    from: number,
    to: number,
    onChunk: (chunk: Uint8Array, offset: number) => void,
  ): Promise<void> {
    const key = (index: number) => this.#generations.chunkKey(head.generation, part, index);
    let next = from;
    await retryLocked(async () => {
      const chunks = this.#kv.list({ start: key(next), end: key(to) }, { batchSize });
      for await (const { key, value } of chunks) {
        if (key.at(-1) !== next) break;
        const offset = next * chunkSize;
        const chunk = unsealed(value, next);
        if (chunk?.length !== Math.min(chunkSize, head.parts[part] - offset)) {
          throw corrupt(head.name, `chunk ${next} of ${part} is damaged`);
        }
        onChunk(chunk, offset);
        next++;
      }
      if (next < to) throw corrupt(head.name, `chunk ${next} of ${part} is missing`);
    });
  }

  #headKey(name: string): KvKey {
    return [...this.#prefix, "head", name];
  }

  #heads(): Promise<KvRecord[]> {
    return listed(this.#kv, { prefix: [...this.#prefix, "head"] });
  }
}

function decodeHead(name: string, value: unknown): BlobHead {
  const bytes = unsealed(value);
  if (!bytes) throw corrupt(name, "its head record is damaged");
  return JSON.parse(new TextDecoder().decode(bytes));
}

function corrupt(name: string, problem: string): CorruptBlobError {
  return new CorruptBlobError(`BlobStore: "${name}" cannot be read: ${problem}; write it again`);
}
