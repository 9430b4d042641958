/**
 * The part of the zip format that `.npz` needs: whole files in memory, stored or deflated.
 *
 * An archive is, for each file, a local header and the data; then a directory with one record a
 * file; then an end record that says where the directory is. Every checksum is verified.
 */
import { builtin } from "../internal/builtins.ts";
import { crc32 } from "../internal/crc32.ts";
import { brief } from "./_brief.ts";
import { concatenateBytes } from "./_bytes.ts";
import { whatItIs } from "./_file_kinds.ts";

/** A file to put into an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Builds the error for a problem at a byte of the archive. */
export type Bad = (offset: number, problem: string) => Error;

const localSignature = 0x04034b50;
const directorySignature = 0x02014b50;
const endSignature = 0x06054b50;
const utf8Flag = 1 << 11;
const deflated = 8;
/** No compressed byte gives more than this many: the limit of deflate. */
const mostExpansion = 1032;
/** 1 January 1980, the first day that the format knows: equal files give equal archives. */
const date = 0x21;

/** Builds an archive. */
export function zip(files: readonly ZipEntry[], compress: boolean): Uint8Array {
  const pieces: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes } of files) {
    const data: Uint8Array = compress ? builtin("node:zlib").deflateRawSync(bytes) : bytes;
    const path = new TextEncoder().encode(name);
    // version, flags, method, time, date, CRC, stored size, size, length of the name, of extras
    const common = record([
      [20, 2],
      [utf8Flag, 2],
      [compress ? deflated : 0, 2],
      [0, 2],
      [date, 2],
      [crc32(bytes), 4],
      [data.length, 4],
      [bytes.length, 4],
      [path.length, 2],
      [0, 2],
    ]);
    pieces.push(record([[localSignature, 4]]), common, path, data);
    // length of the comment, disk, internal attributes, external attributes, offset
    directory.push(
      record([[directorySignature, 4], [20, 2]]),
      common,
      record([[0, 2], [0, 2], [0, 2], [0, 4], [offset, 4]]),
      path,
    );
    offset += 4 + common.length + path.length + data.length;
  }
  const size = byteLength(directory);
  const count = files.length;
  const end = record(
    [[endSignature, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [offset, 4], [0, 2]],
  );
  if (offset + size > 0xffffffff || count > 0xffff) {
    throw new RangeError(
      `zip: an archive holds at most 4 GiB and 65535 files, got ${count} files of ${offset} bytes; use safetensors`,
    );
  }
  return concatenateBytes([...pieces, ...directory, end]);
}

/** A file of an archive, as the directory describes it. */
export interface ZipRecord {
  readonly name: string;
  /** Bytes of the content. */
  readonly size: number;
  /** Takes the content out. */
  readonly content: () => Uint8Array;
}

/** Reads the directory of an archive. No content is taken out, and no two files share theirs. */
export function readZip(bytes: Uint8Array, bad: Bad): ZipRecord[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(bytes, view, bad);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff) {
    throw bad(end, "zip64 archives are not read; save fewer arrays in a file");
  }
  const files: Located[] = [];
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== directorySignature) {
      throw bad(at, "the zip directory is broken; the file is damaged");
    }
    files.push(locate(bytes, view, at, end, bad));
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) +
      view.getUint16(at + 32, true);
  }
  if (at !== end) throw bad(end, "the zip directory has another length; the file is damaged");
  checkApart(files, bad);
  return files;
}

function findEnd(bytes: Uint8Array, view: DataView, bad: Bad): number {
  // The end record is 22 bytes and a comment of at most 65535.
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 65557); at--) {
    if (
      view.getUint32(at, true) === endSignature &&
      at + 22 + view.getUint16(at + 20, true) === view.byteLength
    ) return at;
  }
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) throw bad(0, whatItIs(bytes, "a zip archive"));
  throw bad(view.byteLength, "no end of a zip archive; is it a whole .npz file?");
}

interface Located extends ZipRecord {
  /** Where the local header begins, and where the data end. */
  readonly from: number;
  readonly to: number;
}

function locate(bytes: Uint8Array, view: DataView, at: number, end: number, bad: Bad): Located {
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  const checksum = view.getUint32(at + 16, true);
  const storedSize = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const path = bytes.subarray(at + 46, at + 46 + view.getUint16(at + 28, true));
  const from = view.getUint32(at + 42, true);
  const name = new TextDecoder().decode(path);
  const complain = (problem: string) => bad(from, `entry ${brief(name)}: ${problem}`);

  if (flags & 1) throw complain("it is encrypted; save it without a password");
  if (method !== 0 && method !== deflated) {
    throw complain(`compression method ${method} is not read; save with numpy.savez_compressed`);
  }
  if (storedSize === 0xffffffff || size === 0xffffffff || from === 0xffffffff) {
    throw complain("zip64 archives are not read; save each array in a .npy file");
  }
  if (from + 30 > end || view.getUint32(from, true) !== localSignature) {
    throw complain("its local header is missing; the file is damaged");
  }
  const nameSize = view.getUint16(from + 26, true);
  const start = from + 30 + nameSize + view.getUint16(from + 28, true);
  const localPath = bytes.subarray(from + 30, from + 30 + nameSize);
  if (path.length !== nameSize || path.some((value, i) => value !== localPath[i])) {
    throw complain("its two headers give different names; the file is damaged");
  }
  const to = start + storedSize;
  if (to > end) throw complain("its data run into the directory; the file is damaged");
  if (method === 0 ? size !== storedSize : size > storedSize * mostExpansion) {
    throw complain(`${storedSize} bytes cannot hold its ${size} bytes; the file is damaged`);
  }
  const content = () => {
    const data = bytes.subarray(start, to);
    const content = method === deflated ? inflate(data, size, complain) : data;
    if (content.length !== size || crc32(content) !== checksum) {
      throw complain("its size or checksum is wrong; the file is damaged, use another copy");
    }
    return content;
  };
  return { name, size, content, from, to };
}

/** Many files that share their data are a way to make a small archive large. */
function checkApart(files: readonly Located[], bad: Bad): void {
  let previous: Located | undefined;
  for (const file of files.toSorted((a, b) => a.from - b.from)) {
    if (previous && file.from < previous.to) {
      throw bad(
        file.from,
        `entries ${brief(previous.name)} and ${brief(file.name)} share bytes; the file is damaged`,
      );
    }
    previous = file;
  }
}

function inflate(data: Uint8Array, size: number, complain: (problem: string) => Error): Uint8Array {
  try {
    return builtin("node:zlib").inflateRawSync(data, { maxOutputLength: Math.max(size, 1) });
  } catch (error) {
    throw complain(`it does not inflate (${(error as Error).message}); the file is damaged`);
  }
}

function record(fields: readonly (readonly [value: number, size: 2 | 4])[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [, size]) => sum + size, 0)));
  let at = 0;
  for (const [value, size] of fields) {
    if (size === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += size;
  }
  return new Uint8Array(view.buffer);
}

function byteLength(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, piece) => sum + piece.length, 0);
}
