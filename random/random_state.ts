/**
 * `RandomState`: the numbers of `np.random.seed(s)` and the functions around it, so that a seeded
 * program here and one in NumPy draw the same weights, batches and masks.
 *
 * Words, doubles, integers, permutations and choices are equal bit for bit. Normals come from the
 * same place in the stream always; their last digit depends on the logarithm of the maths library
 * (about 1 in 2,500 differs from NumPy's on Linux, by at most 2 units in the last place), and is
 * gone after rounding to float32.
 *
 * Every array is filled in row-major order, and floats are float64: round with `astype` where
 * float32 is wanted, as one does in NumPy.
 *
 * @module
 */
import { asNDArray, NDArray } from "../ndarray/mod.ts";
import {
  checkFinite,
  checkLengths,
  checkSeed,
  countOf,
  integerRange,
  shapeOf,
  type Size,
} from "./_arguments.ts";
import { STATE_WORDS } from "../kernels/reference/mersenne_twister.ts";
import { MersenneTwister } from "./_mersenne_twister.ts";
import { pick } from "./_pick.ts";
import { shuffledIndices, shuffleEntries, shuffleRows } from "./_shuffle.ts";

/**
 * All of the state of a {@linkcode RandomState}: what a checkpoint has to keep.
 *
 * @category Random numbers
 */
export interface RandomStateSnapshot {
  /** The 624 words of the Mersenne Twister. */
  readonly key: Uint32Array;
  /** How many of them have been used, 0 to 624. */
  readonly pos: number;
  /** Whether a second normal is waiting. */
  readonly hasGauss: boolean;
  /** That normal; 0 if there is none. */
  readonly gauss: number;
}

/**
 * Options of {@linkcode RandomState.randint}.
 *
 * @category Random numbers
 */
export interface RandintOptions {
  /**
   * Type of the result, `"int32"` if not given. `uint8` and `bool` cut several numbers out of one
   * word, as NumPy does, so the numbers differ from those of `int32`.
   */
  readonly dtype?: "int32" | "uint8" | "bool";
}

/**
 * Options of {@linkcode RandomState.choice}.
 *
 * @category Random numbers
 */
export interface ChoiceOptions {
  /** Whether an entry can be drawn more than once; true if not given. */
  readonly replace?: boolean;
  /** The probability of every entry; equal if not given. */
  readonly p?: readonly number[] | NDArray;
}

/**
 * A generator of random numbers, equal to NumPy's `np.random.RandomState`.
 *
 * @example
 * ```ts
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const rng = new RandomState(231);
 * assert.equal(rng.randn(), 0.41794341085522313);
 * assert.deepEqual(rng.rand(2, 3).shape, [2, 3]);
 * ```
 *
 * @category Random numbers
 */
export class RandomState {
  readonly #twister = new MersenneTwister();

  /**
   * Makes a generator.
   *
   * @param seed A whole number in [0, 2³²), or a list of such; without one the generator is seeded
   * by the operating system
   * @throws {TypeError} If `seed` is neither a number nor a list
   * @throws {RangeError} If a number is out of range, or the list is empty
   */
  constructor(seed?: number | ArrayLike<number>) {
    this.seed(seed);
  }

  /**
   * Starts the stream anew. A waiting second normal is dropped.
   *
   * @param seed A whole number in [0, 2³²), or a list of such, which is a different stream even
   * with one entry; without one, seeds from the operating system
   * @throws {TypeError} If `seed` is neither a number nor a list
   * @throws {RangeError} If a number is out of range, or the list is empty
   *
   * @example
   * ```ts
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const rng = new RandomState(0);
   * const first = rng.rand();
   * rng.seed(0);
   * assert.equal(rng.rand(), first);
   * ```
   */
  seed(seed?: number | ArrayLike<number>): void {
    if (seed === undefined) {
      this.#twister.seedWords(crypto.getRandomValues(new Uint32Array(8)));
      return;
    }
    checkSeed(seed);
    if (typeof seed === "number") this.#twister.seed(seed);
    else this.#twister.seedWords(seed);
  }

