/**
 * Batch normalisation over (n, c, s): channel `j` owns the runs of `s` values that start at
 * `(i·c + j)·s`. All statistics are float64 sums.
 *
 * Backward, with `x̂ = (x - mean) / σ`, `σ = sqrt(variance + eps)` and N = n·s values a channel:
 * `dbeta = Σ dout`, `dgamma = Σ dout·x̂`, and, as mean and variance depend on every x,
 * `dx = gamma/σ · (dout - dbeta/N - x̂·dgamma/N)`.
 *
 * @module
 */
import type { FloatArray } from "../types.ts";

/** Contracts of batch normalisation. */
export const batchnormContracts = {
  /**
   * Batch normalisation with the statistics of the batch, over x (n, c, s): every channel `c` is
   * normalised over the n·s values it has (s = 1 for plain batch norm, H·W for spatial).
   * `out = gamma · (x - mean) / sqrt(variance + eps) + beta`; the variance is the biased one.
   */
  batchnormForward: [
    "n: size",
    "c: size",
    "s: size",
    "x: in float[n*c*s]",
    "gamma: in float[c]",
    "beta: in float[c]",
    "eps: number",
    "out: out float[n*c*s]",
    "mean: out float[c]",
    "variance: out float[c]",
  ],

  /** The same with given `mean` and `variance` (running statistics), which are inputs here. */
  batchnormApply: [
    "n: size",
    "c: size",
    "s: size",
    "x: in float[n*c*s]",
    "gamma: in float[c]",
    "beta: in float[c]",
    "mean: in float[c]",
    "variance: in float[c]",
    "eps: number",
    "out: out float[n*c*s]",
  ],

  /**
   * Gradient of batch normalisation. With `train`, mean and variance are functions of x, as in
   * `batchnormForward`; without, they are constants, as in `batchnormApply`.
   */
  batchnormBackward: [
    "n: size",
    "c: size",
    "s: size",
    "dout: in float[n*c*s]",
    "x: in float[n*c*s]",
    "gamma: in float[c]",
    "mean: in float[c]",
    "variance: in float[c]",
    "eps: number",
    "train: flag",
    "dx: out float[n*c*s]",
    "dgamma: out float[c]",
    "dbeta: out float[c]",
  ],

  /** `batchnormForward` and ReLU. */
  batchnormReluForward: [
    "n: size",
    "c: size",
    "s: size",
    "x: in float[n*c*s]",
    "gamma: in float[c]",
    "beta: in float[c]",
    "eps: number",
    "out: out float[n*c*s]",
    "mean: out float[c]",
    "variance: out float[c]",
  ],

  /** Gradient of batch normalisation and ReLU, which put out `out`. */
  batchnormReluBackward: [
    "n: size",
    "c: size",
    "s: size",
    "dout: in float[n*c*s]",
    "out: in float[n*c*s]",
    "x: in float[n*c*s]",
    "gamma: in float[c]",
    "mean: in float[c]",
    "variance: in float[c]",
    "eps: number",
    "train: flag",
    "dx: out float[n*c*s]",
    "dgamma: out float[c]",
    "dbeta: out float[c]",
  ],

  /** `batchnormReluForward` and `maxPoolForward`. */
  batchnormReluMaxPoolForward: [
    "g: pool",
    "x: in float[g.n*g.c*g.h*g.w]",
    "gamma: in float[g.c]",
    "beta: in float[g.c]",
    "eps: number",
    "out: out float[g.n*g.c*g.outH*g.outW]",
    "argmax: out int32[g.n*g.c*g.outH*g.outW]",
    "mean: out float[g.c]",
    "variance: out float[g.c]",
  ],

  /** Gradient of batch normalisation, ReLU and max pooling, which put out `out` and `argmax`. */
  batchnormReluMaxPoolBackward: [
    "g: pool",
    "dout: in float[g.n*g.c*g.outH*g.outW]",
    "out: in float[g.n*g.c*g.outH*g.outW]",
    "argmax: in int32[g.n*g.c*g.outH*g.outW]",
    "x: in float[g.n*g.c*g.h*g.w]",
    "gamma: in float[g.c]",
    "mean: in float[g.c]",
    "variance: in float[g.c]",
    "eps: number",
    "train: flag",
    "dx: out float[g.n*g.c*g.h*g.w]",
    "dgamma: out float[g.c]",
    "dbeta: out float[g.c]",
  ],
} as const;

