/**
 * NumPy's `.npz`: several named arrays in a zip archive, each as a `.npy` file.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { fileName, readBytes } from "./_files.ts";
import { unzip, zip } from "./_zip.ts";
import { writeFileAtomic } from "./atomic.ts";
import { FileFormatError } from "./errors.ts";
import { decodeNpy, type DecodeOptions, encodeNpy } from "./npy.ts";

/** Options of writing `.npz`. */
export interface NpzWriteOptions {
  /** Whether to deflate, as `numpy.savez_compressed` does. Default false, as `numpy.savez`. */
  compress?: boolean;
}

/**
 * Encodes arrays as a `.npz` file.
 *
 * @param arrays The arrays, by name
 * @param options Whether to compress
 * @returns The content of the file
 * @throws {RangeError} If the file would be past 4 GiB
 *
 * @example
 * ```ts
 * import { decodeNpz, encodeNpz } from "@nndl/nndl/io";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const bytes = encodeNpz({ W: zeros([100, 100]), b: array([1, 2]) }, { compress: true });
 * assert.ok(bytes.length < 1000);
 * assert.deepEqual(decodeNpz(bytes).b.toArray(), [1, 2]);
 * ```
 */
export function encodeNpz(
  arrays: Readonly<Record<string, NDArray>>,
  { compress = false }: NpzWriteOptions = {},
): Uint8Array {
  const files = Object.entries(arrays)
    .map(([name, array]) => ({ name: `${name}.npy`, bytes: encodeNpy(array) }));
  return zip(files, compress);
}

/**
 * Decodes a `.npz` file. Entries that are not `.npy` files are passed over.
 *
 * @param bytes The content of the file; the arrays returned do not share its memory
 * @param options The file's name for errors
 * @returns The arrays, by name without `.npy`. See `decodeNpy` for their types
 * @throws {FileFormatError} If the archive or an array in it is damaged or not read here
 *
 * @example
 * ```ts
 * import { decodeNpz, encodeNpz } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const { x, y } = decodeNpz(encodeNpz({ x: array([1]), y: array([true]) }));
 * assert.deepEqual([x.item(), y.dtype], [1, "bool"]);
 * ```
 */
export function decodeNpz(
  bytes: Uint8Array,
  { file = "bytes" }: DecodeOptions = {},
): Record<string, NDArray> {
  return decode("decodeNpz", bytes, file);
}

/**
 * Reads a `.npz` file. See {@linkcode decodeNpz}.
 *
 * @param path The file
 * @returns The arrays, by name
 * @throws {FileFormatError} If the archive or an array in it is damaged or not read here
 * @throws {Error} If the file cannot be read
 *
 * @example
 * ```ts
 * import { readNpz, writeNpz } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npz" });
 * await writeNpz(path, { W: array([[1, 2]]) });
 * assert.deepEqual((await readNpz(path)).W.toArray(), [[1, 2]]);
 * await Deno.remove(path);
 * ```
 */
export async function readNpz(path: string | URL): Promise<Record<string, NDArray>> {
  return decode("readNpz", await readBytes("readNpz", path), fileName(path));
}

/**
 * Writes a `.npz` file, whole or not at all. See {@linkcode encodeNpz}.
 *
 * @param path The file; an existing one is replaced
 * @param arrays The arrays, by name
 * @param options Whether to compress
 * @throws {Error} If the file cannot be written
 *
 * @example
 * ```ts
 * import { readNpz, writeNpz } from "@nndl/nndl/io";
 * import { eye } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".npz" });
 * await writeNpz(path, { I: eye(2) }, { compress: true });
 * assert.deepEqual((await readNpz(path)).I.toArray(), [[1, 0], [0, 1]]);
 * await Deno.remove(path);
 * ```
 */
export async function writeNpz(
  path: string | URL,
  arrays: Readonly<Record<string, NDArray>>,
  options: NpzWriteOptions = {},
): Promise<void> {
  await writeFileAtomic(path, encodeNpz(arrays, options));
}

function decode(caller: string, bytes: Uint8Array, file: string): Record<string, NDArray> {
  const bad = (offset: number, problem: string) =>
    new FileFormatError(caller, file, offset, problem);
  const arrays = new Map<string, NDArray>();
  for (const { name, bytes: content } of unzip(bytes, bad)) {
    if (!name.endsWith(".npy")) continue;
    const key = name.slice(0, -4);
    if (arrays.has(key)) throw bad(0, `array "${key}" is there twice; write the file anew`);
    arrays.set(key, decodeNpy(content, { file: `${file}, entry "${name}"` }));
  }
  return Object.fromEntries(arrays);
}
