/**
 * Checks of what the constructors of models are given.
 *
 * @module
 */

/** Throws unless `value` counts something: a whole number from 1 up. */
export function checkSize(caller: string, name: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 1) return;
  throw new RangeError(`${caller}: ${name} must be a whole number from 1 up, got ${value}`);
}

/** Throws unless `value` is a finite number that is not negative. */
export function checkAmount(caller: string, name: string, value: number): void {
  if (Number.isFinite(value) && value >= 0) return;
  throw new RangeError(`${caller}: ${name} must be a finite number from 0 up, got ${value}`);
}

/** Throws unless `p` is a probability to keep, above 0. */
export function checkKeepRatio(caller: string, p: number): void {
  if (p > 0 && p <= 1) return;
  throw new RangeError(
    `${caller}: dropoutKeepRatio, the probability to keep, must be above 0 and at most 1, ` +
      `got ${p}` + (p === 0 ? "; for no dropout use 1" : ""),
  );
}

/** Throws unless `value` is null or one of the known normalisations. */
export function checkNormalization(
  caller: string,
  value: unknown,
  known: readonly string[],
): void {
  if (value === null || known.includes(value as string)) return;
  throw new RangeError(
    `${caller}: normalization must be ${
      known.map((name) => `"${name}"`).join(", ")
    } or null, got ` +
      `${typeof value === "string" ? `"${value}"` : value}`,
  );
}

/** Throws unless `value` names a float type. */
export function checkFloatType(caller: string, value: string): void {
  if (value === "float32" || value === "float64") return;
  throw new RangeError(`${caller}: dtype must be "float32" or "float64", got "${value}"`);
}

/** Throws unless `value` is the shape of an image, (C, H, W). */
export function checkImageDim(caller: string, value: readonly number[]): void {
  if (
    Array.isArray(value) && value.length === 3 &&
    value.every((length) => Number.isSafeInteger(length) && length >= 1)
  ) return;
  throw new RangeError(
    `${caller}: inputDim must be [channels, height, width], such as [3, 32, 32], got ` +
      (Array.isArray(value) ? `[${value.join(", ")}]` : value),
  );
}
