/**
 * MNIST ready for training: split, with pixels from 0 to 1, and kept in the data cache.
 *
 * @module
 */
import type { KvDatabase } from "../../cache/mod.ts";
import { checkWhole } from "../../internal/numbers.ts";
import { checkOptionNames } from "../../internal/options.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import type { DataSource } from "../cifar10/cifar10_data.ts";
import type { Dataset } from "../dataset.ts";
import { DataNotFoundError } from "../errors.ts";
import type { ProgressListener } from "../progress.ts";
import { locateMnist, mnistRoot } from "./_find_mnist.ts";
import { namesOf } from "./_idx.ts";
import { mnistFiles, readMnist } from "./_read_mnist.ts";
import { downloadMnist, type MnistDownloadOptions } from "./download_mnist.ts";
import type { Mnist } from "./load_mnist.ts";

/**
 * What {@linkcode getMnistData} returns.
 *
 * @category Data
 */
export interface MnistData extends Dataset {
  /** Test images, (numTest, 1, 28, 28). */
  XTest: NDArray;
  /** Test labels, int32, (numTest,). */
  yTest: NDArray;
  /** Where it all came from. */
  source: DataSource;
}

/**
 * Options of {@linkcode getMnistData}.
 *
 * @category Data
 */
export interface MnistDataOptions {
  /** Training rows: the first of the training files. Default: 50,000, as the course's GANs use. */
  readonly numTraining?: number;
  /** Validation rows: the next ones. Default: 10,000. */
  readonly numValidation?: number;
  /** Test rows: the first of the test file. Default: 10,000. */
  readonly numTest?: number;
  /** Floats hold pixels from 0 to 1, `"uint8"` the bytes as they are. Default: `"float32"`. */
  readonly dtype?: "float32" | "float64" | "uint8";
  /**
   * The folder with the files, or the one above `mnist` or `MNIST/raw`. Default: the environment
   * variable `MNIST_DIR` if it is set and may be read, else `data`.
   */
  readonly dir?: string | URL;
  /**
   * Where the unpacked files are kept for the next time: true for the project's own key-value
   * database, a file, `":memory:"`, an open database, or false for nowhere. They take 55 MB;
   * `clearDataCache()` gives them back. Default: true.
   */
  readonly cache?: boolean | string | KvDatabase;
  /** Whether to download the files if there are none, or how. Default: false. */
  readonly download?: boolean | MnistDownloadOptions;
  /** Told how far a download is. */
  readonly onProgress?: ProgressListener;
  /** Gets a line whenever something was done otherwise than expected. Default: `console.warn`. */
  readonly onMessage?: (line: string) => void;
  /** Ends a download; what there is of it stays for the next time. */
  readonly signal?: AbortSignal;
}

const caller = "getMnistData";
const optionNames = [
  "numTraining",
  "numValidation",
  "numTest",
  "dtype",
  "dir",
  "cache",
  "download",
  "onProgress",
  "onMessage",
  "signal",
];

/**
 * Gets MNIST ready for training. Looks in the folder, and, if asked to, on the web; unpacked files
 * are kept in the data cache. It asks for no permission that `dir`, `download` or a file for
 * `cache` does not name.
 *
 * @param options How to split, where to look, which type
 * @returns The rows, (N, 1, 28, 28) and (N,)
 * @throws {DataNotFoundError} If there is no data, with what was tried and what to do
 * @throws {FileFormatError} If a file is damaged, with the file, the byte and what to do
 * @throws {RangeError} If the split asks for more rows than there are
 *
 * @example
 * ```ts
 * import { batches, DataNotFoundError, getMnistData } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * try {
 *   const data = await getMnistData({ numTraining: 500, cache: false });
 *   for (const [X, y] of batches(data, { batchSize: 128 })) assert.equal(X.shape[0], y.size);
 * } catch (error) {
 *   assert.ok(error instanceof DataNotFoundError);
 * }
 * ```
 *
 * @category Data
 */