  /**
   * Draws one number, uniform in [0, 1).
   *
   * @returns The number
   */
  rand(): number;
  /**
   * Draws an array of numbers, uniform in [0, 1).
   *
   * @param dims Its shape
   * @returns float64, of that shape
   * @throws {RangeError} If a length is negative or not whole
   *
   * @example
   * ```ts
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const x = new RandomState(231).rand(2, 2);
   * assert.deepEqual(x.toArray(), [
   *   [0.78149404082882, 0.5842091160855433],
   *   [0.426710070189125, 0.3153446949154163],
   * ]);
   * ```
   */
  rand(...dims: number[]): NDArray;
  rand(...dims: number[]): NDArray | number {
    checkLengths("RandomState.rand", dims);
    return dims.length === 0 ? this.#twister.nextDouble() : this.uniform(0, 1, dims);
  }

  /**
   * Draws one number, uniform in [0, 1).
   *
   * @returns The number
   */
  randomSample(): number;
  /**
   * The same as {@linkcode RandomState.rand}, with the shape as one argument. `[]` gives an array
   * of no axes, where `rand` gives a number.
   *
   * @param size A length or a shape
   * @returns float64, of that shape
   * @throws {TypeError} If `size` is neither a number nor a list
   * @throws {RangeError} If a length is negative or not whole
   */
  randomSample(size: number | readonly number[]): NDArray;
  randomSample(size?: Size, ...more: unknown[]): NDArray | number {
    if (more.length > 0) {
      throw new TypeError(
        `RandomState.randomSample: lengths go in a list: randomSample([${
          [size, ...more].join(", ")
        }])`,
      );
    }
    return size === undefined ? this.#twister.nextDouble() : this.uniform(0, 1, size);
  }

  /**
   * Draws one number, uniform in [low, high).
   *
   * @param low Lower end, 0 if not given
   * @param high Upper end, 1 if not given
   * @returns The number
   * @throws {RangeError} If an end, or the distance between them, is not finite
   */
  uniform(low?: number, high?: number): number;
  /**
   * Draws an array of numbers, uniform in [low, high).
   *
   * @param low Lower end
   * @param high Upper end
   * @param size A length or a shape
   * @returns float64, of that shape
   * @throws {TypeError} If `size` is neither a number nor a list
   * @throws {RangeError} If an end, or the distance between them, is not finite, or a length is
   * negative or not whole
   *
   * @example
   * ```ts
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const x = new RandomState(231).uniform(-1, 1, 2);
   * assert.deepEqual(x.toArray(), [0.56298808165764, 0.16841823217108653]);
   * ```
   */
  uniform(
    low: number | undefined,
    high: number | undefined,
    size: number | readonly number[],
  ): NDArray;
  uniform(low = 0, high = 1, size?: Size): NDArray | number {
    const width = high - low;
    checkFinite("RandomState.uniform", "high - low", width);
    if (size === undefined) return low + width * this.#twister.nextDouble();
    const shape = shapeOf("RandomState.uniform", size);
    const data = new Float64Array(countOf(shape));
    this.#twister.fillUniform(data, low, width);
    return asNDArray(data, shape);
  }

  /**
   * Draws one number from the standard normal distribution.
   *
   * @returns The number
   */
  randn(): number;
  /**
   * Draws an array from the standard normal distribution.
   *
   * @param dims Its shape
   * @returns float64, of that shape
   * @throws {RangeError} If a length is negative or not whole
   *
   * @example
   * ```ts
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const w = new RandomState(0).randn(1, 2);
   * assert.deepEqual(w.toArray(), [[1.764052345967664, 0.4001572083672233]]);
   * ```
   */
  randn(...dims: number[]): NDArray;
  randn(...dims: number[]): NDArray | number {
    checkLengths("RandomState.randn", dims);
    return dims.length === 0 ? this.normal() : this.normal(0, 1, dims);
  }

