/**
 * MT19937, the Mersenne Twister: 32-bit words, and the doubles, bounded integers and normals that
 * NumPy's legacy generator makes of them.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import { regenerate, STATE_WORDS, temper } from "../kernels/reference/mersenne_twister.ts";

/** The smallest 2ᵏ - 1 that is at least `limit`, for 0 ≤ limit < 2³². */
function maskFor(limit: number): number {
  return limit === 0 ? 0 : 0xffffffff >>> Math.clz32(limit);
}

/** The generator. `key`, `position` and `spareNormal` are all of its state. */
export class MersenneTwister {
  /** The state. Signed, because V8 keeps int32 in registers where uint32 may become double. */
  readonly key: Int32Array = new Int32Array(STATE_WORDS);
  /** Words that have been handed out. */
  position: number = STATE_WORDS;
  /** The second normal of a pair, until it is asked for. */
  spareNormal: number | null = null;

  /** Starts the stream of an integer seed, 0 ≤ seed < 2³². */
  seed(seed: number): void {
    const key = this.key;
    key[0] = seed;
    for (let i = 1; i < STATE_WORDS; i++) {
      const previous = key[i - 1];
      key[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
    this.position = STATE_WORDS;
    this.spareNormal = null;
  }

  /** Starts the stream of a list of 32-bit words, at least one. */
  seedWords(words: ArrayLike<number>): void {
    this.seed(19650218);
    const key = this.key;
    let i = 1;
    const advance = () => {
      if (++i === STATE_WORDS) {
        key[0] = key[STATE_WORDS - 1];
        i = 1;
      }
    };
    for (let step = 0; step < Math.max(STATE_WORDS, words.length); step++) {
      const j = step % words.length;
      const previous = key[i - 1];
      key[i] = (key[i] ^ Math.imul(1664525, previous ^ (previous >>> 30))) + words[j] + j;
      advance();
    }
    for (let step = 1; step < STATE_WORDS; step++) {
      const previous = key[i - 1];
      key[i] = (key[i] ^ Math.imul(1566083941, previous ^ (previous >>> 30))) - i;
      advance();
    }
    key[0] = 0x80000000;
  }

  /** The next word, 0 ≤ word < 2³². */
  nextWord(): number {
    if (this.position === STATE_WORDS) {
      regenerate(this.key);
      this.position = 0;
    }
    return temper(this.key[this.position++]) >>> 0;
  }

  /** The next double in [0, 1), a multiple of 2⁻⁵³. Takes two words. */
  nextDouble(): number {
    const high = this.nextWord() >>> 5;
    return (high * 2 ** 26 + (this.nextWord() >>> 6)) / 2 ** 53;
  }

  /** The next integer in [0, limit], limit < 2³², by masked rejection; for 0 no word is taken. */
  nextAtMost(limit: number): number {
    if (limit === 0) return 0;
    const mask = maskFor(limit);
    let value: number;
    do value = (this.nextWord() & mask) >>> 0; while (value > limit);
    return value;
  }

  /** Fills `out` with `low + width·u`, u the doubles of the stream. */
  fillUniform(out: Float64Array, low: number, width: number): void {
    for (let i = 0; i < out.length; i++) out[i] = low + width * this.nextDouble();
  }

  /**
   * Fills `out` with `loc + scale·g`, g standard normals by the polar method. It makes two at a
   * time, and hands out the one made of the second double first.
   */
  fillNormal(out: Float64Array, loc: number, scale: number): void {
    let i = 0;
    if (this.spareNormal !== null && out.length > 0) {
      out[i++] = loc + scale * this.spareNormal;
      this.spareNormal = null;
    }
    for (; i < out.length; i += 2) {
      let x1: number, x2: number, r2: number;
      do {
        x1 = 2 * this.nextDouble() - 1;
        x2 = 2 * this.nextDouble() - 1;
        r2 = x1 * x1 + x2 * x2;
      } while (r2 >= 1 || r2 === 0);
      const factor = Math.sqrt(-2 * Math.log(r2) / r2);
      out[i] = loc + scale * (factor * x2);
      if (i + 1 < out.length) out[i + 1] = loc + scale * (factor * x1);
      else this.spareNormal = factor * x1;
    }
  }

  /** Fills `out` with `low` plus integers in [0, limit]. */
  fillIntegers(out: Int32Array, low: number, limit: number): void {
    for (let i = 0; i < out.length; i++) out[i] = low + this.nextAtMost(limit);
  }

  /** Fills `out` with 1 where the next double is below `p`, else 0: dropout does so every step. */
  fillBelow(out: Uint8Array, p: number): void {
    this.position = kernels.keepMask(this.key, this.position, p, out);
  }

  /**
   * Fills `out` with `low` plus integers in [0, limit] made of pieces of `bits` bits, which are cut
   * from words lowest first. What is left of the last word is dropped.
   */
  fillFromPieces(out: Uint8Array, low: number, limit: number, bits: 1 | 8): void {
    if (limit === 0) {
      out.fill(low);
      return;
    }
    const mask = maskFor(limit);
    let word = 0;
    let left = 0;
    for (let i = 0; i < out.length; i++) {
      let value: number;
      do {
        if (left === 0) {
          word = this.nextWord();
          left = 32;
        } else {
          word >>>= bits;
        }
        left -= bits;
        value = word & mask;
      } while (value > limit);
      out[i] = low + value;
    }
  }
}
