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
  const count = n * s;
  const step = c * s;
  const end = n * step;
  for (let j = 0; j < c; j++) {
    const start = j * s;
    let sum = 0;
    for (let run = start; run < end; run += step) {
      for (let p = run; p < run + s; p++) sum += x[p];
    }
    const centre = count > 0 ? sum / count : 0;

    let squares = 0;
    for (let run = start; run < end; run += step) {
      for (let p = run; p < run + s; p++) {
        const deviation = x[p] - centre;
        squares += deviation * deviation;
      }
    }
    const spread = count > 0 ? squares / count : 0;

    const scale = gamma[j] / Math.sqrt(spread + eps);
    const shift = beta[j];
    for (let run = start; run < end; run += step) {
      for (let p = run; p < run + s; p++) out[p] = (x[p] - centre) * scale + shift;
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
  const step = c * s;
  const end = n * step;
  for (let j = 0; j < c; j++) {
    const centre = mean[j];
    const scale = gamma[j] / Math.sqrt(variance[j] + eps);
    const shift = beta[j];
    for (let run = j * s; run < end; run += step) {
      for (let p = run; p < run + s; p++) out[p] = (x[p] - centre) * scale + shift;
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
  const count = n * s;
  const step = c * s;
  const end = n * step;
  for (let j = 0; j < c; j++) {
    const start = j * s;
    const centre = mean[j];
    const inverse = 1 / Math.sqrt(variance[j] + eps);
    let sum = 0;
    let products = 0;
    for (let run = start; run < end; run += step) {
      for (let p = run; p < run + s; p++) {
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
    for (let run = start; run < end; run += step) {
      for (let p = run; p < run + s; p++) {
        dx[p] = scale * (dout[p] - meanTerm - (x[p] - centre) * varianceTerm);
      }
    }
  }
}
