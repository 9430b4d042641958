/** Prepares the split of CIFAR-10, or gets it from the data cache, ready to be converted. */
import {
  type CachedBlob,
  type CachePlace,
  cachePlace,
  FolderCache,
  type Kind,
} from "../_folder_cache.ts";
import type { Root } from "../_locate.ts";
import { DataNotFoundError } from "../errors.ts";
import { batchFiles } from "./_batches.ts";
import {
  type CachedSplit,
  fromCache,
  fromRows,
  type ImageFormat,
  type PreparedSplit,
  readSplit,
  type Split,
} from "./_split.ts";
import type { Cifar10Data, Cifar10DataOptions, DataSource } from "./cifar10_data.ts";
import { downloadCifar10 } from "./download_cifar10.ts";
import { archiveUrl, type Cifar10Folder, locateCifar10 } from "./find_cifar10.ts";

/** What `getCifar10Data` returns, from the cache, the folder or a download. */
export async function readPreparedData(
  root: Root,
  split: Split,
  image: ImageFormat,
  options: Cifar10DataOptions,
): Promise<Cifar10Data> {
  const { cache = true, onMessage = console.warn } = options;
  let found = await locateCifar10(root, root.from === "option");
  const splits = await FolderCache.open(cache, onMessage);
  try {
    let place = await placeOf(split, found);
    if (splits && (place || root.from !== "option")) {
      const cached = await splits.find(place ?? kindOf(split), async (blob) => ({
        ...await fromCache(await openSplit(blob), split, image),
        source: cacheSource(blob.dir),
      }));
      if (cached) return cached;
    }
    const kind = typeof found === "string" ? "download" : "folder";
    if (typeof found === "string") {
      found = await download(root, found, options);
      place = await placeOf(split, found);
    }
    const read = await readSplit("getCifar10Data", found, split, options.onProgress);
    if (splits && place) await splits.store(place, ...stored(read));
    const { dir } = found;
    const text = `${kind === "download" ? "downloaded to" : "folder"} ${dir}`;
    return { ...fromRows(read, image), source: { kind, dir, text } };
  } finally {
    splits?.close();
  }
}

function cacheSource(dir: string): DataSource {
  return { kind: "cache", dir, text: `data cache, made from ${dir}` };
}

/** The place in the cache; none if there is no folder, or one that reading will complain about. */
function placeOf(split: Split, found: Cifar10Folder | string) {
  return typeof found === "string" ? null : splitPlace(split, found).catch(() => null);
}

function download(
  root: Root,
  reason: string,
  { download, onProgress, onMessage, signal }: Cifar10DataOptions,
): Promise<Cifar10Folder> {
  if (download) {
    const options = download === true ? {} : download;
    return downloadCifar10({ into: root.path, onProgress, onMessage, signal, ...options });
  }
  throw new DataNotFoundError(
    `getCifar10Data: no CIFAR-10 found: ${reason}; ` +
      `call getCifar10Data({ download: true }), or unpack ${archiveUrl} and name the folder ` +
      `with { dir } (scripts: --data FOLDER), or do without: syntheticCifar10() (scripts: --synthetic)`,
  );
}

/** What the blob of a split is. */
function kindOf({ numTraining, numValidation, numTest, records }: Split): Kind {
  return {
    prefix: `cifar10/${numTraining}+${numValidation}+${numTest}of${records}/`,
    version: 1,
  };
}

/** Where the split of a folder belongs, and which key it has now. */
function splitPlace(split: Split, folder: Cifar10Folder): Promise<CachePlace> {
  return cachePlace(kindOf(split), { ...folder, files: batchFiles(folder) });
}

/** What is stored of a split: the parts of its blob, and what describes it. */
function stored({ train, val, test, mean, labelNames }: PreparedSplit) {
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
async function openSplit({ meta, read, readChunks }: CachedBlob): Promise<CachedSplit> {
  return {
    labelNames: meta.labelNames as readonly string[],
    mean: new Float64Array((await read("mean")).buffer),
    labels: async (part) => new Int32Array((await read(`${part}Labels`)).buffer),
    images: (part, onPiece) => readChunks(`${part}Images`, onPiece),
  };
}
