/** The split of CIFAR-10 in the data cache, ready to be converted. */
import { type CachedBlob, type CachePlace, cachePlace, type Kind } from "../_folder_cache.ts";
import { batchFiles } from "./_batches.ts";
import type { CachedSplit, PreparedSplit, Split } from "./_split.ts";
import type { Cifar10Folder } from "./find_cifar10.ts";

/** What the blob of a split is. */
export function kindOf({ numTraining, numValidation, numTest, records }: Split): Kind {
  return {
    prefix: `cifar10/${numTraining}+${numValidation}+${numTest}of${records}/`,
    version: 1,
  };
}

/** Where the split of a folder belongs, and which key it has now. */
export function splitPlace(split: Split, folder: Cifar10Folder): Promise<CachePlace> {
  return cachePlace(kindOf(split), { ...folder, files: batchFiles(folder) });
}

/** What is stored of a split: the parts of its blob, and what describes it. */
export function stored({ train, val, test, mean, labelNames }: PreparedSplit) {
  return [{
    mean,
    trainLabels: train.labels,
    valLabels: val.labels,
    testLabels: test.labels,
    trainImages: train.images,
    valImages: val.images,
    testImages: test.images,
  }, { labelNames }] as const;
}

/** Opens a stored split. */
export async function openSplit({ meta, read, readChunks }: CachedBlob): Promise<CachedSplit> {
  return {
    labelNames: meta.labelNames as readonly string[],
    mean: new Float64Array((await read("mean")).buffer),
    labels: async (part) => new Int32Array((await read(`${part}Labels`)).buffer),
    images: (part, onPiece) => readChunks(`${part}Images`, onPiece),
  };
}
