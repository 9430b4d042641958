/**
 * MNIST: 60,000 handwritten digits for training and 10,000 for testing, 28 × 28 grey levels, in
 * the IDX files it was published in.
 *
 * Source: Y. LeCun, C. Cortes and C. J. C. Burges, *The MNIST database of handwritten digits*.
 *
 * @module
 */
import { pathOf } from "../../internal/paths.ts";
import { messageOf } from "../../internal/message_of.ts";
import { FileFormatError } from "../../io/mod.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { DataNotFoundError } from "../errors.ts";

/** The whole data set, pixels as they are. */
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

const caller = "loadMnist";
const remedy = "get the file again from where MNIST is published";

/**
 * Reads the four official files, packed with gzip or not.
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
 */
export async function loadMnist(dir: string | URL = "data/mnist"): Promise<Mnist> {
  const [XTrain, yTrain] = await readPart(dir, "train");
  const [XTest, yTest] = await readPart(dir, "t10k");
  return { XTrain, yTrain, XTest, yTest };
}

async function readPart(
  dir: string | URL,
  part: string,
): Promise<[images: NDArray, labels: NDArray]> {
  const images = await readIdx(dir, `${part}-images-idx3-ubyte`, [28, 28]);
  const labels = await readIdx(dir, `${part}-labels-idx1-ubyte`, []);
  if (images.count !== labels.count) {
    throw new FileFormatError(
      caller,
      labels.path,
      4,
      `${images.count} labels expected for the images in ${images.path}, got ${labels.count}; ` +
        "get both files from the same place",
    );
  }
  const bad = labels.data.findIndex((label) => label > 9);
  if (bad >= 0) {
    throw new FileFormatError(
      caller,
      labels.path,
      8 + bad,
      `a label from 0 to 9 expected, got ${labels.data[bad]}; ${remedy}`,
    );
  }
  return [
    asNDArray(images.data, [images.count, 1, 28, 28]),
    asNDArray(Int32Array.from(labels.data), [labels.count]),
  ];
}

/** Reads an IDX file of bytes whose items have the given shape: a header, then the items. */
async function readIdx(dir: string | URL, name: string, itemShape: readonly number[]) {
  const { path, bytes } = await readMaybeZipped(dir, name);
  const fail = (offset: number, problem: string) =>
    new FileFormatError(caller, path, offset, `${problem}; ${remedy}`);
  const headerSize = 8 + 4 * itemShape.length;
  if (bytes.length < headerSize) {
    throw fail(bytes.length, `the file ends within its header of ${headerSize} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = 0x800 + 1 + itemShape.length;
  if (view.getUint32(0) !== magic) {
    const hex = (n: number) => `0x${n.toString(16)}`;
    throw fail(0, `the magic number ${hex(magic)} expected, got ${hex(view.getUint32(0))}`);
  }
  const count = view.getUint32(4);
  itemShape.forEach((length, axis) => {
    const got = view.getUint32(8 + 4 * axis);
    if (got !== length) {
      throw fail(8 + 4 * axis, `images of 28 × 28 expected, got a side of ${got}`);
    }
  });
  const size = headerSize + count * itemShape.reduce((a, b) => a * b, 1);
  if (bytes.length !== size) {
    throw fail(
      Math.min(bytes.length, size),
      `${size} bytes expected for ${count} items, got ${bytes.length}`,
    );
  }
  return { path, count, data: bytes.subarray(headerSize) };
}

/** Reads a file or its packed version, whichever is there. */
async function readMaybeZipped(dir: string | URL, name: string) {
  const tried: string[] = [];
  for (const ending of ["", ".gz"]) {
    const path = pathIn(dir, name + ending);
    const bytes = await readIfThere(path);
    if (bytes) return { path, bytes: ending === "" ? bytes : await gunzip(path, bytes) };
    tried.push(path);
  }
  throw new DataNotFoundError(
    `${caller}: there is neither ${tried.join(" nor ")}; put MNIST's four files into one folder ` +
      "and name it",
  );
}

function pathIn(dir: string | URL, name: string): string {
  return `${pathOf(dir, caller, "dir")}/${name}`.replace(/\/+/g, "/");
}

async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await Deno.readFile(path);
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.NotADirectory) {
      return null;
    }
    const [reason, advice] = cause instanceof Deno.errors.NotCapable
      ? ["Deno may not read it", `allow it with --allow-read=${path}`]
      : [messageOf(cause), "check the disk and the mode"];
    throw new Error(`${caller}: ${path}: ${reason}; ${advice}`, { cause });
  }
}

async function gunzip(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    const reason = messageOf(cause);
    throw new FileFormatError(
      caller,
      path,
      bytes.length,
      `the gzip data is damaged or ends too early: ${reason}; ${remedy}`,
    );
  }
}
