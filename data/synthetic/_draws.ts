/**
 * A small fast generator for the numbers inside one image: Chris Doty-Humphrey's sfc32.
 *
 * `RandomState` seeds it, once an image. So every image depends on its own seed alone, and a
 * million pixels of noise cost as many 32-bit words, not twice as many doubles.
 *
 * @module
 */

/** Rounds that mix a fresh seed into all of the state. */
const WARM_UP = 12;

/** A stream of random numbers that is seeded anew for every image. */
export class Draws {
  // Three words of state and a counter. In a typed array they are integers whatever their sign.
  readonly #state = new Int32Array(4);

  /**
   * Starts the stream of one image.
   *
   * @param fraction A number in [0, 1), all 53 bits of which count
   */
  seed(fraction: number): void {
    const high = fraction * 2 ** 26;
    const whole = Math.floor(high);
    this.#state[0] = whole;
    this.#state[1] = (high - whole) * 2 ** 27;
    this.#state[2] = 0;
    this.#state[3] = 1;
    for (let i = 0; i < WARM_UP; i++) this.word();
  }

  /** Draws 32 random bits, as a signed integer. */
  word(): number {
    const state = this.#state;
    const b = state[1];
    const c = state[2];
    const word = (state[0] + b + state[3]) | 0;
    state[0] = b ^ (b >>> 9);
    state[1] = c + (c << 3);
    state[2] = (c << 21 | c >>> 11) + word;
    state[3]++;
    return word;
  }

  /** Draws a number, uniform in [low, high). */
  uniform(low: number, high: number): number {
    return low + (high - low) * (this.word() * 2 ** -32 + 0.5);
  }

  /**
   * Draws a number from a bell curve that ends three deviations from its centre: the sum of three
   * uniform numbers, each of variance 1/3.
   */
  around(centre: number, deviation: number): number {
    const sum = this.uniform(-1, 1) + this.uniform(-1, 1) + this.uniform(-1, 1);
    return centre + deviation * sum;
  }

  /** Draws true with a probability. */
  chance(probability: number): boolean {
    return this.uniform(0, 1) < probability;
  }
  /** Draws a whole number, uniform from 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.uniform(0, count));
  }

  /** Draws an entry. */
  pick<T>(entries: readonly T[]): T {
    return entries[this.below(entries.length)];
  }
}