/** Where the values of a channel are, from its first one on. */
interface Runs {
  /** How far the last run begins after the first, and one `runStep` more. */
  readonly end: number;
  /** Distance between the beginnings of runs, at least 1. */
  readonly runStep: number;
  /** How far a run reaches. */
  readonly length: number;
  /** Distance between the values of a run. */
  readonly step: number;
}

/**
 * The runs of (n, c, s). With s = 1 there would be n runs of one value, so the whole channel is
 * read as one run of n values, `c` apart: one long loop rather than many short ones.
 */
function runs(n: number, c: number, s: number): Runs {
  return s === 1
    ? { end: 1, runStep: 1, length: n * c, step: c }
    : { end: n * c * s, runStep: c * s, length: s, step: 1 };
}

/** Normalises with the statistics of the batch, see `Kernels.batchnormForward`. */
export function batchnormForward(
  n: number,
  c: number,
  s: number,
  x: FloatArray,
  gamma: FloatArray,
  beta: FloatArray,
  eps: number,
  out: FloatArray,
  mean: FloatArray,
  variance: FloatArray,
): void {
  const { end, runStep, length, step } = runs(n, c, s);
  const count = n * s;
  for (let j = 0; j < c; j++) {
    const first = j * s;
    let sum = 0;
    for (let run = first; run < first + end; run += runStep) {
      for (let p = run; p < run + length; p += step) sum += x[p];
    }
    const centre = count > 0 ? sum / count : 0;

    let squares = 0;
    for (let run = first; run < first + end; run += runStep) {
      for (let p = run; p < run + length; p += step) {
        const deviation = x[p] - centre;
        squares += deviation * deviation;
      }
    }
    const spread = count > 0 ? squares / count : 0;

    const scale = gamma[j] / Math.sqrt(spread + eps);
    const shift = beta[j];
    for (let run = first; run < first + end; run += runStep) {
      for (let p = run; p < run + length; p += step) out[p] = (x[p] - centre) * scale + shift;
    }
    mean[j] = centre;
    variance[j] = spread;
  }
}

/** Normalises with given statistics, see `Kernels.batchnormApply`. */
export function batchnormApply(
  n: number,
  c: number,
  s: number,
  x: FloatArray,
  gamma: FloatArray,
  beta: FloatArray,
  mean: FloatArray,
  variance: FloatArray,
  eps: number,
  out: FloatArray,
): void {
  const { end, runStep, length, step } = runs(n, c, s);
  for (let j = 0; j < c; j++) {
    const first = j * s;
    const centre = mean[j];
    const scale = gamma[j] / Math.sqrt(variance[j] + eps);
    const shift = beta[j];
    for (let run = first; run < first + end; run += runStep) {
      for (let p = run; p < run + length; p += step) out[p] = (x[p] - centre) * scale + shift;
    }
  }
}

/** Gradient of both, see `Kernels.batchnormBackward`. */
export function batchnormBackward(
  n: number,
  c: number,
  s: number,
  dout: FloatArray,
  x: FloatArray,
  gamma: FloatArray,
  mean: FloatArray,
  variance: FloatArray,
  eps: number,
  train: boolean,
  dx: FloatArray,
  dgamma: FloatArray,
  dbeta: FloatArray,
): void {
  const { end, runStep, length, step } = runs(n, c, s);
  const count = n * s;
  for (let j = 0; j < c; j++) {
    const first = j * s;
    const centre = mean[j];
    const inverse = 1 / Math.sqrt(variance[j] + eps);
    let sum = 0;
    let products = 0;
    for (let run = first; run < first + end; run += runStep) {
      for (let p = run; p < run + length; p += step) {
        sum += dout[p];
        products += dout[p] * (x[p] - centre);
      }
    }
    products *= inverse;
    dbeta[j] = sum;
    dgamma[j] = products;

    const scale = gamma[j] * inverse;
    // With fixed statistics only the direct path from x to the output remains.
    const meanTerm = train ? sum / count : 0;
    const varianceTerm = train ? products * inverse / count : 0;
    for (let run = first; run < first + end; run += runStep) {
      for (let p = run; p < run + length; p += step) {
        dx[p] = scale * (dout[p] - meanTerm - (x[p] - centre) * varianceTerm);
      }
    }
  }
}
