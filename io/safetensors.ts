/**
 * Safetensors: named arrays and string metadata in one file, without code in it.
 *
 * A file is the length of its header (8 bytes, little-endian), the header (JSON: name → element
 * type, shape, byte range), and the elements of all arrays, row-major and little-endian, without
 * gaps. Format: https://github.com/huggingface/safetensors
 *
 * @module
 */
import { crc32 } from "../internal/crc32.ts";
import { NDArray } from "../ndarray/mod.ts";
import { checkContent } from "./_bytes.ts";
import { elementBytes, elementSize } from "./_elements.ts";
import { fileName, readBytes } from "./_files.ts";
import { decode, digestPosition, kinds } from "./_safetensors_header.ts";
import { writeFileAtomic } from "./atomic.ts";
import type {
  Safetensors,
  SafetensorsReadOptions,
  SafetensorsWriteOptions,
} from "./safetensors_options.ts";

const names = { float32: "F32", float64: "F64", int32: "I32", uint8: "U8", bool: "BOOL" } as const;

/**
 * Encodes arrays as a safetensors file. Arrays with wide elements come first and the header is
 * padded to 8 bytes, so that every array is aligned.
 *
 * @param tensors The arrays, by name
 * @param metadata Strings to store with them
 * @param options Whether to store a checksum
 * @returns The content of the file
 * @throws {TypeError} If a tensor is not an NDArray or a metadata value is not a string
 * @throws {RangeError} If a tensor is called `__metadata__`
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const bytes = encodeSafetensors({ W1: array([[1, 2]]) }, { epoch: "3" });
 * const { tensors, metadata } = decodeSafetensors(bytes);
 * assert.deepEqual(tensors.W1.toArray(), [[1, 2]]);
 * assert.equal(metadata.epoch, "3");
 * ```
 *
 * @category Files
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>> = {},
  { checksum = false }: SafetensorsWriteOptions = {},
): Uint8Array {
  checkInput(tensors, metadata);
  const entries = Object.entries(tensors).sort(([a, x], [b, y]) =>
    width(y) - width(x) || (a < b ? -1 : 1)
  );
  let size = 0;
  const infos = entries.map(([name, { dtype, shape, data }]) =>
    [name, {
      dtype: names[dtype],
      shape,
      data_offsets: [size, size += data.byteLength],
    }] as const
  );
  const extra = checksum ? { ...metadata, "nndl.crc32": "00000000" } : metadata;
  const head = Object.keys(extra).length ? [["__metadata__", extra] as const] : [];
  const text = new TextEncoder().encode(JSON.stringify(Object.fromEntries([...head, ...infos])));
  const headerSize = Math.ceil(text.length / 8) * 8;

  const bytes = new Uint8Array(8 + headerSize + size);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerSize), true);
  bytes.fill(32, 8, 8 + headerSize).set(text, 8);
  entries.forEach(([, tensor], i) =>
    bytes.set(elementBytes(tensor), 8 + headerSize + infos[i][1].data_offsets[0])
  );
  if (checksum) {
    const digest = crc32(bytes).toString(16).padStart(8, "0");
    bytes.set(new TextEncoder().encode(digest), digestPosition(bytes, headerSize));
  }
  return bytes;
}

/**
 * Decodes a safetensors file. F32, F64, I32, U8 and BOOL are read as they are; I8, I16 and U16
 * become int32, F16 and BF16 float32; U32, I64 and U64 become int32 if all values fit and float64
 * otherwise.
 *
 * @param bytes The content of the file; the arrays returned do not share its memory
 * @param options Whether a checksum is required, and the file's name for errors
 * @returns The arrays and the metadata
 * @throws {FileFormatError} If the bytes are not a valid safetensors file
 *
 * @example
 * ```ts
 * import { decodeSafetensors, encodeSafetensors, FileFormatError } from "@nndl/nndl/io";
 * import { ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const bytes = encodeSafetensors({ b: ones([3]) }, {}, { checksum: true });
 * bytes[bytes.length - 1] ^= 1;
 * assert.throws(() => decodeSafetensors(bytes, { checksum: true }), FileFormatError);
 * ```
 *
 * @category Files
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  options: SafetensorsReadOptions = {},
): Safetensors {
  checkContent("decodeSafetensors", bytes, "readSafetensors");
  return decode("decodeSafetensors", bytes, options);
}

/**
 * Reads a safetensors file. See {@linkcode decodeSafetensors}.
 *
 * @param path The file
 * @param options Whether a checksum is required
 * @returns The arrays and the metadata
 * @throws {FileFormatError} If the file is not a valid safetensors file
 * @throws {Error} If the file cannot be read
 *
 * @example
 * ```ts
 * import { readSafetensors, writeSafetensors } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile();
 * await writeSafetensors(path, { b1: array([0.5, 2]) });
 * assert.deepEqual((await readSafetensors(path)).tensors.b1.toArray(), [0.5, 2]);
 * await Deno.remove(path);
 * ```
 *
 * @category Files
 */
export async function readSafetensors(
  path: string | URL,
  options: SafetensorsReadOptions = {},
): Promise<Safetensors> {
  const bytes = await readBytes("readSafetensors", path);
  return decode("readSafetensors", bytes, { file: fileName(path), ...options });
}

/**
 * Writes a safetensors file, whole or not at all. See {@linkcode encodeSafetensors}.
 *
 * @param path The file; an existing one is replaced
 * @param tensors The arrays, by name
 * @param metadata Strings to store with them
 * @param options Whether to store a checksum
 * @throws {TypeError} If a tensor is not an NDArray or a metadata value is not a string
 * @throws {Error} If the file cannot be written (it needs `--allow-read` and `--allow-write` for its
 * folder)
 *
 * @example
 * ```ts
 * import { readSafetensors, writeSafetensors } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile();
 * await writeSafetensors(path, { b1: array([1]) }, { epoch: "3" }, { checksum: true });
 * const { metadata } = await readSafetensors(path, { checksum: true });
 * assert.equal(metadata.epoch, "3");
 * await Deno.remove(path);
 * ```
 *
 * @category Files
 */
export async function writeSafetensors(
  path: string | URL,
  tensors: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>> = {},
  options: SafetensorsWriteOptions = {},
): Promise<void> {
  await writeFileAtomic(path, encodeSafetensors(tensors, metadata, options));
}

function width(tensor: NDArray): number {
  return elementSize(kinds[names[tensor.dtype]]);
}

function checkInput(tensors: Record<string, unknown>, metadata: Record<string, unknown>): void {
  for (const [name, tensor] of Object.entries(tensors)) {
    if (name === "__metadata__") {
      throw new RangeError(
        "encodeSafetensors: a tensor cannot be called __metadata__, which the format reserves; rename it",
      );
    }
    if (!(tensor instanceof NDArray)) {
      throw new TypeError(
        `encodeSafetensors: tensor ${name} must be an NDArray, got ${typeof tensor}; wrap typed arrays with asNDArray`,
      );
    }
  }
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value !== "string") {
      throw new TypeError(
        `encodeSafetensors: metadata ${name} must be a string, got ${typeof value}; use JSON.stringify`,
      );
    }
  }
}
