/** The CRC-32 of zip, PNG and gzip, as `node:zlib` has it, without loading that for small arrays. */
import { findBuiltin } from "./builtins.ts";

/** Bytes from which the built-in one, which is faster, is worth its start. */
const large = 1 << 20;
const polynomial = 0xedb88320;

/** `tables[256 * k + byte]` is what a byte leaves after k more bytes of zeros. */
let tables: Int32Array | null = null;

/**
 * Computes the checksum.
 *
 * @param bytes What to sum
 * @param seed The checksum of what comes before
 */
export function crc32(bytes: Uint8Array, seed = 0): number {
  const builtin = bytes.length < large ? null : findBuiltin("node:zlib")?.crc32;
  if (builtin) return builtin(bytes, seed);
  const t = tables ??= makeTables();
  const end = bytes.length & ~7;
  let sum = ~seed;
  let i = 0;
  for (; i < end; i += 8) {
    sum ^= bytes[i] | bytes[i + 1] << 8 | bytes[i + 2] << 16 | bytes[i + 3] << 24;
    sum = t[1792 + (sum & 255)] ^ t[1536 + (sum >>> 8 & 255)] ^ t[1280 + (sum >>> 16 & 255)] ^
      t[1024 + (sum >>> 24)] ^ t[768 + bytes[i + 4]] ^ t[512 + bytes[i + 5]] ^
      t[256 + bytes[i + 6]] ^ t[bytes[i + 7]];
  }
  for (; i < bytes.length; i++) sum = sum >>> 8 ^ t[(sum ^ bytes[i]) & 255];
  return ~sum >>> 0;
}

function makeTables(): Int32Array {
  const t = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum >>> 1 ^ (sum & 1 ? polynomial : 0);
    t[byte] = sum;
  }
  for (let i = 256; i < t.length; i++) t[i] = t[i - 256] >>> 8 ^ t[t[i - 256] & 255];
  return t;
}
