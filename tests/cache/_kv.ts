/** Databases for tests: real ones in memory, with faults where a test wants them. */
import {
  type KvDatabase,
  type KvKey,
  type KvTransaction,
  openKvDatabase,
} from "../../cache/mod.ts";

/** A database in memory. */
export function memoryKv(): Promise<KvDatabase> {
  return openKvDatabase(":memory:");
}

/** A database whose commits fail as `fault` says: it throws, or does nothing. */
export function withCommitFaults(kv: KvDatabase, fault: (commit: number) => void): KvDatabase {
  let commits = 0;
  const wrap = (inner: KvTransaction): KvTransaction => {
    const outer = {
      check: (
        expected: { key: KvKey; versionstamp: string | null },
      ) => (inner.check(expected), outer),
      set: (key: KvKey, value: Uint8Array) => (inner.set(key, value), outer),
      delete: (key: KvKey) => (inner.delete(key), outer),
      commit: async () => {
        fault(++commits);
        return await inner.commit();
      },
    };
    return outer as unknown as KvTransaction;
  };
  return {
    get: (key) => kv.get(key),
    list: (selector, options) => kv.list(selector, options),
    atomic: () => wrap(kv.atomic()),
    close: () => kv.close(),
  };
}

/** All keys of the store, as paths below its prefix. */
export async function keysOf(kv: KvDatabase): Promise<string[]> {
  const entries = await Array.fromAsync(kv.list({ prefix: ["nndl"] }));
  return entries.map(({ key }) => key.slice(1).join("/"));
}

/** Flips one bit of the n-th chunk. */
export async function flipBit(kv: KvDatabase, chunk: number, byte = 100): Promise<void> {
  const entries = await Array.fromAsync(kv.list({ prefix: ["nndl", "chunk"] }));
  const { key, value } = entries.at(chunk)!;
  const changed = (value as Uint8Array).slice();
  changed[byte % changed.length] ^= 1;
  await kv.atomic().set(key as KvKey, changed).commit();
}

/** Removes the n-th chunk. */
export async function removeChunk(kv: KvDatabase, chunk: number): Promise<void> {
  const entries = await Array.fromAsync(kv.list({ prefix: ["nndl", "chunk"] }));
  await kv.atomic().delete(entries.at(chunk)!.key as KvKey).commit();
}
