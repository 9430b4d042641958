/** The check of a number that must not be below another. */

/** @throws {RangeError} If `value` is not a finite number of at least `least` */
export function checkAtLeast(caller: string, name: string, value: number, least: number): void {
  if (!(value >= least && value < Infinity)) {
    throw new RangeError(
      `${caller}: ${name} must be a finite number of at least ${least}, got ${value}`,
    );
  }
}
