/**
 * Normalisation of float32 values whose variance float32 does not hold: it is done in float64, and
 * the statistics stay in float64 for the way back. Values around 1e20 are far from the largest
 * float32, but their squares are not.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { castTo, unify } from "./_arrays.ts";

/** What a normalisation computes. */
export type Normalized = [out: NDArray, mean: NDArray, variance: NDArray];

/** The gradients of a normalisation. */
export type NormGradients = [dx: NDArray | null, dgamma: NDArray | null, dbeta: NDArray | null];

/** The smallest float32 that has all its digits. */
const SMALLEST = 2 ** -126;

/** Calls `normalize`, again in float64 if the variances turn out to be beyond the range of float32. */
export function withEnoughRange(
  x: NDArray,
  gamma: NDArray,
  beta: NDArray,
  eps: number,
  normalize: (x: NDArray, gamma: NDArray, beta: NDArray, eps: number) => Normalized,
): Normalized {
  const result = normalize(x, gamma, beta, eps);
  if (x.dtype === "float64" || isHeld(result[2], eps)) return result;
  const [wideX, wideGamma, wideBeta] = [x, gamma, beta].map((array) => array.astype("float64"));
  const [out, mean, variance] = normalize(wideX, wideGamma, wideBeta, eps);
  return [castTo(out, x.dtype), mean, variance];
}

function isHeld({ data }: NDArray, eps: number): boolean {
  for (let i = 0; i < data.length; i++) {
    const value = data[i] + eps;
    if (!(value >= SMALLEST && value < Infinity)) return false;
  }
  return true;
}

/**
 * Brings statistics in float64 to the type of `x`, unless it does not hold the variances.
 */
export function statisticsFor(
  x: NDArray,
  mean: NDArray,
  variance: NDArray,
  eps: number,
): [mean: NDArray, variance: NDArray] {
  const narrow = castTo(variance, x.dtype);
  return isHeld(narrow, eps) ? [castTo(mean, x.dtype), narrow] : [mean, variance];
}

/** Brings gradients to the type in which `dout`, `x` and `gamma` meet, whatever the statistics. */
export function withoutRange(
  gradients: NormGradients,
  dout: NDArray,
  { x, gamma, mean }: { readonly x: NDArray; readonly gamma: NDArray; readonly mean: NDArray },
): NormGradients {
  if (mean.dtype === x.dtype) return gradients;
  const [{ dtype }] = unify(dout, x, gamma);
  return gradients.map((gradient) => gradient && castTo(gradient, dtype)) as NormGradients;
}
