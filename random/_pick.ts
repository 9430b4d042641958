/**
 * Drawing indices, with and without replacement, with equal and with given probabilities.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import type { MersenneTwister } from "./_mersenne_twister.ts";
import { shuffledIndices } from "./_shuffle.ts";
import { checkWeights, cumulative, searchRight } from "./_weights.ts";

/**
 * Draws `count` of the indices below `n`.
 *
 * @throws {RangeError} If there are too few to draw from, or `p` is not a distribution over `n`
 */
export function pick(
  twister: MersenneTwister,
  n: number,
  count: number,
  replace: boolean,
  p?: readonly number[] | NDArray,
): Int32Array {
  if (n === 0 && count > 0) {
    throw new RangeError(`RandomState.choice: there is nothing to draw ${count} entries from`);
  }
  if (!replace && count > n) {
    throw new RangeError(
      `RandomState.choice: cannot draw ${count} of ${n} entries without replacement`,
    );
  }
  if (p !== undefined) {
    const weights = checkWeights(p, n);
    return (replace ? pickWeighted : pickDistinct)(twister, weights, count);
  }
  if (!replace) return shuffledIndices(twister, n).slice(0, count);
  const picks = new Int32Array(count);
  if (count > 0) twister.fillIntegers(picks, 0, n - 1);
  return picks;
}

function pickWeighted(twister: MersenneTwister, weights: Float64Array, count: number): Int32Array {
  const sums = cumulative(weights);
  const picks = new Int32Array(count);
  for (let i = 0; i < count; i++) picks[i] = searchRight(sums, twister.nextDouble());
  return picks;
}

/**
 * Draws different indices: every round draws as many as are missing, drops repetitions, and takes
 * the weight of what it found away for the next round.
 */
function pickDistinct(twister: MersenneTwister, weights: Float64Array, count: number): Int32Array {
  const possible = weights.filter((weight) => weight > 0).length;
  if (possible < count) {
    throw new RangeError(
      `RandomState.choice: cannot draw ${count} different entries, only ${possible} have a ` +
        "probability above 0",
    );
  }
  const found = new Set<number>();
  while (found.size < count) {
    for (const index of found) weights[index] = 0;
    const sums = cumulative(weights);
    for (let missing = count - found.size; missing > 0; missing--) {
      found.add(searchRight(sums, twister.nextDouble()));
    }
  }
  return Int32Array.from(found);
}
