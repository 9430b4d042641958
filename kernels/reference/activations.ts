/**
 * Activations and softmax over rows, each with its gradient.
 *
 * @module
 */
import { erfc } from "../../internal/erf.ts";
import { specialize } from "../../internal/specialize.ts";
import type { FloatArray } from "../types.ts";

/** Contracts of the activations. */
export const activationContracts = {
  /** `out = tanh x`. */
  tanhForward: ["n = x.length", "x: in float[n]", "out: out float[n] may be x"],

  /** `dx = dout · (1 - out²)`, from the output. */
  tanhBackward: [
    "n = dout.length",
    "dout: in float[n]",
    "out: in float[n]",
    "dx: out float[n] may be dout",
  ],

  /** `out = 1 / (1 + e⁻ˣ)`. */
  sigmoidForward: ["n = x.length", "x: in float[n]", "out: out float[n] may be x"],

  /** `dx = dout · out · (1 - out)`, from the output. */
  sigmoidBackward: [
    "n = dout.length",
    "dout: in float[n]",
    "out: in float[n]",
    "dx: out float[n] may be dout",
  ],

  /** `out = x · Φ(x)`, Φ the normal distribution, exactly: `Φ(x) = erfc(-x / √2) / 2`. */
  geluForward: ["n = x.length", "x: in float[n]", "out: out float[n] may be x"],

  /** `dx = dout · (Φ(x) + x · φ(x))`, φ the density. */
  geluBackward: [
    "n = dout.length",
    "dout: in float[n]",
    "x: in float[n]",
    "dx: out float[n] may be dout",
  ],

  /** `out = x where x > 0, else alpha · x`. */
  leakyReluForward: [
    "n = x.length",
    "alpha: number",
    "x: in float[n]",
    "out: out float[n] may be x",
  ],

  /** `dx = dout where x > 0, else alpha · dout`. */
  leakyReluBackward: [
    "n = dout.length",
    "alpha: number",
    "dout: in float[n]",
    "x: in float[n]",
    "dx: out float[n] may be dout",
  ],

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

function map(f: (x: number) => number, x: FloatArray, out: FloatArray): void {
  for (let i = 0; i < out.length; i++) out[i] = f(x[i]);
}

function mapTwo(
  f: (dout: number, x: number) => number,
  dout: FloatArray,
  x: FloatArray,
  dx: FloatArray,
): void {
  for (let i = 0; i < dx.length; i++) dx[i] = f(dout[i], x[i]);
}

/** Applies a function of one number, whose name it is known by. */
function apply(name: string, f: (x: number) => number, x: FloatArray, out: FloatArray): void {
  specialize(map, `${name} ${x.BYTES_PER_ELEMENT}`)(f, x, out);
}

/** Applies a function of the upstream gradient and a number. */
function applyTwo(
  name: string,
  f: (dout: number, x: number) => number,
  dout: FloatArray,
  x: FloatArray,
  dx: FloatArray,
): void {
  specialize(mapTwo, `${name} ${x.BYTES_PER_ELEMENT}`)(f, dout, x, dx);
}

/** See `Kernels.tanhForward`. */
export function tanhForward(x: FloatArray, out: FloatArray): void {
  apply("tanh", Math.tanh, x, out);
}

const tanhSlope = (dout: number, out: number) => dout * (1 - out * out);

/** See `Kernels.tanhBackward`. */
export function tanhBackward(dout: FloatArray, out: FloatArray, dx: FloatArray): void {
  applyTwo("tanh", tanhSlope, dout, out, dx);
}

/** By an exponential that cannot overflow. */
function sigmoid(x: number): number {
  const small = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : small) / (1 + small);
}

/** See `Kernels.sigmoidForward`. */
export function sigmoidForward(x: FloatArray, out: FloatArray): void {
  apply("sigmoid", sigmoid, x, out);
}

const sigmoidSlope = (dout: number, out: number) => dout * out * (1 - out);

/** See `Kernels.sigmoidBackward`. */
export function sigmoidBackward(dout: FloatArray, out: FloatArray, dx: FloatArray): void {
  applyTwo("sigmoid", sigmoidSlope, dout, out, dx);
}

/** `Φ(x)`. */
function normal(x: number): number {
  return 0.5 * erfc(-x * Math.SQRT1_2);
}

/** `x·Φ(x)`, and its limit at -∞. */
function gelu(x: number): number {
  const share = normal(x);
  return share === 0 ? 0 : x * share;
}

/** See `Kernels.geluForward`. */
export function geluForward(x: FloatArray, out: FloatArray): void {
  apply("gelu", gelu, x, out);
}

const densityAtZero = 1 / Math.sqrt(2 * Math.PI);

/** `dout·(Φ(x) + x·φ(x))`, and the limits at ±∞. */
function geluSlope(dout: number, x: number): number {
  const density = densityAtZero * Math.exp(-0.5 * x * x);
  return dout * (density === 0 ? normal(x) : normal(x) + x * density);
}

/** See `Kernels.geluBackward`. */
export function geluBackward(dout: FloatArray, x: FloatArray, dx: FloatArray): void {
  applyTwo("gelu", geluSlope, dout, x, dx);
}

function leakyRelu(alpha: number, x: FloatArray, out: FloatArray): void {
  for (let i = 0; i < out.length; i++) out[i] = x[i] > 0 ? x[i] : alpha * x[i];
}

/** See `Kernels.leakyReluForward`. */
export function leakyReluForward(alpha: number, x: FloatArray, out: FloatArray): void {
  specialize(leakyRelu, `${x.BYTES_PER_ELEMENT}`)(alpha, x, out);
}

function leakySlope(alpha: number, dout: FloatArray, x: FloatArray, dx: FloatArray): void {
  for (let i = 0; i < dx.length; i++) dx[i] = x[i] > 0 ? dout[i] : alpha * dout[i];
}

/** See `Kernels.leakyReluBackward`. */
export function leakyReluBackward(
  alpha: number,
  dout: FloatArray,
  x: FloatArray,
  dx: FloatArray,
): void {
  specialize(leakySlope, `${x.BYTES_PER_ELEMENT}`)(alpha, dout, x, dx);
}

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
