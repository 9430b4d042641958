/** The Mersenne Twister MT19937, four words at a time, and the masks that dropout draws from it. */

const STATE_WORDS: i32 = 624;
const SHIFT: i32 = 397;

/**
 * Draws a mask, see `Kernels.keepMask`: 1 where the double of the next two words is below
 * `(high·2²⁶ + low) / 2⁵³`. Returns the new position.
 */
export function keepMask(
  key: usize,
  position: i32,
  high: i32,
  low: i32,
  count: i32,
  mask: usize,
): i32 {
  for (let i = 0; i < count;) {
    const ready = min((STATE_WORDS - position) >> 1, count - i);
    drawPairs(key + position * 4, high, low, ready, mask + i);
    i += ready;
    position += 2 * ready;
    if (i == count) break;
    // At most one word is left: it begins a double that the next block ends.
    const straddles = position == STATE_WORDS - 1;
    const first = straddles ? load<i32>(key + position * 4) : 0;
    regenerate(key);
    position = 0;
    if (!straddles) continue;
    store<u8>(mask + i, isBelow(first, load<i32>(key), high, low));
    position = 1;
    i++;
  }
  return position;
}

/** The mask of `pairs` pairs of words. */
function drawPairs(words: usize, high: i32, low: i32, pairs: i32, mask: usize): void {
  const limit = i32x4.splat(high);
  const one = i32x4.splat(1);
  let i = 0;
  for (; i + 4 <= pairs; i += 4) {
    const near = v128.load(words);
    const far = v128.load(words, 16);
    const drawn = i32x4.shr_u(temper4(v128.shuffle<i32>(near, far, 0, 2, 4, 6)), 5);
    let below = i32x4.lt_s(drawn, limit);
    const equal = i32x4.eq(drawn, limit);
    if (v128.any_true(equal)) {
      const rest = i32x4.shr_u(temper4(v128.shuffle<i32>(near, far, 1, 3, 5, 7)), 6);
      below = v128.or(below, v128.and(equal, i32x4.lt_s(rest, i32x4.splat(low))));
    }
    const halves = i16x8.narrow_i32x4_u(v128.and(below, one), one);
    v128.store32_lane(mask + i, i8x16.narrow_i16x8_u(halves, halves), 0);
    words += 32;
  }
  for (; i < pairs; i++) {
    store<u8>(mask + i, isBelow(load<i32>(words), load<i32>(words, 4), high, low));
    words += 8;
  }
}

/** One element of the mask, from two words of state. */
function isBelow(first: i32, second: i32, high: i32, low: i32): u8 {
  const drawn = i32x4.extract_lane(i32x4.shr_u(temper4(i32x4.splat(first)), 5), 0);
  const rest = i32x4.extract_lane(i32x4.shr_u(temper4(i32x4.splat(second)), 6), 0);
  return drawn < high || (drawn == high && rest < low) ? 1 : 0;
}

/** Turns words of the state into words of the stream. */
function temper4(y: v128): v128 {
  y = v128.xor(y, i32x4.shr_u(y, 11));
  y = v128.xor(y, v128.and(i32x4.shl(y, 7), i32x4.splat(0x9d2c5680)));
  y = v128.xor(y, v128.and(i32x4.shl(y, 15), i32x4.splat(0xefc60000)));
  return v128.xor(y, i32x4.shr_u(y, 18));
}

/** Makes the next 624 words of state in place. */
function regenerate(key: usize): void {
  const split = STATE_WORDS - SHIFT;
  const last = STATE_WORDS - 1;
  twistWords(key, split, SHIFT * 4);
  twistWords(key + split * 4, last - split, -split * 4);
  twist(key + last * 4, key, -split * 4);
}

/** Replaces `count` words by mixing them with those `distance` bytes further on. */
function twistWords(at: usize, count: i32, distance: i32): void {
  const end = at + count * 4;
  for (; at + 16 <= end; at += 16) {
    const next = v128.load(at, 4);
    const y = v128.or(
      v128.and(v128.load(at), i32x4.splat(0x80000000)),
      v128.and(next, i32x4.splat(0x7fffffff)),
    );
    const odd = i32x4.neg(v128.and(next, i32x4.splat(1)));
    const mixed = v128.xor(i32x4.shr_u(y, 1), v128.and(odd, i32x4.splat(0x9908b0df)));
    v128.store(at, v128.xor(v128.load(at + distance), mixed));
  }
  for (; at < end; at += 4) twist(at, at + 4, distance);
}

/** Replaces one word. */
function twist(at: usize, nextAt: usize, distance: i32): void {
  const next = load<u32>(nextAt);
  const y = (load<u32>(at) & 0x80000000) | (next & 0x7fffffff);
  const mixed = (y >>> 1) ^ (next & 1 ? 0x9908b0df : 0);
  store<u32>(at, load<u32>(at + distance) ^ mixed);
}