  /**
   * Draws one number from a normal distribution.
   *
   * @param loc Mean, 0 if not given
   * @param scale Standard deviation, 1 if not given
   * @returns The number
   * @throws {RangeError} If `scale` is negative, or a parameter is not finite
   */
  normal(loc?: number, scale?: number): number;
  /**
   * Draws an array from a normal distribution.
   *
   * @param loc Mean
   * @param scale Standard deviation
   * @param size A length or a shape
   * @returns float64, of that shape
   * @throws {TypeError} If `size` is neither a number nor a list
   * @throws {RangeError} If `scale` is negative, a parameter is not finite, or a length is negative
   * or not whole
   *
   * @example
   * ```ts
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const x = new RandomState(231).normal(10, 4, [2]);
   * assert.deepEqual(x.toArray(), [11.671773643420892, 15.588401115143114]);
   * ```
   */
  normal(
    loc: number | undefined,
    scale: number | undefined,
    size: number | readonly number[],
  ): NDArray;
  normal(loc = 0, scale = 1, size?: Size): NDArray | number {
    checkFinite("RandomState.normal", "loc", loc);
    checkFinite("RandomState.normal", "scale", scale);
    if (scale < 0) {
      throw new RangeError(`RandomState.normal: scale must not be negative, got ${scale}`);
    }
    const shape = size === undefined ? [] : shapeOf("RandomState.normal", size);
    const data = new Float64Array(countOf(shape));
    this.#twister.fillNormal(data, loc, scale);
    return size === undefined ? data[0] : asNDArray(data, shape);
  }

  /**
   * Draws one whole number from [low, high), or from [0, low) without `high`.
   *
   * @param low Smallest number, or without `high` the end of the range
   * @param high One above the largest
   * @returns The number
   * @throws {RangeError} If the range is empty, not whole, or too large for int32
   */
  randint(low: number, high?: number | null): number;
  /**
   * Draws one whole number, consuming words as an array of the given dtype would.
   *
   * @param low Smallest number, or without `high` the end of the range
   * @param high One above the largest
   * @param size Nothing
   * @param options The dtype
   * @returns The number
   * @throws {RangeError} If the range is empty, not whole, or too large for the dtype
   */
  randint(
    low: number,
    high: number | null | undefined,
    size: undefined,
    options?: RandintOptions,
  ): number;
  /**
   * Draws an array of whole numbers from [low, high), or from [0, low) without `high`.
   *
   * @param low Smallest number, or without `high` the end of the range
   * @param high One above the largest
   * @param size A length or a shape
   * @param options The dtype
   * @returns int32 or the dtype given, of that shape
   * @throws {TypeError} If `size` is neither a number nor a list
   * @throws {RangeError} If the range is empty, not whole, or too large for the dtype, or a length
   * is negative or not whole
   *
   * @example
   * ```ts
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(new RandomState(231).randint(0, 10, 5).toArray(), [7, 0, 4, 9, 6]);
   * const pixels = new RandomState(231).randint(0, 256, 5, { dtype: "uint8" });
   * assert.deepEqual(pixels.toArray(), [87, 254, 15, 200, 176]);
   * ```
   */
  randint(
    low: number,
    high: number | null | undefined,
    size: number | readonly number[],
    options?: RandintOptions,
  ): NDArray;
  randint(
    low: number,
    high?: number | null,
    size?: Size,
    { dtype = "int32" }: RandintOptions = {},
  ): NDArray | number {
    const [from, limit] = integerRange(low, high, dtype);
    const shape = size === undefined ? [] : shapeOf("RandomState.randint", size);
    const data = new (dtype === "int32" ? Int32Array : Uint8Array)(countOf(shape));
    if (data instanceof Int32Array) this.#twister.fillIntegers(data, from, limit);
    else this.#twister.fillFromPieces(data, from, limit, dtype === "bool" ? 1 : 8);
    return size === undefined ? data[0] : new NDArray(data, shape, dtype);
  }

