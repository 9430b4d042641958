/**
 * CIFAR-10 as the course uses it: split into training, validation and test rows, less the mean
 * training image, in floating point.
 *
 * @module
 */
import { checkWhole } from "../../internal/numbers.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import type { ImageFormat, Split } from "./_split.ts";
import type { Cifar10DownloadOptions } from "./download_cifar10.ts";
import { cifar10Root, officialRecords } from "./find_cifar10.ts";
import type { Dataset } from "../dataset.ts";
import type { KvDatabase } from "../../cache/mod.ts";
import type { ProgressListener } from "../progress.ts";

/**
 * Where data came from.
 *
 * @category Data
 */
export interface DataSource {
  /** The data cache, a folder, or a folder that was just downloaded. */
  readonly kind: "cache" | "folder" | "download";
  /** The folder; of cached data, the one it was made from. */
  readonly dir: string;
  /** All that in a line, for a program to print. */
  readonly text: string;
}

/**
 * What {@linkcode getCifar10Data} returns.
 *
 * @category Data
 */
export interface Cifar10Data extends Dataset {
  /** Test images, (numTest, 3, 32, 32). */
  XTest: NDArray;
  /** Test labels, int32, (numTest,). */
  yTest: NDArray;
  /** The mean training image, (3, 32, 32), if it was subtracted. */
  meanImage?: NDArray;
  /** The names of the ten classes. */
  labelNames: readonly string[];
  /** Where it all came from. */
  source: DataSource;
}

/**
 * Options of {@linkcode getCifar10Data}.
 *
 * @category Data
 */
export interface Cifar10DataOptions {
  /** Training rows: the first of the training files. Default: 49,000. */
  readonly numTraining?: number;
  /** Validation rows: the next ones. Default: 1,000. */
  readonly numValidation?: number;
  /** Test rows: the first of the test file. Default: 1,000. */
  readonly numTest?: number;
  /** Whether to subtract the mean training image from all images. Default: true. */
  readonly subtractMean?: boolean;
  /** The dtype of the images; `"uint8"` only without `subtractMean`. Default: `"float32"`. */
  readonly dtype?: "float32" | "float64" | "uint8";
  /**
   * The folder with the batches, or the one above it. Default: the environment variable
   * `CIFAR10_DIR` if it is set and may be read, else `data`.
   */
  readonly dir?: string | URL;
  /**
   * Where prepared data is kept for the next time: true for the project's own key-value database,
   * a file, `":memory:"`, an open database, or false for nowhere. The default split takes 160 MB;
   * `clearDataCache()` gives them back. Default: true.
   */
  readonly cache?: boolean | string | KvDatabase;
  /** Whether to download the official archive if there is no data, or how. Default: false. */
  readonly download?: boolean | Cifar10DownloadOptions;
  /** Images in each of the six files, for cut-down copies of the set. Default: 10,000. */
  readonly recordsPerBatch?: number;
  /** Told how far reading, downloading and unpacking are. */
  readonly onProgress?: ProgressListener;
  /** Gets a line whenever something was done otherwise than expected. Default: `console.warn`. */
  readonly onMessage?: (line: string) => void;
  /** Ends a download; what there is of it stays for the next time. */
  readonly signal?: AbortSignal;
}

/**
 * Gets CIFAR-10 ready for training.
 *
 * Looks, in this order, in the data cache, in the folder, and, if asked to, on the web. It asks
 * for no permission that `dir`, `download` or a file for `cache` does not name, so without any it
 * finds what is cached, or throws {@linkcode DataNotFoundError}.
 *
 * @param options How to split, where to look, what to subtract
 * @returns The rows, (N, 3, 32, 32) and (N,)
 * @throws {DataNotFoundError} If there is no data, with what was tried and what to do
 * @throws {FileFormatError} If a file is damaged, with the file, the byte and what to do
 * @throws {RangeError} If the split asks for more rows than there are
 *
 * @example
 * ```ts
 * import { DataNotFoundError, getCifar10Data } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * try {
 *   const { XTrain, XVal } = await getCifar10Data({ numTraining: 500, cache: false });
 *   assert.deepEqual(XTrain.shape, [500, 3, 32, 32]);
 *   assert.deepEqual(XVal.shape, [1000, 3, 32, 32]);
 * } catch (error) {
 *   assert.ok(error instanceof DataNotFoundError);
 * }
 * ```
 *
 * @category Data
 */
export async function getCifar10Data(options: Cifar10DataOptions = {}): Promise<Cifar10Data> {
  const split = checkedSplit(options);
  const image = checkedFormat(options);
  const root = cifar10Root("getCifar10Data", options.dir);
  const { readPreparedData } = await import("./_prepared_data.ts");
  return await readPreparedData(root, split, image, options);
}

function checkedSplit(options: Cifar10DataOptions): Split {
  const { numTraining = 49_000, numValidation = 1000, numTest = 1000 } = options;
  const records = options.recordsPerBatch ?? officialRecords;
  const counts = { numTraining, numValidation, numTest };
  for (const [name, count] of Object.entries(counts)) {
    checkWhole("getCifar10Data", name, count, name === "numTraining" ? 1 : 0);
  }
  if (numTraining + numValidation > 5 * records) {
    throw new RangeError(
      `getCifar10Data: numTraining + numValidation must be at most ${5 * records}, ` +
        `got ${numTraining} + ${numValidation}; take fewer of one`,
    );
  }
  if (numTest > records) {
    throw new RangeError(`getCifar10Data: numTest must be at most ${records}, got ${numTest}`);
  }
  return { ...counts, records };
}

function checkedFormat(options: Cifar10DataOptions): ImageFormat {
  const { dtype = "float32", subtractMean = true } = options;
  if (!["float32", "float64", "uint8"].includes(dtype)) {
    throw new RangeError(
      `getCifar10Data: dtype must be "float32", "float64" or "uint8", got "${dtype}"`,
    );
  }
  if (dtype === "uint8" && subtractMean) {
    throw new RangeError(
      "getCifar10Data: uint8 has no negative numbers for images less their mean; " +
        "pass subtractMean: false",
    );
  }
  return { dtype, subtractMean };
}
