/**
 * Fetches CIFAR-10 from where it was published, and unpacks it.
 *
 * @module
 */
import { writeFileAtomic } from "../../io/mod.ts";
import { checkedDownload, checkSum, exists, withPartial } from "../_checked_download.ts";
import { archiveUrl, type Cifar10Folder, cifar10Root, locateCifar10 } from "./find_cifar10.ts";
import type { ProgressListener } from "../progress.ts";

const caller = "downloadCifar10";
/** The folder that the archive holds. */
const top = "cifar-10-batches-bin";

/**
 * Options of {@linkcode downloadCifar10}.
 *
 * @category Data
 */
export interface Cifar10DownloadOptions {
  /** The folder to unpack into. Default: `data`. */
  readonly into?: string;
  /** The archive of the binary version. Default: the official one. */
  readonly url?: string;
  /** Its size in bytes, null for any. Default: 170,052,171. */
  readonly size?: number | null;
  /** Its md5 sum, null for any. Default: the one on the data set's page. */
  readonly md5?: string | null;
  /** Told how far downloading and unpacking are. */
  readonly onProgress?: ProgressListener;
  /** Gets a line when a download is taken up again. Default: `console.warn`. */
  readonly onMessage?: (line: string) => void;
  /** Ends the download; what there is of it stays for the next time. */
  readonly signal?: AbortSignal;
}

/**
 * Downloads the official archive (162 MB) and unpacks it to `cifar-10-batches-bin` (184 MB).
 *
 * An interrupted download goes on where it stopped. The archive is checked before it is unpacked,
 * and the folder appears when all of it is there. If `into` holds the archive already, under its
 * own name, nothing is downloaded. Needs `--allow-read` and `--allow-write` for `into`, and
 * `--allow-net` for the host.
 *
 * @param options Where from and where to
 * @returns The folder
 * @throws {Error} If the archive cannot be had, is not the right one, or cannot be written, with
 * the file and what to do
 *
 * @example
 * ```ts
 * import { downloadCifar10 } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * const into = await Deno.makeTempDir();
 * await assert.rejects(
 *   downloadCifar10({ into, url: "http://127.0.0.1:9/cifar-10-binary.tar.gz" }),
 *   /cannot be reached/,
 * );
 * await Deno.remove(into, { recursive: true });
 * ```
 *
 * @category Data
 */
export async function downloadCifar10({
  into = "data",
  url = archiveUrl,
  size = 170_052_171,
  md5 = "c32a1d4ab5d03f1284b67883e8d87530",
  onProgress = () => {},
  onMessage = console.warn,
  signal,
}: Cifar10DownloadOptions = {}): Promise<Cifar10Folder> {
  signal?.throwIfAborted();
  await Deno.mkdir(into, { recursive: true });
  const archive = `${into}/${new URL(url).pathname.split("/").at(-1)}`;
  const remedy = `fetch ${url} by other means and put it into ${into}, or unpack it and name the ` +
    "folder with { dir } (scripts: --data FOLDER), or use syntheticCifar10() (scripts: --synthetic)";
  const checksum = md5 === null ? null : { algorithm: "md5", sum: md5 } as const;
  return await withPartial(caller, archive, async (partial) => {
    const there = await locateCifar10(cifar10Root(caller, into), true);
    if (typeof there !== "string") return there;
    await checkVacant(`${into}/${top}`);
    const downloaded = await exists(archive);
    if (downloaded) {
      await checkSum(caller, archive, checksum, `remove it and call again, or ${remedy}`);
    } else {
      await checkedDownload({
        caller,
        url,
        partial,
        size,
        checksum,
        remedy,
        onProgress: (done, total) => onProgress({ phase: "download", done, total }),
        log: onMessage,
        signal,
      });
    }
    await unpack(downloaded ? archive : partial.path, into, onProgress);
    return { dir: `${into}/${top}`, layout: "binary" };
  });
}

/** Unpacks the archive beside its place, and moves it there when it is whole. */
async function unpack(
  archive: string,
  into: string,
  onProgress: ProgressListener,
): Promise<void> {
  const { readTar } = await import("../../io/tar.ts");
  const temporary = `${into}/${top}.partial`;
  await Deno.remove(temporary, { recursive: true }).catch(() => {});
  await Deno.mkdir(temporary);
  try {
    for await (const { name, body } of readTar(caller, archive, unzipped(archive, onProgress))) {
      const [, plainName] = /^(?:\.\/)?cifar-10-batches-bin\/([\w-][\w.-]*)$/.exec(name) ?? [];
      if (!plainName) {
        throw new Error(
          `${caller}: ${archive}: the archive wants to write ${JSON.stringify(name)}, outside ` +
            `${top}/; nothing was unpacked, get the official archive`,
        );
      }
      await writeFileAtomic(`${temporary}/${plainName}`, body);
    }
    if (!await exists(`${temporary}/data_batch_1.bin`)) {
      throw new Error(`${caller}: ${archive} has no ${top}/data_batch_1.bin; get the official one`);
    }
    await Deno.rename(temporary, `${into}/${top}`);
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    throw error;
  }
}

async function* unzipped(
  archive: string,
  onProgress: ProgressListener,
): AsyncGenerator<Uint8Array> {
  const file = await Deno.open(archive);
  const total = (await file.stat()).size;
  let done = 0;
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      done += chunk.length;
      onProgress({ phase: "unpack", done, total });
      controller.enqueue(chunk);
    },
  });
  const bytes = file.readable.pipeThrough(counted).pipeThrough(new DecompressionStream("gzip"));
  try {
    yield* bytes;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new Error(
      `${caller}: ${archive}: the gzip data is damaged at about byte ${done}: ${cause.message}; ` +
        "remove the file and call again",
      { cause },
    );
  }
}

/** A folder that is there but holds no data would be in the way at the end. */
async function checkVacant(path: string): Promise<void> {
  try {
    for await (const _ of Deno.readDir(path)) {
      throw new Error(`${caller}: ${path} is there but has no data_batch_1.bin; remove the folder`);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
