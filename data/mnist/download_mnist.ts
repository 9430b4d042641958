/**
 * Fetches MNIST from where others keep it, since its first home is no more.
 *
 * @module
 */
import { checkOptionNames } from "../../internal/options.ts";
import { checkedDownload, checkSum, exists, withPartial } from "../_checked_download.ts";
import type { ProgressListener } from "../progress.ts";
import { locateMnist, mnistRoot } from "./_find_mnist.ts";
import { namesOf } from "./_idx.ts";
import { mnistFiles } from "./_read_mnist.ts";

const caller = "downloadMnist";

/** Size and sum of a file. */
interface Expected {
  readonly size: number;
  readonly sha256: string;
}

/** The files as they were published. */
const published: Readonly<Record<string, Expected>> = {
  "train-images-idx3-ubyte.gz": {
    size: 9_912_422,
    sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
  },
  "train-labels-idx1-ubyte.gz": {
    size: 28_881,
    sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
  },
  "t10k-images-idx3-ubyte.gz": {
    size: 1_648_877,
    sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
  },
  "t10k-labels-idx1-ubyte.gz": {
    size: 4542,
    sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
  },
};

/**
 * Options of {@linkcode downloadMnist}.
 *
 * @category Data
 */
export interface MnistDownloadOptions {
  /** The folder to put the four files into. Default: `data/mnist`. */
  readonly into?: string;
  /** The address that the names of the files are put behind. Default: PyTorch's copy. */
  readonly url?: string;
  /** Size and SHA-256 sum of each file by its name, null for any. Default: those published. */
  readonly checksums?: Readonly<Record<string, { size: number; sha256: string }>> | null;
  /** Told how far downloading is. */
  readonly onProgress?: ProgressListener;
  /** Gets a line when a download is taken up again. Default: `console.warn`. */
  readonly onMessage?: (line: string) => void;
  /** Ends the download; what there is of it stays for the next time. */
  readonly signal?: AbortSignal;
}

/**
 * Downloads the four files (11.6 MB), packed as they were published.
 *
 * An interrupted download goes on where it stopped, and a file appears when all of it is there and
 * its sum is right. What is there already stays. Needs `--allow-read` and `--allow-write` for
 * `into`, and `--allow-net` for the host.
 *
 * @param options Where from and where to
 * @returns The folder
 * @throws {Error} If a file cannot be had, is not the right one, or cannot be written, with what to
 * do
 *
 * @example
 * ```ts
 * import { downloadMnist } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * const into = await Deno.makeTempDir();
 * await assert.rejects(
 *   downloadMnist({ into, url: "http://127.0.0.1:9/mnist/" }),
 *   /cannot be reached/,
 * );
 * await Deno.remove(into, { recursive: true });
 * ```
 *
 * @category Data
 */
export async function downloadMnist(options: MnistDownloadOptions = {}): Promise<{ dir: string }> {
  checkOptionNames(caller, options, [
    "into",
    "url",
    "checksums",
    "onProgress",
    "onMessage",
    "signal",
  ]);
  const {
    into = "data/mnist",
    url = "https://ossci-datasets.s3.amazonaws.com/mnist/",
    checksums = published,
    onProgress = () => {},
    onMessage = console.warn,
    signal,
  } = options;
  signal?.throwIfAborted();
  await Deno.mkdir(into, { recursive: true });
  const names = mnistFiles.map((name) => `${name}.gz`);
  const total = names.reduce((sum, name) => sum + (checksums?.[name]?.size ?? 0), 0);
  let before = 0;
  for (const name of names) {
    if (!await isThere(into, name)) {
      const address = new URL(name, url.endsWith("/") ? url : `${url}/`).href;
      await fetchFile(into, name, address, checksums?.[name] ?? null, {
        onProgress: (done) => onProgress({ phase: "download", done: before + done, total }),
        log: onMessage,
        signal,
      });
    }
    before += checksums?.[name]?.size ?? 0;
    onProgress({ phase: "download", done: before, total });
  }
  const found = await locateMnist(mnistRoot(caller, into), true);
  return { dir: typeof found === "string" ? into : found.dir };
}

/** Whether a file is there under any of its names. */
async function isThere(into: string, name: string): Promise<boolean> {
  for (const each of namesOf(name.replace(/\.gz$/, ""))) {
    if (await exists(`${into}/${each}`)) return true;
  }
  return false;
}

async function fetchFile(
  into: string,
  name: string,
  url: string,
  expected: Expected | null,
  listeners: {
    onProgress: (done: number) => void;
    log: (line: string) => void;
    signal?: AbortSignal;
  },
): Promise<void> {
  const target = `${into}/${name}`;
  const remedy = `fetch ${url} by other means and put it into ${into}, or use syntheticDigits()`;
  const checksum = expected && { algorithm: "sha256", sum: expected.sha256 } as const;
  await withPartial(caller, target, async (partial) => {
    // Another program may have been faster.
    if (await exists(target)) return await checkSum(caller, target, checksum, remedy);
    const size = expected?.size ?? null;
    await checkedDownload({ caller, url, partial, size, checksum, remedy, ...listeners });
    await Deno.rename(partial.path, target);
  });
}
