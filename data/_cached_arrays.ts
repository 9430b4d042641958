/** Arrays that were made of a folder, kept in the data cache. */
import type { KvDatabase } from "../cache/mod.ts";
import { type DType, NDArray, type TypedArray } from "../ndarray/mod.ts";
import {
  type CachedBlob,
  cachePlace,
  FolderCache,
  type Kind,
  type Source,
} from "./_folder_cache.ts";

/** What the cache needs to know of each array. */
interface Described {
  readonly dtype: DType;
  readonly shape: readonly number[];
}

/** Options of {@linkcode cachedArrays}, as those of data sets. */
export interface ArrayCacheOptions {
  readonly cache: boolean | string | KvDatabase;
  readonly onMessage: (line: string) => void;
}

/** Gets arrays from the cache, or reads them and keeps them there for the next time. */
export async function cachedArrays<Name extends string>(
  kind: Kind,
  source: Source,
  { cache, onMessage }: ArrayCacheOptions,
  read: () => Promise<Record<Name, NDArray>>,
): Promise<{ arrays: Record<Name, NDArray>; cached: boolean }> {
  const store = await FolderCache.open(cache, onMessage);
  try {
    const place = store && await cachePlace(kind, source).catch(() => null);
    const found = store && place && await store.find(place, openArrays);
    if (found) return { arrays: found as Record<Name, NDArray>, cached: true };
    const arrays = await read();
    if (store && place) await storeArrays(store, place, arrays);
    return { arrays, cached: false };
  } finally {
    store?.close();
  }
}

async function storeArrays(
  store: FolderCache,
  place: Awaited<ReturnType<typeof cachePlace>>,
  arrays: Record<string, NDArray>,
): Promise<void> {
  const named = Object.entries(arrays);
  const described = named.map(([name, { dtype, shape }]) => [name, { dtype, shape }]);
  await store.store(
    place,
    Object.fromEntries(named.map(([name, { data }]) => [name, data])),
    { arrays: Object.fromEntries(described) },
  );
}

async function openArrays({ meta, read }: CachedBlob): Promise<Record<string, NDArray>> {
  const arrays: Record<string, NDArray> = {};
  const described = Object.entries(meta.arrays as Record<string, Described>);
  for (const [name, { dtype, shape }] of described) {
    const { buffer } = await read(name);
    arrays[name] = new NDArray(new views[dtype](buffer), shape, dtype);
  }
  return arrays;
}

const views: Readonly<Record<DType, new (buffer: ArrayBuffer) => TypedArray>> = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};
