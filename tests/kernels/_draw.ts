/** Seeded inputs for kernels, and what test cases are made of. */
/** Float types that kernels compute in. */
export type FloatType = "float32" | "float64";

/** The largest error that an output may have: of all elements, or of each. */
export type Bound = number | Float64Array;

/** One call of a kernel. */
export interface Case {
  /** What is special about it: sizes, flags. */
  readonly label: string;
  /**
   * The arguments by the names of the contract. Arrays that are only written are made from it, unless
   * null is given to leave one out. Floats are exact in the type of the draw.
   */
  readonly given: Readonly<Record<string, unknown>>;
  /** Bounds of what is written by name, and of the returned number as `result`. */
  readonly bounds: Readonly<Record<string, Bound>>;
}

/** Sizes that have tripped kernels: empty, single, primes, around the powers of two. */
export const SIZES = [0, 1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 17, 31, 32, 33, 61, 64, 65, 97];

/** A seeded source of inputs in one float type. */
export class Draw {
  readonly type: FloatType;
  /** Distance from 1 to the next number of the type. */
  readonly eps: number;
  /** What a result may lose by underflow: the smallest normal number. */
  readonly tiny: number;
  #state: number;

  constructor(type: FloatType, seed: number) {
    this.type = type;
    this.eps = type === "float32" ? 2 ** -23 : 2 ** -52;
    this.tiny = type === "float32" ? 2 ** -126 : 2 ** -1022;
    this.#state = seed >>> 0;
  }

  /** A number in [0, 1), by the mulberry32 generator. */
  uniform(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number in [0, limit). */
  below(limit: number): number {
    return Math.floor(this.uniform() * limit);
  }

  /** One of the given values. */
  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)];
  }

  /** The number of the type that is nearest to `value`. */
  round(value: number): number {
    return this.type === "float32" ? Math.fround(value) : value;
  }

  /** An input of normally distributed values. */
  normal(length: number, scale = 1, mean = 0): Float64Array {
    return this.values(length, () => {
      const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
      return mean + scale * radius * Math.cos(2 * Math.PI * this.uniform());
    });
  }

  /** An input of values made by `make`, rounded to the type. */
  values(length: number, make: (i: number) => number): Float64Array {
    return new Float64Array(length).map((_, i) => this.round(make(i)));
  }

  /** Labels of `rows` rows. */
  labels(rows: number, classes: number): Int32Array {
    return new Int32Array(rows).map(() => this.below(classes));
  }
}

/** Absolute values. */
export function absolute(x: Float64Array): Float64Array {
  return x.map(Math.abs);
}

/** A bound for each element. */
export function bounds(length: number, bound: (i: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, i) => bound(i));
}

/**
 * How many units of `eps` a sum of `terms` products may be wrong by, relative to the sum of their
 * magnitudes. Rounding errors are independent of sign, so they grow with the square root; the
 * constant covers rounding the result and scaling it.
 */
export function sumError(terms: number): number {
  return Math.sqrt(terms) + 4;
}
