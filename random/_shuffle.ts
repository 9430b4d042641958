/**
 * Random order, by the method of Fisher and Yates.
 *
 * @module
 */
import type { TypedArray } from "../ndarray/mod.ts";
import type { MersenneTwister } from "./_mersenne_twister.ts";

/** Calls `swap(i, j)` for i = n - 1, …, 1 and a j drawn from [0, i]. */
function eachSwap(twister: MersenneTwister, n: number, swap: (i: number, j: number) => void): void {
  for (let i = n - 1; i > 0; i--) swap(i, twister.nextAtMost(i));
}

/** Shuffles the entries of a list. */
export function shuffleEntries(twister: MersenneTwister, list: unknown[] | TypedArray): void {
  eachSwap(twister, list.length, (i, j) => {
    const moved = list[i];
    list[i] = list[j];
    list[j] = moved;
  });
}

/** Shuffles the rows of `data`, which hold `length` entries each. */
export function shuffleRows(twister: MersenneTwister, data: TypedArray, length: number): void {
  const spare = data.slice(0, length);
  eachSwap(twister, data.length / length, (i, j) => {
    if (i === j) return;
    spare.set(data.subarray(i * length, (i + 1) * length));
    data.copyWithin(i * length, j * length, (j + 1) * length);
    data.set(spare, j * length);
  });
}

/** Returns 0, 1, …, n - 1 in random order. */
export function shuffledIndices(twister: MersenneTwister, n: number): Int32Array {
  const order = new Int32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  shuffleEntries(twister, order);
  return order;
}