  /**
   * Draws one entry.
   *
   * @param a The entries, one axis, or a number n for 0, 1, …, n - 1
   * @returns The entry
   * @throws {RangeError} If there is no entry
   */
  choice(a: number | readonly number[] | NDArray): number;
  /**
   * Draws one entry, with options.
   *
   * @param a The entries, one axis, or a number n for 0, 1, …, n - 1
   * @param size Nothing
   * @param options With or without replacement, and the probabilities
   * @returns The entry
   * @throws {RangeError} If there is no entry, or the probabilities are not right
   */
  choice(
    a: number | readonly number[] | NDArray,
    size: undefined,
    options?: ChoiceOptions,
  ): number;
  /**
   * Draws entries, with replacement unless told otherwise.
   *
   * Without replacement and probabilities the cost is that of a permutation of all entries,
   * whatever `size` is; the stream is NumPy's.
   *
   * @param a The entries, one axis, or a number n for 0, 1, …, n - 1
   * @param size A length or a shape
   * @param options With or without replacement, and the probabilities
   * @returns The entries drawn: int32 for a number n, float64 for a list, else the dtype of `a`
   * @throws {TypeError} If `size` is neither a number nor a list
   * @throws {RangeError} If there is nothing to draw from, more is asked for than there is, or the
   * probabilities are negative, too few or many, or do not sum to 1
   *
   * @example
   * ```ts
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const batch = new RandomState(231).choice(49000, 3);
   * assert.deepEqual(batch.toArray(), [33968, 47764, 22985]);
   * const hand = new RandomState(231).choice(10, 5, { replace: false });
   * assert.deepEqual(hand.toArray(), [6, 5, 8, 9, 2]);
   * ```
   */
  choice(
    a: number | readonly number[] | NDArray,
    size: number | readonly number[],
    options?: ChoiceOptions,
  ): NDArray;
  choice(
    a: number | readonly number[] | NDArray,
    size?: Size,
    { replace = true, p }: ChoiceOptions = {},
  ): NDArray | number {
    const source = typeof a === "number" ? null : entries("RandomState.choice", a);
    if (source && source.ndim !== 1) {
      throw new RangeError(
        `RandomState.choice: a must have one axis, got shape (${source.shape.join(", ")}); ` +
          "draw indices and take() the rows",
      );
    }
    const n = source ? source.size : entryCount("RandomState.choice", a as number);
    const shape = size === undefined ? [] : shapeOf("RandomState.choice", size);
    const picks = pick(this.#twister, n, countOf(shape), replace, p);
    if (size === undefined) return source ? source.data[picks[0]] : picks[0];
    if (!source) return asNDArray(picks, shape);
    return source.take(asNDArray(picks, [picks.length]), 0).reshape(shape);
  }

  /**
   * Returns entries in random order.
   *
   * @param a What to permute along its first axis, or a number n for 0, 1, …, n - 1
   * @returns A new array: int32 for a number n, float64 for a list, else the dtype of `a`
   * @throws {RangeError} If n is negative or not whole, or `a` has no axis
   *
   * @example
   * ```ts
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const order = new RandomState(231).permutation(10);
   * assert.deepEqual(order.toArray(), [6, 5, 8, 9, 2, 3, 1, 4, 0, 7]);
   * ```
   */
  permutation(a: number | readonly number[] | NDArray): NDArray {
    if (typeof a === "number") {
      const n = entryCount("RandomState.permutation", a);
      return asNDArray(shuffledIndices(this.#twister, n), [n]);
    }
    const source = entries("RandomState.permutation", a);
    if (source.ndim === 0) {
      throw new RangeError("RandomState.permutation: a must have an axis to permute");
    }
    const order = shuffledIndices(this.#twister, source.shape[0]);
    return source.take(asNDArray(order, [order.length]), 0);
  }

  /**
   * Brings entries into random order, in place.
   *
   * @param x An array, which is shuffled along its first axis, or a list of anything
   * @throws {TypeError} If `x` is neither
   * @throws {RangeError} If `x` is an array without axes
   *
   * @example
   * ```ts
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const letters = ["a", "b", "c", "d", "e"];
   * new RandomState(231).shuffle(letters);
   * assert.deepEqual(letters, ["d", "c", "b", "e", "a"]);
   * ```
   */
  shuffle(x: NDArray | unknown[]): void {
    if (Array.isArray(x)) return shuffleEntries(this.#twister, x);
    if (!(x instanceof NDArray)) {
      throw new TypeError(`RandomState.shuffle: x must be an NDArray or a list, got ${typeof x}`);
    }
    if (x.ndim === 0) {
      throw new RangeError("RandomState.shuffle: x must have an axis to shuffle");
    }
    const { data, shape: [rows] } = x;
    if (data.length === 0) return;
    if (data.length === rows) shuffleEntries(this.#twister, data);
    else shuffleRows(this.#twister, data, data.length / rows);
  }

  /**
   * Draws a mask of what dropout keeps: the bytes of `rand(n) < p`, without the floats between.
   *
   * @param p Probability of a 1
   * @param n Length
   * @param out Where to write, n bytes; a new array if not given
   * @returns n bytes, 1 where the n-th number of `rand(n)` is below `p`, else 0
   * @throws {RangeError} If `p` is not in [0, 1], `n` is not a length, or `out` is not that long
   *
   * @example
   * ```ts
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const u = new RandomState(231).rand(4);
   * const mask = new RandomState(231).keepMask(0.5, 4);
   * assert.deepEqual([...mask], [...u.data].map((value) => value < 0.5 ? 1 : 0));
   * ```
   */
  keepMask(p: number, n: number, out?: Uint8Array): Uint8Array {
    if (!(p >= 0 && p <= 1)) {
      throw new RangeError(`RandomState.keepMask: p must be in [0, 1], got ${p}`);
    }
    shapeOf("RandomState.keepMask", n);
    const mask = out ?? new Uint8Array(n);
    if (mask.length !== n) {
      throw new RangeError(
        `RandomState.keepMask: out must hold n = ${n} bytes, got ${mask.length}`,
      );
    }
    this.#twister.fillBelow(mask, p);
    return mask;
  }

  /**
   * Takes a snapshot, from which {@linkcode RandomState.setState} continues the same stream.
   *
   * @returns A copy of the state
   *
   * @example
   * ```ts
   * import { RandomState } from "@nndl/nndl/random";
   * import assert from "node:assert/strict";
   *
   * const rng = new RandomState(231);
   * rng.randn();
   * const state = rng.getState();
   * const next = rng.randn();
   * rng.setState(state);
   * assert.equal(rng.randn(), next);
   * ```
   */
  getState(): RandomStateSnapshot {
    const { key, position, spareNormal } = this.#twister;
    return {
      key: new Uint32Array(key),
      pos: position,
      hasGauss: spareNormal !== null,
      gauss: spareNormal ?? 0,
    };
  }

  /**
   * Continues from a snapshot, which is copied.
   *
   * @param state What {@linkcode RandomState.getState} returned, here or in NumPy
   * @throws {TypeError} If `key` is not a Uint32Array
   * @throws {RangeError} If a field is out of its range; the generator is then as before
   */
  setState(state: RandomStateSnapshot): void {
    const { key, pos, hasGauss, gauss } = state;
    if (!(key instanceof Uint32Array)) {
      throw new TypeError(`RandomState.setState: key must be a Uint32Array, got ${typeof key}`);
    }
    if (key.length !== STATE_WORDS) {
      throw new RangeError(
        `RandomState.setState: key must hold ${STATE_WORDS} words, got ${key.length}`,
      );
    }
    if (!Number.isInteger(pos) || pos < 0 || pos > STATE_WORDS) {
      throw new RangeError(
        `RandomState.setState: pos must be a whole number from 0 to ${STATE_WORDS}, got ${pos}`,
      );
    }
    if (hasGauss) checkFinite("RandomState.setState", "gauss", gauss);
    this.#twister.key.set(key);
    this.#twister.position = pos;
    this.#twister.spareNormal = hasGauss ? gauss : null;
  }
}

/** The entries that a list or an array stands for. */
function entries(caller: string, a: readonly number[] | NDArray): NDArray {
  if (a instanceof NDArray) return a;
  if (!Array.isArray(a)) {
    throw new TypeError(`${caller}: a must be a number, a list or an NDArray, got ${typeof a}`);
  }
  return asNDArray(Float64Array.from(a), [a.length]);
}

/** Checks the n of 0, 1, …, n - 1. */
function entryCount(caller: string, n: number): number {
  if (!Number.isInteger(n) || n < 0 || n > 2 ** 31 - 1) {
    throw new RangeError(
      `${caller}: a number of entries must be whole, from 0 to 2**31 - 1, got ${n}`,
    );
  }
  return n;
}
