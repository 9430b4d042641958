/** Records with a checksum: the bytes, then their CRC-32, little-endian. */
import { builtin } from "../internal/builtins.ts";

/** Appends the checksum. A reader must give the same `seed`, so that records cannot change places. */
export function sealed(bytes: Uint8Array, seed = 0): Uint8Array<ArrayBuffer> {
  const record = new Uint8Array(bytes.length + 4);
  record.set(bytes);
  new DataView(record.buffer).setUint32(bytes.length, checksum(bytes, seed), true);
  return record;
}

/** Returns the bytes of a record, as a view of it, or null if it is not what was written. */
export function unsealed(record: unknown, seed = 0): Uint8Array | null {
  if (!(record instanceof Uint8Array) || record.length < 4) return null;
  const bytes = record.subarray(0, -4);
  const view = new DataView(record.buffer, record.byteOffset, record.length);
  return view.getUint32(bytes.length, true) === checksum(bytes, seed) ? bytes : null;
}

function checksum(bytes: Uint8Array, seed: number): number {
  return builtin("node:zlib").crc32(bytes, seed);
}
