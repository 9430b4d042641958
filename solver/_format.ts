/** Numbers as Python's `%f` prints them. */

/**
 * Formats with six decimals. Ties go to the even digit, where `toFixed` would go up.
 *
 * @param value A finite number below 1e21
 */
export function formatFixed(value: number): string {
  // Only odd multiples of 1/128 lie exactly between two six-digit decimals.
  const tie = Number.isInteger(value * 128) && !Number.isInteger(value * 64);
  if (!tie) return value.toFixed(6);
  const exact = value.toFixed(7);
  return Number(exact.at(-2)) % 2 === 0 ? exact.slice(0, -1) : value.toFixed(6);
}
