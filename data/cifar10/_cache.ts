/**
 * The split of CIFAR-10, ready to be converted, in a blob store. A blob is named after the split and the
 * folder it was made from; its description holds the key that says whether it is still good.
 */
import { builtin } from "../../internal/builtins.ts";
import { messageOf } from "../../internal/message_of.ts";
import { batchFiles } from "./_batches.ts";
import type { CachedSplit, PreparedSplit, Split } from "./_split.ts";
import {
  type BlobHead,
  BlobStore,
  CorruptBlobError,
  type KvDatabase,
  openKvDatabase,
} from "../../cache/mod.ts";
import type { Cifar10Folder } from "./find_cifar10.ts";

/** Grows when the parts of a blob, or their meaning, change. */
const formatVersion = 1;
/** How much of each file goes into the fingerprint: this many pieces of this many bytes. */
const samples = 16;
const sampleSize = 4096;

/** The description stored with a blob. */
interface Meta {
  readonly key: string;
  readonly version: number;
  readonly dir: string;
  readonly labelNames: readonly string[];
}

/** The place of a split in the cache. */
export interface CachePlace {
  readonly name: string;
  /** What the key of a good entry is. */
  readonly key: string;
  readonly dir: string;
}

/**
 * A hash of what a folder holds, without reading it all: name, size and both times of each file,
 * and 16 pieces of 4 KiB spread over it. The time of the last status change, which Deno knows to
 * the second, cannot be set back, so an edit shows even if it kept size and modification time; the
 * pieces tell data sets apart where times are missing or too coarse.
 */
export async function fingerprint(folder: Cifar10Folder): Promise<string> {
  const hash = builtin("node:crypto").createHash("sha256");
  const piece = new Uint8Array(sampleSize);
  for (const path of batchFiles(folder)) {
    const file = await openIfThere(path);
    hash.update(`${path.slice(folder.dir.length)} ${file ? "is" : "is not"} there\n`);
    if (!file) continue;
    try {
      const { size, mtime, ctime } = await file.stat();
      hash.update(`${size} ${mtime?.getTime()} ${ctime?.getTime()}\n`);
      for (let i = 0; i < samples; i++) {
        const last = Math.max(0, size - sampleSize);
        await file.seek(Math.round(last * i / (samples - 1)), Deno.SeekMode.Start);
        const read = await file.read(piece);
        hash.update(piece.subarray(0, read ?? 0));
      }
    } finally {
      file.close();
    }
  }
  return hash.digest("hex");
}

/**
 * Tells where the split of a folder belongs, and which key it has now. Ask before the folder is
 * read, so that a change in between makes the entry stale, not wrong.
 */
export async function cachePlace(split: Split, folder: Cifar10Folder): Promise<CachePlace> {
  const { dir, layout } = folder;
  const hash = (text: string) =>
    builtin("node:crypto").createHash("sha256").update(text).digest("hex");
  const place = hash(`${layout} ${dir}`).slice(0, 16);
  const key = hash(`${formatVersion} ${prefixOf(split)} ${await fingerprint(folder)}`);
  return { name: prefixOf(split) + place, key, dir };
}

/** The cache of splits. */
export class SplitCache {
  readonly #store: BlobStore;
  readonly #owned: boolean;
  readonly #log: (line: string) => void;
  /** The generation that was found unusable, which is the only one worth replacing. */
  #unusable: string | null = null;

  private constructor(store: BlobStore, owned: boolean, log: (line: string) => void) {
    this.#store = store;
    this.#owned = owned;
    this.#log = log;
  }

  /** Opens the cache; null, and a line that says why, if there can be none. */
  static async open(
    where: string | KvDatabase | undefined,
    log: (line: string) => void,
  ): Promise<SplitCache | null> {
    try {
      const given = typeof where === "object";
      const kv = given ? where : await openKvDatabase(where);
      return new SplitCache(await BlobStore.open(kv), !given, log);
    } catch (error) {
      log(`data cache not used: ${messageOf(error)}`);
      return null;
    }
  }

  close(): void {
    if (this.#owned) this.#store.close();
  }

  /**
   * Finds a split, by its place, or, where there is no folder to compare with, the newest one,
   * whatever folder it came from. `use` gets it. The result is null if there is none or if it is
   * damaged or stale, with a line that says so.
   */
  async find<T>(
    split: Split,
    place: CachePlace | null,
    use: (cached: CachedSplit) => Promise<T>,
  ): Promise<T | null> {
    for (let attempt = 0;; attempt++) {
      let head: BlobHead | null = null;
      try {
        head = place ? await this.#current(place) : await this.#newest(split);
        return head && await use(await this.#opened(head));
      } catch (error) {
        if (!(error instanceof CorruptBlobError)) {
          this.#log(`data cache not used: ${messageOf(error)}`);
          return null;
        }
        // Another process may have replaced it while it was read: then look again.
        const now = head && await this.#store.head(head.name).catch(() => null);
        if (now && now.generation !== head?.generation && attempt < 3) continue;
        this.#unusable = head?.generation ?? null;
        this.#log(`data cache is damaged and will be rebuilt: ${error.message}`);
        return null;
      }
    }
  }

  /** Stores a split, unless another process has done so meanwhile. */
  async store({ name, key, dir }: CachePlace, prepared: PreparedSplit): Promise<void> {
    try {
      const there = await this.#store.head(name).catch(() => null);
      if (there && metaOf(there).key === key && there.generation !== this.#unusable) return;
      const { train, val, test, mean, labelNames } = prepared;
      const meta: Meta = {
        key,
        version: formatVersion,
        dir,
        labelNames,
      };
      await this.#store.write(name, {
        mean: bytesOf(mean),
        trainLabels: bytesOf(train.labels),
        valLabels: bytesOf(val.labels),
        testLabels: bytesOf(test.labels),
        trainImages: train.images,
        valImages: val.images,
        testImages: test.images,
      }, { ...meta });
    } catch (error) {
      this.#log(`data cache not written: ${messageOf(error)}`);
    }
  }

  async #current({ name, key, dir }: CachePlace): Promise<BlobHead | null> {
    const head = await this.#store.head(name);
    if (!head) return null;
    const meta = metaOf(head);
    if (meta.key === key) return head;
    const reason = meta.version === formatVersion
      ? `${dir} has changed`
      : `it has format ${meta.version}, not ${formatVersion}`;
    this.#log(`data cache is stale and will be rebuilt: ${reason}`);
    return null;
  }

  async #newest(split: Split): Promise<BlobHead | null> {
    const heads = (await this.#store.list()).filter((head) =>
      head.name.startsWith(prefixOf(split)) && metaOf(head).version === formatVersion
    );
    heads.sort((a, b) => a.written < b.written ? 1 : -1);
    return heads[0] ?? null;
  }

  async #opened(head: BlobHead): Promise<CachedSplit> {
    const { dir, labelNames } = metaOf(head);
    const mean = new Float64Array((await this.#store.read(head, "mean")).buffer);
    return {
      dir,
      labelNames,
      mean,
      labels: async (part) =>
        new Int32Array((await this.#store.read(head, `${part}Labels`)).buffer),
      images: (part, onPiece) => this.#store.readChunks(head, `${part}Images`, onPiece),
    };
  }
}

function prefixOf({ numTraining, numValidation, numTest, records }: Split): string {
  return `cifar10/${numTraining}+${numValidation}+${numTest}of${records}/`;
}

async function openIfThere(path: string): Promise<Deno.FsFile | null> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function metaOf(head: BlobHead): Meta {
  return head.meta as unknown as Meta;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float64Array | Int32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
