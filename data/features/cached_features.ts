/**
 * Features that are computed once and read from the data cache from then on.
 *
 * @module
 */
import { builtin } from "../../internal/builtins.ts";
import { asNDArray, NDArray } from "../../ndarray/mod.ts";
import type { BlobStore } from "../../cache/mod.ts";
import {
  extractFeatures,
  type ExtractFeaturesOptions,
  type FeatureFunction,
} from "./extract_features.ts";

/**
 * Options of {@linkcode cachedFeatures}.
 *
 * @category Data
 */
export interface CachedFeaturesOptions extends ExtractFeaturesOptions {
  /** The cache, from `openDataCache`. */
  readonly cache: BlobStore;
  /**
   * What the functions compute, such as `"hog+hsv10"`. Features are found again by this name and
   * the pixels, so functions that compute something else need another name.
   */
  readonly name: string;
}

/**
 * Reads the features of images from the cache, or computes and stores them. A cache that cannot be
 * read or written only costs time.
 *
 * @param images Images, (N, C, H, W), pixels as they are
 * @param functions Feature functions
 * @param options The cache, a name for the functions, a listener
 * @returns Features, float64, (N, F)
 * @throws {RangeError} If the name is empty, or as {@linkcode extractFeatures} does
 *
 * @example
 * ```ts
 * import { openDataCache } from "@nndl/nndl/cache";
 * import { cachedFeatures, hogFeature } from "@nndl/nndl/data";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const cache = await openDataCache(":memory:");
 * const images = zeros([5, 3, 32, 32], "uint8");
 * const first = await cachedFeatures(images, [hogFeature], { cache, name: "hog" });
 * const again = await cachedFeatures(images, [hogFeature], { cache, name: "hog" });
 * assert.deepEqual(again.data, first.data);
 * cache.close();
 * ```
 *
 * @category Data
 */
export async function cachedFeatures(
  images: NDArray,
  functions: readonly FeatureFunction[],
  { cache, name, onProgress }: CachedFeaturesOptions,
): Promise<NDArray> {
  if (typeof name !== "string" || name === "" || name.length > 200) {
    throw new RangeError(
      `cachedFeatures: name must be 1 to 200 characters that say what is computed, got ${name}`,
    );
  }
  if (!(images instanceof NDArray)) return extractFeatures(images, functions, { onProgress });
  const entry = `features/${name}/${hashOf(images)}`;
  const stored = await readStored(cache, entry, images.shape[0]);
  if (stored) {
    const total = images.shape[0];
    onProgress?.({ done: total, total });
    return stored;
  }
  const features = extractFeatures(images, functions, { onProgress });
  const { buffer, byteOffset, byteLength } = features.data;
  const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  await cache.write(entry, { features: bytes }).catch(() => {});
  return features;
}

/** Reads features, or gives null if there are none that can be used. */
async function readStored(cache: BlobStore, entry: string, rows: number): Promise<NDArray | null> {
  try {
    const head = await cache.head(entry);
    if (!head) return null;
    const data = new Float64Array((await cache.read(head, "features")).buffer);
    return asNDArray(data, [rows, data.length / rows]);
  } catch {
    return null;
  }
}

function hashOf({ data: { buffer, byteOffset, byteLength }, shape, dtype }: NDArray): string {
  return builtin("node:crypto").createHash("sha256")
    .update(`${dtype} ${shape.join(" ")}\n`)
    .update(new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength))
    .digest("hex");
}
