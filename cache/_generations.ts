/**
 * Generations of chunks: what one writing of a blob stores under a number of its own. A lease,
 * renewed with every commit, tells a writer at work from a dead one.
 */
import { type KvDatabase, type KvKey, type KvRecord, retryLocked } from "./kv_database.ts";
import { sealed, unsealed } from "./_sealed.ts";

/** How long after its last commit a writer counts as dead, milliseconds. */
const leaseTime = 60_000;
/** How long a writer of the same name may go without a commit, if someone waits for it. */
const silence = 2_000;
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

  /** The value of a lease that begins now, of a writer of the blob of that name. */
  newLease(name: string): Uint8Array {
    return sealed(new TextEncoder().encode(JSON.stringify([this.now() + leaseTime, name])));
  }

  /**
   * Removes what writers of the same name have left who are dead although their leases go on: those
   * who commit nothing while we wait. So writers that are killed one after another leave the chunks of
   * one, not of all.
   */
  async removeSilent(name: string, wait: (milliseconds: number) => Promise<void>): Promise<void> {
    const mine = async () => {
      const leases = await listed(this.kv, { prefix: [...this.prefix, "lease"] });
      return leases.filter(({ value }) => leaseOf(value).name === name);
    };
    const before = await mine();
    if (before.length === 0) return;
    await wait(silence);
    const stamps = new Set(before.map(({ versionstamp }) => versionstamp));
    for (const lease of await mine()) {
      if (stamps.has(lease.versionstamp) && await this.#end(lease)) {
        await this.remove(String(lease.key.at(-1)));
      }
    }
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
      const hasEnded = leaseOf(lease.value).until <= this.now() && await this.#end(lease);
      const side = hasEnded ? ended : alive;
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

  /** False if the writer renewed its lease or finished in this moment. */
  async #end({ key, versionstamp }: KvRecord): Promise<boolean> {
    const lease = { key: key as KvKey, versionstamp };
    const end = () => this.kv.atomic().check(lease).delete(lease.key).commit();
    return (await retryLocked(end)).ok;
  }
}

/** When a lease ends, and of which blob it is; one that cannot be read has ended. */
function leaseOf(value: unknown): { until: number; name: string | null } {
  const bytes = unsealed(value);
  const lease: unknown = bytes && JSON.parse(new TextDecoder().decode(bytes));
  return Array.isArray(lease)
    ? { until: lease[0], name: lease[1] }
    : { until: Number(lease), name: null };
}

/** Reads records into an array. */
export function listed(
  kv: KvDatabase,
  selector: { prefix: KvKey; start?: KvKey },
  limit?: number,
): Promise<KvRecord[]> {
  return retryLocked(() => Array.fromAsync(kv.list(selector, { limit, batchSize })));
}
