/**
 * Checks of what callers hand to a RandomState.
 *
 * @module
 */

/** A length, or the lengths of several axes. */
export type Size = number | readonly number[];

/**
 * Turns a size into a shape.
 *
 * @throws {TypeError} If it is neither a number nor a list of numbers
 * @throws {RangeError} If a length is negative or not whole, or there are too many entries
 */
export function shapeOf(caller: string, size: Size): readonly number[] {
  const shape = typeof size === "number" ? [size] : size;
  if (!Array.isArray(shape)) {
    throw new TypeError(
      `${caller}: size must be a number or a list of numbers, got ${typeof size}`,
    );
  }
  for (const length of shape) {
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(
        `${caller}: every length must be a whole number of at least 0, got (${shape.join(", ")})`,
      );
    }
  }
  if (!shape.includes(0) && countOf(shape) > 2147483647) {
    throw new RangeError(
      `${caller}: an array can have 2147483647 elements, got a size of ${countOf(shape)}`,
    );
  }
  return [...shape];
}

/** @throws {TypeError} If lengths that go one by one are given as a list */
export function checkLengths(caller: string, dims: readonly unknown[]): void {
  const [list] = dims;
  if (dims.length !== 1 || !Array.isArray(list)) return;
  const call = caller.slice(caller.indexOf(".") + 1);
  throw new TypeError(
    `${caller}: lengths are given one by one, got a list; write ${call}(${list.join(", ")})`,
  );
}

/** The number of elements of a shape. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** @throws {RangeError} If `value` is not finite */
export function checkFinite(caller: string, name: string, value: number): void {
  if (!Number.isFinite(value)) {
    throw new RangeError(`${caller}: ${name} must be a finite number, got ${value}`);
  }
}

/** @throws {RangeError} If `word` is not a whole number in [0, 2³²) */
function checkWord(word: number): void {
  if (!Number.isInteger(word) || word < 0 || word > 0xffffffff) {
    throw new RangeError(
      `RandomState.seed: a seed must be a whole number between 0 and 2**32 - 1, got ${word}`,
    );
  }
}

/**
 * @throws {TypeError} If `seed` is neither a number nor a list
 * @throws {RangeError} If a number is not whole, negative, or too large, or the list is empty
 */
export function checkSeed(seed: number | ArrayLike<number>): void {
  if (typeof seed === "number") return checkWord(seed);
  if (seed === null || typeof seed !== "object" || typeof seed.length !== "number") {
    throw new TypeError(
      `RandomState.seed: seed must be a number or a list of numbers, got ${
        seed === null ? "null" : typeof seed
      }`,
    );
  }
  if (seed.length === 0) {
    throw new RangeError("RandomState.seed: a list of seeds must not be empty");
  }
  for (let i = 0; i < seed.length; i++) checkWord(seed[i]);
}

/**
 * The range of integers that a call of `randint` asks for.
 *
 * @returns The smallest, and the distance from it to the largest
 * @throws {RangeError} If it is empty, or `dtype` cannot hold it
 */
export function integerRange(
  low: number,
  high: number | null | undefined,
  dtype: "int32" | "uint8" | "bool",
): [low: number, limit: number] {
  const [from, to] = high === undefined || high === null ? [0, low] : [low, high];
  if (!Number.isInteger(from) || !Number.isInteger(to)) {
    throw new RangeError(
      `RandomState.randint: low and high must be whole numbers, got ${from} and ${to}`,
    );
  }
  if (from >= to) {
    throw new RangeError(
      `RandomState.randint: low must be below high, got [${from}, ${to})`,
    );
  }
  const bounds = { int32: [-(2 ** 31), 2 ** 31], uint8: [0, 256], bool: [0, 2] }[dtype];
  if (!bounds) {
    throw new RangeError(
      `RandomState.randint: dtype must be "int32", "uint8" or "bool", got "${dtype}"`,
    );
  }
  if (from < bounds[0] || to > bounds[1]) {
    throw new RangeError(
      `RandomState.randint: ${dtype} holds [${bounds[0]}, ${bounds[1]}), got [${from}, ${to}); ` +
        (dtype === "int32"
          ? "there is no 64-bit integer dtype, draw a smaller range"
          : `use dtype "int32"`),
    );
  }
  return [from, to - 1 - from];
}
