/** The rows of a batch that one rank computes. */
import { NDArray } from "../ndarray/mod.ts";

/** Rows `start` to `end` of `total`. */
export interface Rows {
  readonly start: number;
  readonly end: number;
  readonly total: number;
}

/** @throws {RangeError} If shares are not a positive number for each rank */
export function checkShares(caller: string, shares: readonly number[], size: number): void {
  const fits = Array.isArray(shares) && shares.length === size &&
    shares.every((share) => Number.isFinite(share) && share > 0);
  if (!fits) {
    throw new RangeError(
      `${caller}: shares must be a number above 0 for each of ${size} ranks, got ${
        JSON.stringify(shares)
      }`,
    );
  }
}

/**
 * The rows of a rank. Each boundary is rounded once, so that all ranks agree on it.
 *
 * @throws {RangeError} If some rank would have none: all ranks throw
 */
export function rowsOf(
  caller: string,
  total: number,
  shares: readonly number[],
  rank: number,
): Rows {
  const whole = shares.reduce((sum, share) => sum + share, 0);
  const bounds = [0];
  let before = 0;
  for (const share of shares) {
    before += share;
    bounds.push(Math.round(total * before / whole));
  }
  const empty = shares.findIndex((_, rank) => bounds[rank] === bounds[rank + 1]);
  if (empty >= 0) {
    throw new RangeError(
      `${caller}: a batch of ${total} rows leaves none for rank ${empty} of ${shares.length}; ` +
        "make batches larger, or start fewer processes",
    );
  }
  return { start: bounds[rank], end: bounds[rank + 1], total };
}

/** Some rows of an array, without a copy. */
export function takeRows({ data, shape, size, dtype }: NDArray, { start, end }: Rows): NDArray {
  const row = size / shape[0];
  return new NDArray(
    data.subarray(start * row, end * row),
    [end - start, ...shape.slice(1)],
    dtype,
  );
}
