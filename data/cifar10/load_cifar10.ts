/**
 * CIFAR-10 as it was published: 50,000 colour images of 32 × 32 pixels for training and 10,000 for
 * testing, in 10 classes.
 *
 * Source: A. Krizhevsky, *Learning Multiple Layers of Features from Tiny Images*, 2009;
 * https://www.cs.toronto.edu/~kriz/cifar.html
 *
 * @module
 */
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { cifar10Root, locateCifar10, officialRecords } from "./find_cifar10.ts";
import { DataNotFoundError } from "../errors.ts";

/**
 * The whole data set, pixels as they are.
 *
 * @category Data
 */
export interface Cifar10 {
  /** Training images, uint8, (50000, 3, 32, 32): red, green and blue planes. */
  readonly XTrain: NDArray;
  /** Training labels 0 … 9, int32, (50000,). */
  readonly yTrain: NDArray;
  /** Test images, uint8, (10000, 3, 32, 32). */
  readonly XTest: NDArray;
  /** Test labels, int32, (10000,). */
  readonly yTest: NDArray;
  /** The names of the ten classes. */
  readonly labelNames: readonly string[];
}

/**
 * Options of {@linkcode loadCifar10}.
 *
 * @category Data
 */
export interface LoadCifar10Options {
  /** Images in each of the six files, for cut-down copies of the set. Default: 10,000. */
  readonly recordsPerBatch?: number;
}

/**
 * Reads the official files, of the binary version or of the Python version.
 *
 * @param dir The folder with the batches, or the one above it
 * @param options For cut-down copies
 * @returns All images and labels, in the order of the files
 * @throws {DataNotFoundError} If the folder has none of the files
 * @throws {FileFormatError} If a file is truncated, too long or damaged, with the byte
 *
 * @example
 * ```ts
 * import { loadCifar10 } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * // A data set of one image a file: a label, then 3,072 bytes of pixels.
 * const dir = await Deno.makeTempDir();
 * for (const name of ["data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4",
 *   "data_batch_5", "test_batch"]) {
 *   await Deno.writeFile(`${dir}/${name}.bin`, new Uint8Array(3073).fill(7));
 * }
 * const { XTrain, yTest } = await loadCifar10(dir, { recordsPerBatch: 1 });
 * assert.deepEqual(XTrain.shape, [5, 3, 32, 32]);
 * assert.deepEqual(yTest.toArray(), [7]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 *
 * @category Data
 */
export async function loadCifar10(
  dir: string | URL,
  { recordsPerBatch: records = officialRecords }: LoadCifar10Options = {},
): Promise<Cifar10> {
  const caller = "loadCifar10";
  const folder = await locateCifar10(cifar10Root(caller, dir), true);
  if (typeof folder === "string") throw new DataNotFoundError(`${caller}: ${folder}`);
  const { readLabelNames, readRows } = await import("./_batches.ts");
  const labelNames = await readLabelNames(caller, folder);
  const train = await readRows(folder, { caller, part: "train", count: 5 * records, records });
  const test = await readRows(folder, { caller, part: "test", count: records, records });
  return {
    XTrain: asNDArray(train.images, [5 * records, 3, 32, 32]),
    yTrain: asNDArray(train.labels, [5 * records]),
    XTest: asNDArray(test.images, [records, 3, 32, 32]),
    yTest: asNDArray(test.labels, [records]),
    labelNames,
  };
}
