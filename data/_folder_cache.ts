/**
 * What was made of a folder of data, kept in a blob store. A blob is named after what it holds and the
 * folder it was made from; its description holds the key that says whether it is still good.
 */
import {
  type BlobHead,
  BlobStore,
  CorruptBlobError,
  type Json,
  type KvDatabase,
  openKvDatabase,
} from "../cache/mod.ts";
import { builtin } from "../internal/builtins.ts";
import { messageOf } from "../internal/message_of.ts";
import { fingerprint } from "./_fingerprint.ts";

/** What a blob holds. */
export interface Kind {
  /** Begins its name: the data set and how it was prepared, ending in a slash. */
  readonly prefix: string;
  /** Grows when the parts of a blob, or their meaning, change. */
  readonly version: number;
}

/** A folder that data is made from. */
export interface Source {
  readonly dir: string;
  /** The files that are read; some may be missing. */
  readonly files: readonly string[];
  /** The layout of the files, where there are several. */
  readonly layout?: string;
}

/** The place of a blob in the cache. */
export interface CachePlace extends Kind {
  readonly name: string;
  /** What the key of a good entry is. */
  readonly key: string;
  readonly dir: string;
}

/** A blob that was found. */
export interface CachedBlob {
  /** The folder it was made from. */
  readonly dir: string;
  /** What was stored to describe it. */
  readonly meta: Readonly<Record<string, unknown>>;
  /** Reads a part. */
  readonly read: (part: string) => Promise<Uint8Array<ArrayBuffer>>;
  /** Reads a part piece by piece, as `BlobStore.readChunks`. */
  readonly readChunks: (
    part: string,
    onPiece: (bytes: Uint8Array, offset: number) => void,
  ) => Promise<void>;
}

/** What describes a blob: this, and what its data set adds. */
interface Meta {
  readonly key: string;
  readonly version: number;
  readonly dir: string;
}

/**
 * Tells where the data of a folder belongs, and which key it has now. Ask before the folder is
 * read, so that a change in between makes the entry stale, not wrong.
 */
export async function cachePlace(
  { prefix, version }: Kind,
  { dir, files, layout = "" }: Source,
): Promise<CachePlace> {
  const hash = (text: string) =>
    builtin("node:crypto").createHash("sha256").update(text).digest("hex");
  const key = hash(`${version} ${prefix} ${await fingerprint(dir, files)}`);
  return { prefix, version, name: prefix + hash(`${layout} ${dir}`).slice(0, 16), key, dir };
}

/** The cache of what was made of folders. */
export class FolderCache {
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

  /**
   * Opens the cache; null if none is wanted or, with a line that says why, if there can be none.
   *
   * @param where As the option `cache` of data sets: true for the project's own database
   */
  static async open(
    where: boolean | string | KvDatabase,
    log: (line: string) => void,
  ): Promise<FolderCache | null> {
    if (where === false) return null;
    try {
      const given = typeof where === "object";
      const kv = given ? where : await openKvDatabase(where === true ? undefined : where);
      return new FolderCache(await BlobStore.open(kv), !given, log);
    } catch (error) {
      log(`data cache not used: ${messageOf(error)}`);
      return null;
    }
  }

  close(): void {
    if (this.#owned) this.#store.close();
  }

  /**
   * Finds a blob, by its place, or, where there is no folder to compare with, the newest one of its
   * kind, whatever folder it came from. `use` gets it. The result is null if there is none or if it
   * is damaged or stale, with a line that says so.
   */
  async find<T>(
    wanted: Kind | CachePlace,
    use: (blob: CachedBlob) => Promise<T>,
  ): Promise<T | null> {
    for (let attempt = 0;; attempt++) {
      let head: BlobHead | null = null;
      try {
        head = "key" in wanted ? await this.#current(wanted) : await this.#newest(wanted);
        return head && await use(this.#opened(head));
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

  /** Stores a blob, unless another process has done so meanwhile. */
  async store(
    { name, key, version, dir }: CachePlace,
    parts: Readonly<Record<string, ArrayBufferView>>,
    meta: Readonly<Record<string, Json>>,
  ): Promise<void> {
    try {
      const there = await this.#store.head(name).catch(() => null);
      if (there && metaOf(there).key === key && there.generation !== this.#unusable) return;
      const bytes = Object.fromEntries(
        Object.entries(parts).map(([part, { buffer, byteOffset, byteLength }]) => [
          part,
          new Uint8Array(buffer, byteOffset, byteLength),
        ]),
      );
      await this.#store.write(name, bytes, { ...meta, key, version, dir });
    } catch (error) {
      this.#log(`data cache not written: ${messageOf(error)}`);
    }
  }

  async #current({ name, key, version, dir }: CachePlace): Promise<BlobHead | null> {
    const head = await this.#store.head(name);
    if (!head) return null;
    const meta = metaOf(head);
    if (meta.key === key) return head;
    const reason = meta.version === version
      ? `${dir} has changed`
      : `it has format ${meta.version}, not ${version}`;
    this.#log(`data cache is stale and will be rebuilt: ${reason}`);
    return null;
  }

  async #newest({ prefix, version }: Kind): Promise<BlobHead | null> {
    const heads = (await this.#store.list()).filter((head) =>
      head.name.startsWith(prefix) && metaOf(head).version === version
    );
    heads.sort((a, b) => a.written < b.written ? 1 : -1);
    return heads[0] ?? null;
  }

  #opened(head: BlobHead): CachedBlob {
    return {
      dir: metaOf(head).dir,
      meta: { ...metaOf(head) },
      read: (part) => this.#store.read(head, part),
      readChunks: (part, onPiece) => this.#store.readChunks(head, part, onPiece),
    };
  }
}

function metaOf(head: BlobHead): Meta {
  return head.meta as unknown as Meta;
}
