/**
 * MNIST: 60,000 handwritten digits for training and 10,000 for testing, 28 × 28 grey levels, in
 * the IDX files it was published in.
 *
 * Source: Y. LeCun, C. Cortes and C. J. C. Burges, *The MNIST database of handwritten digits*.
 *
 * @module
 */
import { pathOf } from "../../internal/paths.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { readMnist } from "./_read_mnist.ts";

/**
 * The whole data set, pixels as they are.
 *
 * @category Data
 */
export interface Mnist {
  /** Training images, uint8, (60000, 1, 28, 28); 0 is the background. */
  readonly XTrain: NDArray;
  /** Training labels 0 … 9, int32, (60000,). */
  readonly yTrain: NDArray;
  /** Test images, uint8, (10000, 1, 28, 28). */
  readonly XTest: NDArray;
  /** Test labels, int32, (10000,). */
  readonly yTest: NDArray;
}

/**
 * Reads the four official files, packed with gzip or not. Their names may have a dot before `idx`,
 * as some programs unpack them, and packed ones may lack the ending `.gz`.
 *
 * @param dir The folder with `train-images-idx3-ubyte.gz` and the others. Default: `data/mnist`
 * @returns All images and labels, in the order of the files; how many there are is as the files say
 * @throws {DataNotFoundError} If a file is not there
 * @throws {FileFormatError} If a file is truncated, too long or damaged, with the byte
 *
 * @example
 * ```ts
 * import { loadMnist } from "@nndl/nndl/data";
 * import assert from "node:assert/strict";
 *
 * // A data set of one blank image each, labelled 5: the header, then the bytes.
 * const dir = await Deno.makeTempDir();
 * const images = [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28];
 * const labels = [0, 0, 8, 1, 0, 0, 0, 1, 5];
 * for (const part of ["train", "t10k"]) {
 *   const blank = Uint8Array.from([...images, ...new Array(784).fill(0)]);
 *   await Deno.writeFile(`${dir}/${part}-images-idx3-ubyte`, blank);
 *   await Deno.writeFile(`${dir}/${part}-labels-idx1-ubyte`, Uint8Array.from(labels));
 * }
 * const { XTrain, yTrain } = await loadMnist(dir);
 * assert.deepEqual(XTrain.shape, [1, 1, 28, 28]);
 * assert.deepEqual(yTrain.toArray(), [5]);
 * await Deno.remove(dir, { recursive: true });
 * ```
 *
 * @category Data
 */
export function loadMnist(dir: string | URL = "data/mnist"): Promise<Mnist> {
  return readMnist("loadMnist", pathOf(dir, "loadMnist", "dir"));
}
