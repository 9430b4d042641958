/** The arrays of a `.npy` file. */
import type { NDArray } from "../ndarray/mod.ts";
import { elementSize, readElements } from "./_elements.ts";
import { whatItIs } from "./_file_kinds.ts";
import { maxHeader, type NpyHeader, parseNpyHeader } from "./_npy_header.ts";
import { FileFormatError } from "./errors.ts";

/** How every file begins. */
export const npyMagic = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59);

/** An array that is whole as far as can be told, but of a type that is not read here. */
export class OtherTypeError extends FileFormatError {}

/** Reads the only array of a file. */
export function oneArray(caller: string, bytes: Uint8Array, file: string): NDArray {
  const { array, end } = arrayAt(0, caller, bytes, file);
  if (end === bytes.length) return array;
  const problem = hasMagic(bytes, end)
    ? "another array follows; read them all with readNpyArrays"
    : `${bytes.length - end} bytes follow the array; the file is damaged`;
  throw new FileFormatError(caller, file, end, problem);
}

/** Reads arrays that stand one after the other. */
export function severalArrays(caller: string, bytes: Uint8Array, file: string): NDArray[] {
  const arrays: NDArray[] = [];
  for (let at = 0; at < bytes.length || at === 0;) {
    const { array, end } = arrayAt(at, caller, bytes, file);
    arrays.push(array);
    at = end;
  }
  return arrays;
}

function arrayAt(
  at: number,
  caller: string,
  bytes: Uint8Array,
  file: string,
): { array: NDArray; end: number } {
  const bad = (offset: number, problem: string, other?: "other") =>
    new (other ? OtherTypeError : FileFormatError)(caller, file, offset, problem);
  const { header, start } = readHeader(at, bytes, bad);
  const { kind, bigEndian, fortranOrder, shape, count } = header;
  const size = elementSize(kind);
  const end = start + count * size;
  if (bytes.length < end) {
    throw bad(
      bytes.length,
      `shape (${shape.join(", ")}) needs ${end} bytes in all; get the whole file`,
    );
  }
  const array = readElements(
    kind,
    bytes.subarray(start, end),
    bigEndian,
    fortranOrder ? shape.toReversed() : shape,
    (index, problem) => bad(start + index * size, problem),
  );
  return { array: fortranOrder ? array.transpose() : array, end };
}

type Bad = (offset: number, problem: string, other?: "other") => FileFormatError;

function hasMagic(bytes: Uint8Array, at: number): boolean {
  return npyMagic.every((value, i) => bytes[at + i] === value);
}

function readHeader(at: number, bytes: Uint8Array, bad: Bad): { header: NpyHeader; start: number } {
  if (!hasMagic(bytes, at)) throw bad(at, whatItIs(bytes.subarray(at), "a .npy file"));
  const version = bytes[at + 6];
  const prefix = at + (version === 1 ? 10 : 12);
  if (bytes.length < prefix) throw bad(bytes.length, "the file ends early; get the whole file");
  if (!(version >= 1 && version <= 3)) {
    throw bad(at + 6, `version ${version} is not read; save it with numpy.save`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const length = version === 1 ? view.getUint16(at + 8, true) : view.getUint32(at + 8, true);
  if (length > maxHeader) {
    throw bad(at + 8, `a header of ${length} bytes is past ${maxHeader}; the file is damaged`);
  }
  const start = prefix + length;
  if (bytes.length < start) {
    throw bad(bytes.length, `the header ends at byte ${start}; get the whole file`);
  }
  const text = new TextDecoder(version === 3 ? "utf-8" : "latin1")
    .decode(bytes.subarray(prefix, start));
  const header = parseNpyHeader(text, (problem, other) => bad(prefix, problem, other));
  return { header, start };
}
