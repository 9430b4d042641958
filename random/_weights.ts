/**
 * Probabilities of entries: their check, and their running sums, in which a draw is looked up.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";

/** Tolerance of the sum: the root of the rounding unit of the type the weights are stored in. */
const TOLERANCE = { float64: 2 ** -26, float32: Math.sqrt(2 ** -23) };

/** The sum of `values` with Kahan's compensation, so that many small weights still make 1. */
export function kahanSum(values: Float64Array): number {
  let sum = 0;
  let lost = 0;
  for (const value of values) {
    const next = value - lost;
    const total = sum + next;
    lost = total - sum - next;
    sum = total;
  }
  return sum;
}

/**
 * Copies probabilities of `n` entries into float64.
 *
 * @throws {RangeError} If there are not `n`, or one is negative or NaN, or they do not sum to 1
 */
export function checkWeights(p: readonly number[] | NDArray, n: number): Float64Array {
  const source = "data" in p ? p.data : p;
  if (source.length !== n || ("data" in p && p.ndim !== 1)) {
    throw new RangeError(
      `RandomState.choice: p must hold one probability for each of the ${n} entries, got ${
        "data" in p ? `shape (${p.shape.join(", ")})` : `${source.length}`
      }`,
    );
  }
  const weights = Float64Array.from(source);
  const bad = weights.find((weight) => !(weight >= 0));
  if (bad !== undefined) {
    throw new RangeError(`RandomState.choice: probabilities must not be negative, got ${bad}`);
  }
  const sum = kahanSum(weights);
  const tolerance = "data" in p && p.dtype === "float32" ? TOLERANCE.float32 : TOLERANCE.float64;
  if (!(Math.abs(sum - 1) <= tolerance)) {
    throw new RangeError(
      `RandomState.choice: probabilities must sum to 1, got ${sum}; divide them by their sum`,
    );
  }
  return weights;
}

/** The running sums of `weights`, divided by the last one. */
export function cumulative(weights: Float64Array): Float64Array {
  const sums = new Float64Array(weights.length);
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sums[i] = sum += weights[i];
  for (let i = 0; i < sums.length; i++) sums[i] /= sum;
  return sums;
}

/** How many of the ascending `sums` are at most `u`. */
export function searchRight(sums: Float64Array, u: number): number {
  let low = 0;
  let high = sums.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sums[middle] <= u) low = middle + 1;
    else high = middle;
  }
  return low;
}