export async function getMnistData(options: MnistDataOptions = {}): Promise<MnistData> {
  checkOptionNames(caller, options, optionNames);
  const { numTraining = 50_000, numValidation = 10_000, numTest = 10_000 } = options;
  const { dtype = "float32", cache = true, onMessage = console.warn } = options;
  checkWhole(caller, "numTraining", numTraining, 1);
  checkWhole(caller, "numValidation", numValidation, 0);
  checkWhole(caller, "numTest", numTest, 0);
  if (!["float32", "float64", "uint8"].includes(dtype)) {
    throw new RangeError(
      `${caller}: dtype must be "float32", "float64" or "uint8", got "${dtype}"`,
    );
  }
  const { dir, downloaded } = await folderOf(options);
  const files = mnistFiles.flatMap(namesOf).map((name) => `${dir}/${name}`);
  const { cachedArrays } = await import("../_cached_arrays.ts");
  const { arrays, cached } = await cachedArrays<keyof Mnist>(
    { prefix: "mnist/", version: 1 },
    { dir, files },
    { cache, onMessage },
    async () => ({ ...await readMnist(caller, dir) }),
  );
  checkCounts(arrays, numTraining + numValidation, numTest);
  const part = (X: NDArray, y: NDArray, from: number, to: number) =>
    [rows(X, from, to, dtype), y.slice(`${from}:${to}`)] as const;
  const { XTrain: X, yTrain: y, XTest: XRest, yTest: yRest } = arrays;
  const [XTrain, yTrain] = part(X, y, 0, numTraining);
  const [XVal, yVal] = part(X, y, numTraining, numTraining + numValidation);
  const [XTest, yTest] = part(XRest, yRest, 0, numTest);
  const source: DataSource = cached
    ? { kind: "cache", dir, text: `data cache, made from ${dir}` }
    : downloaded
    ? { kind: "download", dir, text: `downloaded to ${dir}` }
    : { kind: "folder", dir, text: `folder ${dir}` };
  return { XTrain, yTrain, XVal, yVal, XTest, yTest, source };
}

async function folderOf(
  { dir, download, onProgress, onMessage, signal }: MnistDataOptions,
): Promise<{ dir: string; downloaded: boolean }> {
  const root = mnistRoot(caller, dir);
  const found = await locateMnist(root, root.from === "option");
  if (typeof found !== "string") return { dir: found.dir, downloaded: false };
  if (download) {
    const into = root.from === "default" ? `${root.path}/mnist` : root.path;
    const given = download === true ? {} : download;
    const made = await downloadMnist({ into, onProgress, onMessage, signal, ...given });
    return { dir: made.dir, downloaded: true };
  }
  throw new DataNotFoundError(
    `${caller}: no MNIST found: ${found}; call getMnistData({ download: true }), or put its four ` +
      "files into a folder and name it with { dir } (scripts: --data FOLDER), or do without: " +
      "syntheticDigits() (scripts: --synthetic)",
  );
}

function checkCounts({ XTrain, XTest }: Record<keyof Mnist, NDArray>, train: number, test: number) {
  if (train > XTrain.shape[0]) {
    throw new RangeError(
      `${caller}: numTraining + numValidation must be at most ${XTrain.shape[0]}, the training ` +
        `images there are, got ${train}; take fewer of one`,
    );
  }
  checkWhole(caller, "numTest", test, 0, XTest.shape[0]);
}

/** Rows from `from` to `to`, in [0, 1] unless bytes are asked for. */
function rows(
  { data, shape: [, ...rest] }: NDArray,
  from: number,
  to: number,
  dtype: "float32" | "float64" | "uint8",
): NDArray {
  const size = rest.reduce((a, b) => a * b, 1);
  const bytes = data.subarray(from * size, to * size);
  const shape = [to - from, ...rest];
  if (dtype === "uint8") return asNDArray(bytes.slice(), shape);
  const out = dtype === "float32" ? new Float32Array(bytes.length) : new Float64Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) out[i] = bytes[i] / 255;
  return asNDArray(out, shape);
}
