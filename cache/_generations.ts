/**
 * Generations of chunks: what one writing of a blob stores under a number of its own. A lease,
 * renewed with every commit, tells a writer at work from a dead one.
 */
import { type KvDatabase, type KvKey, type KvRecord, retryLocked } from "./kv_database.ts";
import { sealed, unsealed } from "./_sealed.ts";

/** How long after its last commit a writer counts as dead, milliseconds. */
const leaseTime = 60_000;
/** Records fetched at a time, the most there may be. */
export const batchSize = 500;

/** The generations below a key prefix. */
export class Generations {
  constructor(
    readonly kv: KvDatabase,
    readonly prefix: KvKey,
    readonly now: () => number,
  ) {}

  chunkKey(generation: string, part: string, index: number): KvKey {
    return [...this.prefix, "chunk", generation, part, index];
  }

  leaseKey(generation: string): KvKey {
    return [...this.prefix, "lease", generation];
  }

  /** The value of a lease that begins now. */
  newLease(): Uint8Array {
    return sealed(new TextEncoder().encode(String(this.now() + leaseTime)));
  }

  /** The generations that have chunks, found by skipping from one to the next. */
  async withChunks(): Promise<string[]> {
    const prefix = [...this.prefix, "chunk"];
    const generations: string[] = [];
    let selector: { prefix: KvKey; start?: KvKey } = { prefix };
    for (;;) {
      const [first] = await listed(this.kv, selector, 1);
      if (!first) return generations;
      const generation = String(first.key[prefix.length]);
      generations.push(generation);
      selector = { prefix, start: [...prefix, `${generation}\0`] };
    }
  }

  /** Ends the leases that ran out. Returns whose these were, and whose go on. */
  async endLeases(): Promise<{ ended: string[]; alive: string[] }> {
    const ended: string[] = [];
    const alive: string[] = [];
    for (const lease of await listed(this.kv, { prefix: [...this.prefix, "lease"] })) {
      const side = await this.#end(lease) ? ended : alive;
      side.push(String(lease.key.at(-1)));
    }
    return { ended, alive };
  }

  /** Removes chunks and lease. */
  async remove(generation: string): Promise<void> {
    const prefix = [...this.prefix, "chunk", generation];
    for (;;) {
      const chunks = await listed(this.kv, { prefix }, batchSize);
      await retryLocked(() => {
        const commit = this.kv.atomic().delete(this.leaseKey(generation));
        for (const { key } of chunks) commit.delete(key as KvKey);
        return commit.commit();
      });
      if (chunks.length < batchSize) return;
    }
  }

  /** False if the writer is at work, or renewed its lease or finished in this moment. */
  async #end({ key, value, versionstamp }: KvRecord): Promise<boolean> {
    const bytes = unsealed(value);
    if (bytes && Number(new TextDecoder().decode(bytes)) > this.now()) return false;
    const lease = { key: key as KvKey, versionstamp };
    const end = () => this.kv.atomic().check(lease).delete(lease.key).commit();
    return (await retryLocked(end)).ok;
  }
}

/** Reads records into an array. */
export function listed(
  kv: KvDatabase,
  selector: { prefix: KvKey; start?: KvKey },
  limit?: number,
): Promise<KvRecord[]> {
  return retryLocked(() => Array.fromAsync(kv.list(selector, { limit, batchSize })));
}
