/** The checks of a safetensors file. Nothing in it is trusted. */
import { crc32 } from "../internal/crc32.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { brief } from "./_brief.ts";
import { elementCount, type ElementKind, elementSize, readElements } from "./_elements.ts";
import { otherKind } from "./_file_kinds.ts";
import { FileFormatError } from "./errors.ts";
import type { Safetensors, SafetensorsReadOptions } from "./safetensors_options.ts";

/** The element types of the format that can be read. */
export const kinds = {
  BOOL: "b1",
  U8: "u1",
  U16: "u2",
  U32: "u4",
  U64: "u8",
  I8: "i1",
  I16: "i2",
  I32: "i4",
  I64: "i8",
  F16: "f2",
  BF16: "bf2",
  F32: "f4",
  F64: "f8",
} as const satisfies Record<string, ElementKind>;

/** The format's own limit on the length of a header, bytes. */
const maxHeader = 100_000_000;

/** One tensor of the header, checked. */
interface Entry {
  readonly name: string;
  readonly kind: ElementKind;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

type Bad = (offset: number, problem: string) => FileFormatError;

/** Decodes a file on behalf of `caller`. */
export function decode(
  caller: string,
  bytes: Uint8Array,
  { checksum = false, file = "bytes" }: SafetensorsReadOptions,
): Safetensors {
  const bad: Bad = (offset, problem) => new FileFormatError(caller, file, offset, problem);
  const headerSize = readHeaderSize(bytes, bad);
  if (checksum) verify(bytes, headerSize, bad);
  const header = parseHeader(bytes.subarray(8, 8 + headerSize), bad);
  const metadata = readMetadata(header.__metadata__, bad);
  if (checksum) delete metadata["nndl.crc32"];

  const start = 8 + headerSize;
  const entries = Object.entries(header)
    .filter(([name]) => name !== "__metadata__")
    .map(([name, info]) => readEntry(name, info, bad))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkRanges(entries, start, bytes.length, bad);

  const tensors = entries.map(({ name, kind, shape, begin, end }): [string, NDArray] => {
    const stored = bytes.subarray(start + begin, start + end);
    return [
      name,
      readElements(
        kind,
        stored,
        false,
        shape,
        (index, problem) =>
          bad(start + begin + index * elementSize(kind), `tensor ${brief(name)}: ${problem}`),
      ),
    ];
  });
  return { tensors: Object.fromEntries(tensors), metadata };
}

/** Where the eight digits of the checksum stand; -1 if there is none. */
export function digestPosition(bytes: Uint8Array, headerSize: number): number {
  // Quotes inside JSON strings are escaped, so this text can only be the key itself.
  const header = new TextDecoder("latin1").decode(bytes.subarray(8, 8 + headerSize));
  const key = '"nndl.crc32":"';
  const found = header.indexOf(key);
  return found < 0 ? -1 : 8 + found + key.length;
}

function readHeaderSize(bytes: Uint8Array, bad: Bad): number {
  if (bytes.length < 8) {
    throw bad(
      bytes.length,
      `the file ends inside the header's length; is it a whole safetensors file?`,
    );
  }
  const size = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  const other = otherKind(bytes, "a safetensors file");
  if (other && bytes[8] !== 0x7b) throw bad(0, other);
  if (size > maxHeader) {
    throw bad(0, `a header of ${size} bytes is past the format's limit; not a safetensors file?`);
  }
  if (Number(size) > bytes.length - 8) {
    throw bad(
      bytes.length,
      `the header needs ${size} bytes, the file has ${bytes.length - 8}; get the whole file`,
    );
  }
  return Number(size);
}

function verify(bytes: Uint8Array, headerSize: number, bad: Bad): void {
  const at = digestPosition(bytes, headerSize);
  if (at < 0 || at + 8 > bytes.length) {
    throw bad(8, "the file has no checksum; it is damaged or not written with one");
  }
  const stored = new TextDecoder("latin1").decode(bytes.subarray(at, at + 8));
  const zeros = new TextEncoder().encode("00000000");
  const sum = crc32(bytes.subarray(at + 8), crc32(zeros, crc32(bytes.subarray(0, at))));
  const actual = sum.toString(16).padStart(8, "0");
  if (actual !== stored) {
    throw bad(
      at,
      `the checksum is ${actual}, the file says "${stored}"; it is damaged, use another copy`,
    );
  }
}

function parseHeader(text: Uint8Array, bad: Bad): Record<string, unknown> {
  if (text[0] !== 0x7b) throw bad(8, `the header must start with "{"; not a safetensors file?`);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text));
  } catch (error) {
    throw bad(8, `the header is not JSON (${(error as Error).message}); the file is damaged`);
  }
  return header as Record<string, unknown>;
}

function readMetadata(value: unknown, bad: Bad): Record<string, string> {
  if (value === undefined) return {};
  if (!isRecord(value) || Object.values(value).some((text) => typeof text !== "string")) {
    throw bad(8, "__metadata__ must be an object of strings; write the file anew");
  }
  return value as Record<string, string>;
}

function readEntry(name: string, info: unknown, bad: Bad): Entry {
  const complain = (problem: string) => bad(8, `tensor ${brief(name)}: ${problem}`);
  if (!isRecord(info)) throw complain("its header entry is not an object; the file is damaged");
  const { dtype, shape, data_offsets: range } = info;
  if (typeof dtype !== "string" || !Object.hasOwn(kinds, dtype)) {
    throw complain(
      `dtype ${brief(dtype)} is not read here; convert it to one of ${
        Object.keys(kinds).join(" ")
      }`,
    );
  }
  const kind = kinds[dtype as keyof typeof kinds];
  const count = elementCount(shape);
  if (typeof count === "string") throw complain(count);
  if (!isRange(range)) {
    throw complain(`data_offsets ${brief(range)} is not a range of bytes; the file is damaged`);
  }
  const [begin, end] = range;
  if (end - begin !== count * elementSize(kind)) {
    throw complain(
      `shape ${brief(shape)} of ${dtype} needs ${
        count * elementSize(kind)
      } bytes, data_offsets give ${end - begin}; the file is damaged`,
    );
  }
  return { name, kind, shape: shape as number[], begin, end };
}

function checkRanges(entries: readonly Entry[], start: number, length: number, bad: Bad): void {
  let previous = { name: "the header", end: 0 };
  for (const entry of entries) {
    if (entry.begin !== previous.end) {
      const what = entry.begin < previous.end ? "overlaps" : "leaves a gap after";
      throw bad(
        start + entry.begin,
        `tensor ${brief(entry.name)} ${what} ${brief(previous.name)}; the file is damaged`,
      );
    }
    previous = entry;
  }
  if (start + previous.end > length) {
    throw bad(
      length,
      `the tensors end at byte ${start + previous.end}, the file at ${length}; get the whole file`,
    );
  }
  if (start + previous.end < length) {
    throw bad(
      start + previous.end,
      `${length - start - previous.end} bytes belong to no tensor; the file is damaged`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRange(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 &&
    value.every((x) => Number.isSafeInteger(x) && x >= 0) && value[0] <= value[1];
}
