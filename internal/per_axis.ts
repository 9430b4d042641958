import { checkWhole } from "./numbers.ts";

/**
 * A setting of images, one number for both axes or one for each.
 *
 * @returns The numbers, vertical and horizontal
 * @throws {RangeError} If `value` is neither, or not of whole numbers from `least` up
 */
export function perAxis(
  caller: string,
  name: string,
  value: number | readonly number[],
  least: number,
): [vertical: number, horizontal: number] {
  const pair = typeof value === "object" && value !== null ? value : [value, value];
  if (pair.length !== 2) {
    throw new RangeError(
      `${caller}: ${name} must be one number or a pair [vertical, horizontal], got ` +
        `${pair.length} numbers`,
    );
  }
  const fix = fixes[name.slice(name.lastIndexOf(".") + 1)];
  for (const number of pair) checkWhole(caller, name, number, least, Infinity, fix);
  return [pair[0], pair[1]];
}

/** What to do instead, by the last part of a setting's name. */
const fixes: Record<string, string | undefined> = {
  stride: "; 1 moves by one pixel",
  pad: "; to keep the size of the image use an odd filter and a pad of (size - 1) / 2",
};
