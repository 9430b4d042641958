/**
 * The Mersenne Twister MT19937: its recurrence, and dropout's draw from it.
 *
 * Source: M. Matsumoto and T. Nishimura, "Mersenne Twister: A 623-dimensionally equidistributed
 * uniform pseudorandom number generator", ACM TOMACS 8(1), 1998.
 *
 * @module
 */

/** Contracts of dropout's draw. */
export const keepMaskContracts = {
  /**
   * Draws a mask from a Mersenne Twister as NumPy does: `mask[i] = 1` where the i-th next double is
   * below `p`, 0 ≤ p ≤ 1, else 0. A double takes two words, `((a >>> 5)·2²⁶ + (b >>> 6)) / 2⁵³`.
   * `key` holds the 624 words of state, `position` of which are used up; it moves on in place, and
   * the new position is returned. The result is the same to the bit on every table.
   */
  keepMask: [
    "key: inout int32[624]",
    "position: size",
    "p: number",
    "n = mask.length",
    "mask: out uint8[n]",
    "returns number",
  ],
} as const;

/** Words of state. */
export const STATE_WORDS = 624;

const SHIFT = 397;
const MATRIX = 0x9908b0df;
const UPPER = 0x80000000;
const LOWER = 0x7fffffff;

/** One step of the recurrence: mixes the top bit of one word with the rest of the next. */
function twist(word: number, next: number): number {
  const y = (word & UPPER) | (next & LOWER);
  return (y >>> 1) ^ (-(next & 1) & MATRIX);
}

/** Turns a word of the state into a word of the stream, as int32. */
export function temper(y: number): number {
  y ^= y >>> 11;
  y ^= (y << 7) & 0x9d2c5680;
  y ^= (y << 15) & 0xefc60000;
  return y ^ (y >>> 18);
}

/** Makes the next 624 words of state in place. Two loops, so that no index needs a modulo. */
export function regenerate(key: Int32Array): void {
  const last = STATE_WORDS - 1;
  const split = STATE_WORDS - SHIFT;
  let word = key[0];
  for (let i = 0; i < split; i++) {
    const next = key[i + 1];
    key[i] = key[i + SHIFT] ^ twist(word, next);
    word = next;
  }
  for (let i = split; i < last; i++) {
    const next = key[i + 1];
    key[i] = key[i - split] ^ twist(word, next);
    word = next;
  }
  key[last] = key[SHIFT - 1] ^ twist(word, key[0]);
}

/**
 * See `Kernels.keepMask`. Whole numbers are compared in place of doubles: the double of the words
 * `a` and `b` is `(high·2²⁶ + low) / 2⁵³` with `high = a >>> 5` and `low = b >>> 6`, and `low` is
 * looked at only when `high` does not decide.
 */
export function keepMask(key: Int32Array, position: number, p: number, mask: Uint8Array): number {
  const limit = Math.ceil(p * 2 ** 53);
  const high = Math.floor(limit / 2 ** 26);
  const low = limit % 2 ** 26;
  for (let i = 0; i < mask.length;) {
    const ready = Math.min((STATE_WORDS - position) >> 1, mask.length - i);
    for (const end = i + ready; i < end; i++, position += 2) {
      const drawn = temper(key[position]) >>> 5;
      let below = (drawn - high) >>> 31;
      if (drawn === high) below = (temper(key[position + 1]) >>> 6) < low ? 1 : 0;
      mask[i] = below;
    }
    if (i === mask.length) break;
    // At most one word is left: it begins a double that the next block ends.
    const straddles = position === STATE_WORDS - 1;
    const drawn = straddles ? temper(key[position]) >>> 5 : 0;
    regenerate(key);
    position = 0;
    if (!straddles) continue;
    const rest = temper(key[position++]) >>> 6;
    mask[i++] = drawn < high || (drawn === high && rest < low) ? 1 : 0;
  }
  return position;
}
