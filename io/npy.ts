/**
 * NumPy's `.npy`: one array in a file.
 *
 * A file is a magic string and version (8 bytes), the length of the header (2 bytes, 4 from
 * version 2 on), the header (a Python dict: element type, order, shape) and the elements.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { elementBytes, elementSize, readElements } from "./_elements.ts";
import { fileName, readBytes } from "./_files.ts";
import { type NpyHeader, parseNpyHeader } from "./_npy_header.ts";
import { writeFileAtomic } from "./atomic.ts";
import { FileFormatError } from "./errors.ts";

/** Options of decoding. */
export interface DecodeOptions {
  /** How the file is called in errors. Default `"bytes"`. */
  file?: string;
}

const magic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);
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
 */
export function encodeNpy(array: NDArray): Uint8Array {
  const { dtype, shape } = array;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dict = `{'descr': '${descrs[dtype]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // The elements start at a multiple of 64, and the header ends with a line break.
  const start = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const header = dict.padEnd(start - 11) + "\n";

  const bytes = new Uint8Array(start + array.data.byteLength);
  bytes.set(magic);
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
 */
export function decodeNpy(bytes: Uint8Array, { file = "bytes" }: DecodeOptions = {}): NDArray {
  return decode("decodeNpy", bytes, file);
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
 */
export async function readNpy(path: string | URL): Promise<NDArray> {
  return decode("readNpy", await readBytes("readNpy", path), fileName(path));
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
 */
export async function writeNpy(path: string | URL, array: NDArray): Promise<void> {
  await writeFileAtomic(path, encodeNpy(array));
}

function decode(caller: string, bytes: Uint8Array, file: string): NDArray {
  const bad = (offset: number, problem: string) =>
    new FileFormatError(caller, file, offset, problem);
  const { header, start } = readHeader(bytes, bad);
  const { kind, bigEndian, fortranOrder, shape, count } = header;
  const size = elementSize(kind);
  const end = start + count * size;
  if (bytes.length < end) {
    throw bad(
      bytes.length,
      `shape (${shape.join(", ")}) needs ${end} bytes in all; get the whole file`,
    );
  }
  if (bytes.length > end) {
    throw bad(end, `${bytes.length - end} bytes follow the array; the file is damaged`);
  }
  const stored = bytes.subarray(start, end);
  const order = fortranOrder ? shape.toReversed() : shape;
  const array = readElements(
    kind,
    stored,
    bigEndian,
    order,
    (index, problem) => bad(start + index * size, problem),
  );
  return fortranOrder ? array.transpose() : array;
}

type Bad = (offset: number, problem: string) => FileFormatError;

function readHeader(bytes: Uint8Array, bad: Bad): { header: NpyHeader; start: number } {
  if (magic.some((value, i) => bytes[i] !== value)) {
    throw bad(0, "the magic string is missing; not a .npy file?");
  }
  const version = bytes[6];
  if (!(version >= 1 && version <= 3)) {
    throw bad(6, `version ${version} is not read; save it with numpy.save`);
  }
  const prefix = version === 1 ? 10 : 12;
  if (bytes.length < prefix) throw bad(bytes.length, "the file ends early; get the whole file");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const start = prefix + (version === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (bytes.length < start) {
    throw bad(bytes.length, `the header ends at byte ${start}; get the whole file`);
  }
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1")
    .decode(bytes.subarray(prefix, start));
  return { header: parseNpyHeader(text, (problem) => bad(prefix, problem)), start };
}
