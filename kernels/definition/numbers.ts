/**
 * Numbers as lists.
 *
 * @module
 */

/** The whole numbers from 0 on. */
export const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** Mean of the given numbers, 0 if there are none. */
export function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
