/** Checks of settings that are numbers. */
import { showValue } from "./show.ts";

/**
 * @param most Default: no bound
 * @param fix The end of the message: what to do instead
 * @throws {RangeError} If `value` is not a whole number from `least` to `most`
 */
export function checkWhole(
  caller: string,
  name: string,
  value: unknown,
  least: number,
  most: number = Infinity,
  fix: string = "",
): void {
  if (Number.isSafeInteger(value) && value as number >= least && value as number <= most) return;
  const range = most === Infinity ? `from ${least} up` : `from ${least} to ${most}`;
  throw new RangeError(
    `${caller}: ${name} must be a whole number ${range}, got ${showValue(value)}${fix}`,
  );
}

/** @throws {RangeError} If `value` is not a finite number above 0 */
export function checkPositive(caller: string, name: string, value: number): void {
  if (typeof value === "number" && value > 0 && value < Infinity) return;
  throw new RangeError(`${caller}: ${name} must be a positive number, got ${showValue(value)}`);
}
