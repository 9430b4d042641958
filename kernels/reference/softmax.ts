/**
 * Softmax and its logarithm over rows, each with its gradient.
 *
 * @module
 */
import { specialize } from "../../internal/specialize.ts";
import type { FloatArray } from "../types.ts";

/** Contracts of softmax. */
export const softmaxContracts = {
  /** `out_j = exp(x_j - max x) / Σ exp(x - max x)` in each of the n rows of x (n, c). */
  softmaxForward: [
    "n: size",
    "c: size",
    "x: in float[n*c]",
    "out: out float[n*c] may be x",
  ],

  /** `dx_j = out_j · (dout_j - Σ_i dout_i·out_i)`, from the output. */
  softmaxBackward: [
    "n: size",
    "c: size",
    "dout: in float[n*c]",
    "out: in float[n*c]",
    "dx: out float[n*c] may be dout",
  ],

  /** `out_j = x_j - max x - log Σ exp(x - max x)` in each of the n rows of x (n, c). */
  logSoftmaxForward: [
    "n: size",
    "c: size",
    "x: in float[n*c]",
    "out: out float[n*c] may be x",
  ],

  /** `dx_j = dout_j - exp(out_j) · Σ_i dout_i`, from the output. */
  logSoftmaxBackward: [
    "n: size",
    "c: size",
    "dout: in float[n*c]",
    "out: in float[n*c]",
    "dx: out float[n*c] may be dout",
  ],
} as const;

/** See `Kernels.softmaxForward`. */
export function softmaxForward(n: number, c: number, x: FloatArray, out: FloatArray): void {
  specialize(softmax, `${x.BYTES_PER_ELEMENT}`)(n * c, c, x, out);
}

function softmax(size: number, c: number, x: FloatArray, out: FloatArray): void {
  for (let row = 0; row < size; row += c) {
    const end = row + c;
    let largest = x[row];
    for (let i = row + 1; i < end; i++) if (x[i] > largest) largest = x[i];
    let sum = 0;
    for (let i = row; i < end; i++) sum += out[i] = Math.exp(x[i] - largest);
    for (let i = row; i < end; i++) out[i] /= sum;
  }
}

/** See `Kernels.softmaxBackward`. */
export function softmaxBackward(
  n: number,
  c: number,
  dout: FloatArray,
  out: FloatArray,
  dx: FloatArray,
): void {
  specialize(softmaxSlope, `${out.BYTES_PER_ELEMENT}`)(n * c, c, dout, out, dx);
}

function softmaxSlope(
  size: number,
  c: number,
  dout: FloatArray,
  out: FloatArray,
  dx: FloatArray,
): void {
  for (let row = 0; row < size; row += c) {
    const end = row + c;
    let mean = 0;
    for (let i = row; i < end; i++) mean += dout[i] * out[i];
    for (let i = row; i < end; i++) dx[i] = out[i] * (dout[i] - mean);
  }
}

/** See `Kernels.logSoftmaxForward`. */
export function logSoftmaxForward(n: number, c: number, x: FloatArray, out: FloatArray): void {
  specialize(logSoftmax, `${x.BYTES_PER_ELEMENT}`)(n * c, c, x, out);
}

function logSoftmax(size: number, c: number, x: FloatArray, out: FloatArray): void {
  for (let row = 0; row < size; row += c) {
    const end = row + c;
    let largest = x[row];
    for (let i = row + 1; i < end; i++) if (x[i] > largest) largest = x[i];
    let sum = 0;
    for (let i = row; i < end; i++) sum += Math.exp(x[i] - largest);
    const log = Math.log(sum);
    for (let i = row; i < end; i++) out[i] = x[i] - largest - log;
  }
}

/** See `Kernels.logSoftmaxBackward`. */
export function logSoftmaxBackward(
  n: number,
  c: number,
  dout: FloatArray,
  out: FloatArray,
  dx: FloatArray,
): void {
  specialize(logSoftmaxSlope, `${out.BYTES_PER_ELEMENT}`)(n * c, c, dout, out, dx);
}

function logSoftmaxSlope(
  size: number,
  c: number,
  dout: FloatArray,
  out: FloatArray,
  dx: FloatArray,
): void {
  for (let row = 0; row < size; row += c) {
    const end = row + c;
    let sum = 0;
    for (let i = row; i < end; i++) sum += dout[i];
    for (let i = row; i < end; i++) dx[i] = dout[i] - Math.exp(out[i]) * sum;
  }
}
