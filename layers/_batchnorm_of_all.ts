/**
 * Batch normalisation of a batch that several processes hold parts of, by the statistics of all of
 * it. What goes over the network are sums of as many numbers as there are channels: two of them in
 * the forward pass, one in the backward pass.
 *
 * @module
 */
import { type FloatArray, kernels } from "../kernels/mod.ts";
import { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats } from "./_arrays.ts";
import type { ReduceSums } from "./batchnorm_param.ts";

/** The whole of which a batch is a part. */
export interface WholeBatch {
  /** Values of each channel in all parts together. */
  readonly count: number;
  readonly reduceSums: ReduceSums;
}

/** Statistics of a batch, in float64. */
export interface WholeStatistics {
  readonly mean: NDArray;
  readonly variance: NDArray;
  readonly whole: WholeBatch;
}

/**
 * Puts the statistics of parts together. A sum over all gives the mean, and one of squares around it
 * the variance: `σ² = Σ nᵣ·(σᵣ² + (μᵣ - μ)²) / Σ nᵣ`, which does not cancel as `Σ x² / N - μ²` does.
 *
 * @param count Values of each channel in this part
 */
export function statisticsOfAll(
  { data: mean }: NDArray,
  { data: variance }: NDArray,
  count: number,
  reduceSums: ReduceSums,
): WholeStatistics {
  const c = mean.length;
  const sums = new Float64Array(c + 1);
  for (let j = 0; j < c; j++) sums[j] = count * mean[j];
  sums[c] = count;
  reduceSums(sums);
  const total = sums[c];
  const means = sums.subarray(0, c).map((sum) => sum / total);
  const squares = new Float64Array(c);
  for (let j = 0; j < c; j++) squares[j] = count * (variance[j] + (mean[j] - means[j]) ** 2);
  reduceSums(squares);
  return {
    mean: new NDArray(means, [c]),
    variance: new NDArray(squares.map((sum) => sum / total), [c]),
    whole: { count: total, reduceSums },
  };
}

/** What the gradient of a part is computed from, seen as (n, c, s). */
interface Part {
  readonly sizes: readonly [n: number, c: number, s: number];
  readonly x: NDArray;
  readonly gamma: FloatArray;
  readonly mean: FloatArray;
  readonly variance: FloatArray;
  readonly eps: number;
}

/**
 * Adds to `dx`, which holds the direct way, the way through the statistics of the whole batch:
 * `-γ / σ · (Σ dout + x̂ · Σ dout·x̂) / N`, both sums over all parts.
 *
 * The loss of all is the mean of those of the parts, weighted by their sizes, so the sums are too;
 * and since the gradients of this part will be weighted like its loss, its own weight is taken off.
 *
 * @param dgamma `Σ dout·x̂` of this part
 * @param dbeta `Σ dout` of this part
 */
export function addWayThroughStatistics(
  { sizes: [n, c, s], x, gamma, mean, variance, eps }: Part,
  { count, reduceSums }: WholeBatch,
  dx: NDArray,
  dgamma: FloatArray,
  dbeta: FloatArray,
): void {
  const own = n * s;
  const sums = new Float64Array(2 * c);
  for (let j = 0; j < c; j++) {
    sums[j] = own / count * dgamma[j];
    sums[c + j] = own / count * dbeta[j];
  }
  reduceSums(sums);
  const scales = floats(emptyArray([c], x.dtype));
  const shifts = floats(emptyArray([c], x.dtype));
  for (let j = 0; j < c; j++) {
    const factor = -gamma[j] / Math.sqrt(variance[j] + eps) / own;
    scales[j] = factor * sums[j];
    shifts[j] = factor * sums[c + j];
  }
  const way = floats(emptyArray(x.shape, x.dtype));
  kernels.batchnormApply(n, c, s, floats(x), scales, shifts, mean, variance, eps, way);
  kernels.addScaled(1, way, floats(dx));
}
