/** The rows of a batch that one rank computes. */
import type { Rows } from "../internal/rows.ts";
import { NDArray } from "../ndarray/mod.ts";

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

/** The rows of a rank. Each boundary is rounded once, so that all ranks agree on it. */
export function rowsOf(total: number, shares: readonly number[], rank: number): Rows {
  const sumBefore = (rank: number) => shares.slice(0, rank).reduce((sum, share) => sum + share, 0);
  const whole = sumBefore(shares.length);
  const bound = (rank: number) => Math.round(total * sumBefore(rank) / whole);
  return { start: bound(rank), end: bound(rank + 1), total };
}

/** @throws {RangeError} If some rank would have no row of a batch: all ranks throw */
export function checkRowsOfAll(caller: string, total: number, shares: readonly number[]): void {
  const rows = shares.map((_, rank) => rowsOf(total, shares, rank));
  const empty = rows.findIndex(({ start, end }) => start === end);
  if (empty < 0) return;
  throw new RangeError(
    `${caller}: a batch of ${total} rows leaves none for rank ${empty} of ${shares.length}; ` +
      "make batches larger, or start fewer processes",
  );
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
