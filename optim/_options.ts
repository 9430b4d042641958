/**
 * Checks of options objects: unknown keys, and numbers out of range.
 *
 * @module
 */
import { suggestion } from "../internal/options.ts";

/** @throws {RangeError} If `options` has a key that is not known */
export function checkKeys(caller: string, options: object, known: ReadonlySet<string>): void {
  for (const key in options) {
    if (!known.has(key)) {
      const advice = suggestion(key, [...known], "known are");
      throw new RangeError(`${caller}: unknown option "${key}", ${advice}`);
    }
  }
}

/** @throws {RangeError} If `value` is not a finite number of at least `least` */
export function checkAtLeast(caller: string, name: string, value: number, least: number): void {
  if (!(value >= least && value < Infinity)) {
    throw new RangeError(
      `${caller}: ${name} must be a finite number of at least ${least}, got ${value}`,
    );
  }
}

/** @throws {RangeError} If `value` is not in [0, 1) */
export function checkFraction(caller: string, name: string, value: number): void {
  if (!(value >= 0 && value < 1)) {
    throw new RangeError(`${caller}: ${name} must be in [0, 1), got ${value}`);
  }
}
