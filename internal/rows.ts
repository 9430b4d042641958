/**
 * Rows that stand in one line.
 *
 * @module
 */

/**
 * Rows `start` to `end` of `total`, the end not included.
 *
 * @category Data
 */
export interface Rows {
  /** The first row. */
  readonly start: number;
  /** The row after the last. */
  readonly end: number;
  /** How many rows there are in all. */
  readonly total: number;
}
