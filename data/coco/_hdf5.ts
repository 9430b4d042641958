/**
 * Numbers in HDF5 files, by the library itself, compiled to wasm. Import this file on demand: it
 * loads the package.
 */
import { messageOf } from "../../internal/message_of.ts";
import { importPackage } from "../../internal/packages.ts";
import { FileFormatError } from "../../io/mod.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";

interface Dataset {
  readonly shape: readonly number[] | null;
  readonly value: unknown;
}

interface File {
  keys(): string[];
  get(name: string): Dataset | object | null;
  close(): void;
}

interface H5Wasm {
  readonly File: new (name: string, mode: "r") => File;
  readonly Dataset: new () => Dataset;
  readonly ready: Promise<{
    readonly FS: {
      writeFile(name: string, bytes: Uint8Array): void;
      unlink(name: string): void;
    };
    /** Without it the library writes its errors to standard error. */
    activate_throwing_error_handler(): void;
  }>;
}

const h5 = await importPackage<H5Wasm>("npm:h5wasm@^0.10.3");
const { FS, activate_throwing_error_handler } = await h5.ready;
activate_throwing_error_handler();

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
/** The name of the file in the library's own memory. */
const scratch = "nndl.h5";
const remedy = "get the file again from where the course offers it";

/** What is to be read from a file: the type of each dataset. */
export type Wanted = Readonly<Record<string, "int32" | "float32">>;

/**
 * Reads datasets.
 *
 * @param caller The function to name in errors
 * @param path The file, for errors
 * @param bytes Its content
 * @param wanted The datasets, and what to convert them to
 * @throws {FileFormatError} If the file is none of HDF5, truncated or damaged, or has not got them
 */
export function readDatasets<W extends Wanted>(
  caller: string,
  path: string,
  bytes: Uint8Array,
  wanted: W,
): Record<keyof W, NDArray> {
  checkWhole(caller, path, bytes);
  FS.writeFile(scratch, bytes);
  try {
    const file = new h5.File(scratch, "r");
    try {
      const read = Object.entries(wanted).map(([name, dtype]) => {
        const found = file.keys().includes(name) ? file.get(name) : null;
        if (found instanceof h5.Dataset) return [name, converted(caller, path, name, found, dtype)];
        const there = file.keys().map((key) => `"${key}"`).join(", ") || "nothing";
        const problem = `there is no dataset "${name}", but ${there}; rename it, or ${remedy}`;
        throw new FileFormatError(caller, path, 0, problem);
      });
      return Object.fromEntries(read);
    } finally {
      file.close();
    }
  } catch (error) {
    if (error instanceof FileFormatError) throw error;
    throw new FileFormatError(
      caller,
      path,
      0,
      `HDF5 cannot read it: ${reasonOf(error)}; ${remedy}`,
    );
  } finally {
    FS.unlink(scratch);
  }
}

/** What the library complains of last, which is the cause of the rest. */
function reasonOf(error: unknown): string {
  const text = messageOf(error);
  return [...text.matchAll(/#\d+: .* line \d+ in (?:.*?): (.*)/g)].at(-1)?.[1] ?? text;
}

/** Throws unless the file is as long as its superblock says. */
function checkWhole(caller: string, path: string, bytes: Uint8Array): void {
  if (!signature.every((byte, i) => bytes[i] === byte)) {
    throw new FileFormatError(caller, path, 0, `this is no HDF5 file; ${remedy}`);
  }
  // Versions 0 and 1 have more fields before the address of the end; addresses have 8 bytes.
  const at = [40, 44, 28, 28][bytes[8]];
  const addressSize = bytes[8] < 2 ? bytes[13] : bytes[9];
  if (at === undefined || (bytes.length >= 14 && addressSize !== 8)) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const end = bytes.length < at + 8 ? Infinity : Number(view.getBigUint64(at, true));
  if (bytes.length >= end) return;
  const size = end === Infinity ? "its header" : `${end} bytes`;
  throw new FileFormatError(
    caller,
    path,
    bytes.length,
    `the file ends here, before the end of ${size}; the download was cut off: ${remedy}`,
  );
}

function converted(
  caller: string,
  path: string,
  name: string,
  { shape, value }: Dataset,
  dtype: "int32" | "float32",
): NDArray {
  const fail = (problem: string) =>
    new FileFormatError(caller, path, 0, `dataset "${name}" ${problem}; ${remedy}`);
  if (!ArrayBuffer.isView(value) || value instanceof DataView || shape === null) {
    throw fail("must hold numbers");
  }
  const numbers = value as unknown as ArrayLike<number | bigint>;
  if (dtype === "float32") {
    const data = value instanceof Float32Array ? value : Float32Array.from(numbers, Number);
    return asNDArray(data, shape);
  }
  if (value instanceof Int32Array) return asNDArray(value, shape);
  const data = Int32Array.from(numbers, Number);
  const wrong = data.findIndex((number, i) => number !== Number(numbers[i]));
  if (wrong >= 0) throw fail(`must hold whole numbers, got ${numbers[wrong]} at ${wrong}`);
  return asNDArray(data, shape);
}
