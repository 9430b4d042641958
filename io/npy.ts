/**
 * NumPy's `.npy`: one array in a file, or several one after the other.
 *
 * A file is a magic string and version (8 bytes), the length of the header (2 bytes, 4 from
 * version 2 on), the header (a Python dict: element type, order, shape) and the elements.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { checkContent } from "./_bytes.ts";
import { elementBytes } from "./_elements.ts";
import { fileName, readBytes } from "./_files.ts";
import { npyMagic, oneArray, severalArrays } from "./_npy_arrays.ts";
import { writeFileAtomic } from "./atomic.ts";

/**
 * Options of decoding.
 *
 * @category Files
 */
export interface DecodeOptions {
  /** How the file is called in errors. Default `"bytes"`. */
  file?: string;
}

const descrs = {
  float32: "<f4",
  float64: "<f8",
  int32: "<i4",
  uint8: "|u1",
  bool: "|b1",
} as const;

/**
 * Encodes an array as a `.npy` file, version 1.0, little-endian, C order.
 *
 * @param array The array
 * @returns The content of the file
 *
 * @example
 * ```ts
 * import { decodeNpy, encodeNpy } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const bytes = encodeNpy(array([[1, 2], [3, 4]]));
 * assert.deepEqual(decodeNpy(bytes).toArray(), [[1, 2], [3, 4]]);
 * ```
 *
 * @category Files
 */
export function encodeNpy(array: NDArray): Uint8Array {
  const { dtype, shape } = array;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dict = `{'descr': '${descrs[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // The elements start at a multiple of 64, and the header ends with a line break.
  const start = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const header = dict.padEnd(start - 11) + "\n";

  const bytes = new Uint8Array(start + array.data.byteLength);
  bytes.set(npyMagic);
  bytes.set([1, 0, header.length & 255, header.length >> 8], 6);
  bytes.set(new TextEncoder().encode(header), 10);
  bytes.set(elementBytes(array), start);
  return bytes;
}

/**
 * Decodes a `.npy` file, version 1 to 3, of either byte order, C or Fortran order. float32,
 * float64, int32, uint8 and bool are read as they are; narrower integers become int32, float16
 * float32; uint32, int64 and uint64 become int32 if all values fit and float64 otherwise.
 *
 * @param bytes The content of the file; the array returned does not share its memory
 * @param options The file's name for errors
 * @returns The array
 * @throws {FileFormatError} If the bytes are not a `.npy` file, or of a type that is not read
 *
 * @example
 * ```ts
 * import { decodeNpy, encodeNpy } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(decodeNpy(encodeNpy(array([true, false]))).dtype, "bool");
 * ```
 *
 * @category Files
 */
export function decodeNpy(bytes: Uint8Array, { file = "bytes" }: DecodeOptions = {}): NDArray {
  checkContent("decodeNpy", bytes, "readNpy");
  return oneArray("decodeNpy", bytes, file);
}

/**
 * Decodes a file of several arrays that `numpy.save` wrote into it one after the other. See
 * {@linkcode decodeNpy}.
 *
 * @param bytes The content of the file; the arrays returned do not share its memory
 * @param options The file's name for errors
 * @returns The arrays, in order
 * @throws {FileFormatError} If the bytes are not `.npy` files, or of a type that is not read
 *
 * @example
 * ```ts
 * import { decodeNpyArrays, encodeNpy } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const bytes = Uint8Array.of(...encodeNpy(array([1, 2])), ...encodeNpy(array([true])));
 * const [x, y] = decodeNpyArrays(bytes);
 * assert.deepEqual([x.toArray(), y.toArray()], [[1, 2], [true]]);
 * ```
 *
 * @category Files
 */
export function decodeNpyArrays(
  bytes: Uint8Array,
  { file = "bytes" }: DecodeOptions = {},
): NDArray[] {
  checkContent("decodeNpyArrays", bytes, "readNpyArrays");
  return severalArrays("decodeNpyArrays", bytes, file);
}

/**
 * Reads a `.npy` file. See {@linkcode decodeNpy}.
 *
 * @param path The file
 * @returns The array
 * @throws {FileFormatError} If the file is not a `.npy` file, or of a type that is not read
 * @throws {Error} If the file cannot be read
 *
 * @example
 * ```ts
 * import { readNpy, writeNpy } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * await writeNpy(path, array([1, 2, 3]));
 * assert.deepEqual((await readNpy(path)).toArray(), [1, 2, 3]);
 * await Deno.remove(path);
 * ```
 *
 * @category Files
 */
export async function readNpy(path: string | URL): Promise<NDArray> {
  return oneArray("readNpy", await readBytes("readNpy", path), fileName(path));
}

/**
 * Reads a file of several arrays. See {@linkcode decodeNpyArrays}.
 *
 * @param path The file
 * @returns The arrays, in order
 * @throws {FileFormatError} If the file is not made of `.npy` files, or of a type that is not read
 * @throws {Error} If the file cannot be read
 *
 * @example
 * ```ts
 * import { encodeNpy, readNpyArrays } from "@nndl/nndl/io";
 * import { eye } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * await Deno.writeFile(path, encodeNpy(eye(2)));
 * await Deno.writeFile(path, encodeNpy(eye(3)), { append: true });
 * assert.deepEqual((await readNpyArrays(path)).map((x) => x.shape), [[2, 2], [3, 3]]);
 * await Deno.remove(path);
 * ```
 *
 * @category Files
 */
export async function readNpyArrays(path: string | URL): Promise<NDArray[]> {
  return severalArrays("readNpyArrays", await readBytes("readNpyArrays", path), fileName(path));
}

/**
 * Writes a `.npy` file, whole or not at all. See {@linkcode encodeNpy}.
 *
 * @param path The file; an existing one is replaced
 * @param array The array
 * @throws {Error} If the file cannot be written
 *
 * @example
 * ```ts
 * import { readNpy, writeNpy } from "@nndl/nndl/io";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npy" });
 * await writeNpy(path, zeros([2, 3], "float32"));
 * assert.deepEqual((await readNpy(path)).shape, [2, 3]);
 * await Deno.remove(path);
 * ```
 *
 * @category Files
 */
export async function writeNpy(path: string | URL, array: NDArray): Promise<void> {
  await writeFileAtomic(path, encodeNpy(array));
}
