/**
 * Damaging bytes.
 *
 * @module
 */
import type { RandomState } from "../../random/mod.ts";
import { below, oneOf } from "./_target.ts";

const telling = [0, 1, 2, 3, 4, 7, 8, 9, 10, 13, 0x22, 0x27, 0x28, 0x5b, 0x5d, 0x7b, 0x7d, 0x7f];
const bytes = [...telling, 0x80, 0xc0, 0xd8, 0xd9, 0xda, 0xfe, 0xff];
const texts = [
  "[[[[",
  "]",
  "{",
  "}",
  "(",
  ",,",
  "null",
  "-1",
  "1e999",
  "9999999999",
  "'",
  '"',
  "\\",
];

/** A copy with one to six kinds of damage. */
export function damaged(rng: RandomState, file: Uint8Array): Uint8Array {
  let result: Uint8Array = file.slice();
  const times = 1 + below(rng, oneOf(rng, [1, 2, 6]));
  for (let i = 0; i < times; i++) result = damage(rng, result);
  return result;
}

function damage(rng: RandomState, file: Uint8Array): Uint8Array {
  const at = below(rng, file.length + 1);
  const length = 1 + below(rng, oneOf(rng, [4, 16, 200]));
  const other = below(rng, file.length + 1);
  switch (below(rng, 9)) {
    case 0:
      if (at < file.length) file[at] ^= 1 << below(rng, 8);
      return file;
    case 1:
      if (at < file.length) file[at] = oneOf(rng, bytes);
      return file;
    case 2: // cut short
      return file.slice(0, at);
    case 3: // taken out
      return joined(file.subarray(0, at), file.subarray(at + length));
    case 4: // doubled or moved
      return joined(file.subarray(0, at), file.subarray(other, other + length), file.subarray(at));
    case 5: // filled
      return file.fill(oneOf(rng, bytes), at, at + length);
    case 6: { // a text of formats
      const text = oneOf(rng, texts).repeat(oneOf(rng, [1, 1, 3, 5000]));
      return joined(file.subarray(0, at), new TextEncoder().encode(text), file.subarray(at));
    }
    case 7: // a number of two or four bytes
      if (at + 4 <= file.length) {
        const value = oneOf(rng, [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, below(rng, 2 ** 32)]);
        new DataView(file.buffer).setUint32(at, value, rng.rand() as number < 0.5);
      }
      return file;
    default:
      return joined(file, file.subarray(other));
  }
}

/** Pieces in one. */
export function joined(...pieces: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
