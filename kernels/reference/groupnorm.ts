/**
 * Group normalisation over (n, g, cg, s): group `j` of sample `i` is the block of cg·s values that
 * starts at `(i·g + j)·cg·s`. All statistics are float64 sums.
 *
 * Backward, with `x̂ = (x - mean) / σ`, `u = dout·gamma` and N = cg·s values a group:
 * `dbeta = Σ dout`, `dgamma = Σ dout·x̂`, `dx = 1/σ · (u - Σu/N - x̂·Σ(u·x̂)/N)`.
 *
 * @module
 */
import type { FloatArray } from "../types.ts";

/** Contracts of group normalisation. */
export const groupnormContracts = {
  /**
   * Group normalisation over x (n, g, cg, s): each of the n·g groups is normalised over its cg·s
   * values. Layer norm of (n, d) is g = 1, cg = d, s = 1. The variance is the biased one.
   */
  groupnormForward: [
    "n: size",
    "g: size",
    "cg: size",
    "s: size",
    "x: in float[n*g*cg*s]",
    "gamma: in float[g*cg]",
    "beta: in float[g*cg]",
    "eps: number",
    "out: out float[n*g*cg*s]",
    "mean: out float[n*g]",
    "variance: out float[n*g]",
  ],

  /** Gradient of group normalisation. */
  groupnormBackward: [
    "n: size",
    "g: size",
    "cg: size",
    "s: size",
    "dout: in float[n*g*cg*s]",
    "x: in float[n*g*cg*s]",
    "gamma: in float[g*cg]",
    "mean: in float[n*g]",
    "variance: in float[n*g]",
    "eps: number",
    "dx: out float[n*g*cg*s]",
    "dgamma: out float[g*cg]",
    "dbeta: out float[g*cg]",
  ],
} as const;

/** Normalises every group, see `Kernels.groupnormForward`. */
export function groupnormForward(
  n: number,
  g: number,
  cg: number,
  s: number,
  x: FloatArray,
  gamma: FloatArray,
  beta: FloatArray,
  eps: number,
  out: FloatArray,
  mean: FloatArray,
  variance: FloatArray,
): void {
  const count = cg * s;
  for (let group = 0; group < n * g; group++) {
    const start = group * count;
    const end = start + count;
    let sum = 0;
    for (let p = start; p < end; p++) sum += x[p];
    const centre = count > 0 ? sum / count : 0;

    let squares = 0;
    for (let p = start; p < end; p++) {
      const deviation = x[p] - centre;
      squares += deviation * deviation;
    }
    const spread = count > 0 ? squares / count : 0;
    mean[group] = centre;
    variance[group] = spread;

    const inverse = 1 / Math.sqrt(spread + eps);
    const firstChannel = (group % g) * cg;
    for (let j = 0; j < cg; j++) {
      const scale = gamma[firstChannel + j] * inverse;
      const shift = beta[firstChannel + j];
      const run = start + j * s;
      for (let p = run; p < run + s; p++) out[p] = (x[p] - centre) * scale + shift;
    }
  }
}

/** Sums of every channel over the samples, in float64. */
let gammaSums = new Float64Array(0);
let betaSums = new Float64Array(0);

/** Gradient of group normalisation, see `Kernels.groupnormBackward`. */
export function groupnormBackward(
  n: number,
  g: number,
  cg: number,
  s: number,
  dout: FloatArray,
  x: FloatArray,
  gamma: FloatArray,
  mean: FloatArray,
  variance: FloatArray,
  eps: number,
  dx: FloatArray,
  dgamma: FloatArray,
  dbeta: FloatArray,
): void {
  const channels = g * cg;
  if (gammaSums.length < channels) {
    gammaSums = new Float64Array(channels);
    betaSums = new Float64Array(channels);
  }
  gammaSums.fill(0, 0, channels);
  betaSums.fill(0, 0, channels);

  const count = cg * s;
  for (let group = 0; group < n * g; group++) {
    const start = group * count;
    const firstChannel = (group % g) * cg;
    const centre = mean[group];
    const inverse = 1 / Math.sqrt(variance[group] + eps);
    let sum = 0;
    let products = 0;
    for (let j = 0; j < cg; j++) {
      const run = start + j * s;
      let channelSum = 0;
      let channelProducts = 0;
      for (let p = run; p < run + s; p++) {
        channelSum += dout[p];
        channelProducts += dout[p] * (x[p] - centre);
      }
      channelProducts *= inverse;
      betaSums[firstChannel + j] += channelSum;
      gammaSums[firstChannel + j] += channelProducts;
      sum += channelSum * gamma[firstChannel + j];
      products += channelProducts * gamma[firstChannel + j];
    }

    const meanTerm = sum / count;
    const varianceTerm = products * inverse / count;
    for (let j = 0; j < cg; j++) {
      const scale = gamma[firstChannel + j];
      const run = start + j * s;
      for (let p = run; p < run + s; p++) {
        dx[p] = inverse * (dout[p] * scale - meanTerm - (x[p] - centre) * varianceTerm);
      }
    }
  }
  for (let j = 0; j < channels; j++) {
    dgamma[j] = gammaSums[j];
    dbeta[j] = betaSums[j];
  }
}
