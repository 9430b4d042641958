/**
 * NumPy's `.npz`: several named arrays in a zip archive, each as a `.npy` file.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { checkOptionNames, suggestion } from "../internal/options.ts";
import { brief } from "./_brief.ts";
import { checkContent } from "./_bytes.ts";
import { otherArchive } from "./_file_kinds.ts";
import { fileName, readBytes } from "./_files.ts";
import { oneArray, OtherTypeError } from "./_npy_arrays.ts";
import { type Bad, readZip, zip } from "./_zip.ts";
import { writeFileAtomic } from "./atomic.ts";
import { FileFormatError } from "./errors.ts";
import { type DecodeOptions, encodeNpy } from "./npy.ts";

/**
 * Options of writing `.npz`.
 *
 * @category Files
 */
export interface NpzWriteOptions {
  /** Whether to deflate, as `numpy.savez_compressed` does. Default false, as `numpy.savez`. */
  compress?: boolean;
}

/**
 * Options of reading `.npz`.
 *
 * @category Files
 */
export interface NpzReadOptions extends DecodeOptions {
  /** The names of the arrays to read. Default all; the others are not unpacked. */
  only?: readonly string[];
  /** The most bytes that the arrays may have together. Default 2 GiB; `Infinity` takes any. */
  maxBytes?: number;
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
 *
 * @category Files
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
 * An array of text, of Python objects or of complex numbers does not keep the others from being
 * read: it has a property like them, which throws when it is asked for and says what to do.
 *
 * @param bytes The content of the file; the arrays returned do not share its memory
 * @param options The file's name for errors, which arrays to read, and how many bytes they may have
 * @returns The arrays, by name without `.npy`. See `decodeNpy` for their types
 * @throws {FileFormatError} If the archive or an array in it is damaged, or the arrays are too large
 * @throws {TypeError} If `bytes` or an option is of the wrong kind
 * @throws {RangeError} If `only` names an array that is not there, or `maxBytes` is no size
 *
 * @example
 * ```ts
 * import { decodeNpz, encodeNpz } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const bytes = encodeNpz({ x: array([1]), y: array([true]) });
 * const { x, y } = decodeNpz(bytes);
 * assert.deepEqual([x.item(), y.dtype], [1, "bool"]);
 * assert.deepEqual(Object.keys(decodeNpz(bytes, { only: ["y"] })), ["y"]);
 * ```
 *
 * @category Files
 */
export function decodeNpz(
  bytes: Uint8Array,
  options: NpzReadOptions = {},
): Record<string, NDArray> {
  checkContent("decodeNpz", bytes, "readNpz");
  return decode("decodeNpz", bytes, options);
}

/**
 * Reads a `.npz` file. See {@linkcode decodeNpz}.
 *
 * @param path The file
 * @param options Which arrays to read, and how many bytes they may have
 * @returns The arrays, by name
 * @throws {FileFormatError} If the archive or an array in it is damaged, or the arrays are too large
 * @throws {TypeError} If an option is of the wrong kind
 * @throws {RangeError} If `only` names an array that is not there, or `maxBytes` is no size
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
 *
 * @category Files
 */
export async function readNpz(
  path: string | URL,
  options: NpzReadOptions = {},
): Promise<Record<string, NDArray>> {
  const bytes = await readBytes("readNpz", path);
  return decode("readNpz", bytes, { file: fileName(path), ...options });
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
 *
 * @category Files
 */
export async function writeNpz(
  path: string | URL,
  arrays: Readonly<Record<string, NDArray>>,
  options: NpzWriteOptions = {},
): Promise<void> {
  await writeFileAtomic(path, encodeNpz(arrays, options));
}

function decode(
  caller: string,
  bytes: Uint8Array,
  options: NpzReadOptions,
): Record<string, NDArray> {
  checkOptionNames(caller, options, ["file", "only", "maxBytes"]);
  const { file = "bytes", only, maxBytes = 2 ** 31 } = options;
  checkOptions(caller, only, maxBytes);
  const bad = (offset: number, problem: string) =>
    new FileFormatError(caller, file, offset, problem);
  const files = readZip(bytes, bad);
  const entries = files.filter(({ name }) => name.endsWith(".npy"));
  if (entries.length === 0 && files.length > 0) {
    throw bad(0, `the archive has ${brief(files[0].name)} and no .npy file; ${otherArchive}`);
  }
  const names = entries.map(({ name }) => name.slice(0, -4));
  checkNames(caller, file, names, only, bad);
  const wanted = new Set(only ?? names);
  const chosen = entries.filter((_, i) => wanted.has(names[i]));
  if (chosen.reduce((sum, { size }) => sum + size, 0) > maxBytes) {
    throw bad(0, `the arrays have more than ${maxBytes} bytes; if that is right, raise maxBytes`);
  }
  const arrays: Record<string, NDArray> = {};
  for (const { name, content } of chosen) {
    Object.defineProperty(arrays, name.slice(0, -4), {
      enumerable: true,
      configurable: true,
      ...read(() => oneArray(caller, content(), `${file}, entry ${brief(name)}`)),
    });
  }
  return arrays;
}

/** The value of a property: an array, or what is thrown in its place when it is asked for. */
function read(array: () => NDArray): PropertyDescriptor {
  try {
    return { value: array(), writable: true };
  } catch (error) {
    if (!(error instanceof OtherTypeError)) throw error;
    return {
      get() {
        throw error;
      },
    };
  }
}

function checkOptions(caller: string, only: unknown, maxBytes: unknown): void {
  if (typeof maxBytes !== "number" || !(maxBytes >= 0)) {
    throw new RangeError(`${caller}: maxBytes must be a number from 0 up, got ${String(maxBytes)}`);
  }
  if (only === undefined) return;
  if (!Array.isArray(only) || only.some((name) => typeof name !== "string")) {
    throw new TypeError(`${caller}: only must be a list of names, got ${brief(only)}`);
  }
}

function checkNames(
  caller: string,
  file: string,
  names: readonly string[],
  only: readonly string[] | undefined,
  bad: Bad,
): void {
  const known = new Set<string>();
  for (const name of names) {
    if (known.has(name)) {
      throw bad(0, `array ${brief(name)} is there twice; write the file anew`);
    }
    known.add(name);
  }
  const missing = only?.find((name) => !known.has(name));
  if (missing !== undefined) {
    throw new RangeError(
      `${caller}: only names ${brief(missing)}, which ${file} does not have; ` +
        suggestion(missing, names.slice(0, 50), "it has"),
    );
  }
}
