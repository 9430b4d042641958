/**
 * Update steps, in place on the parameters and on what the rule remembers.
 *
 * They are computed in float64 and stored in the element type. A mean square that float32 does not
 * hold is infinite, in the step that makes it so as in those after: its weight stays where it is.
 *
 * @module
 */
import type { FloatArray } from "../types.ts";

/** Contracts of the update steps. */
export const updateContracts = {
  /** `w -= learningRate · dw`. */
  sgdStep: ["n = w.length", "w: inout float[n]", "dw: in float[n]", "learningRate: number"],

  /** `v = momentum·v - learningRate·dw; w += v`. */
  momentumStep: [
    "n = w.length",
    "w: inout float[n]",
    "dw: in float[n]",
    "v: inout float[n]",
    "learningRate: number",
    "momentum: number",
  ],

  /** `p = v; v = momentum·v - learningRate·dw; w += -momentum·p + (1 + momentum)·v`. */
  nesterovStep: [
    "n = w.length",
    "w: inout float[n]",
    "dw: in float[n]",
    "v: inout float[n]",
    "learningRate: number",
    "momentum: number",
  ],

  /**
   * `cache = decayRate·cache + (1 - decayRate)·dw²`,
   * `w -= learningRate·dw / (sqrt(cache) + epsilon)`.
   */
  rmspropStep: [
    "n = w.length",
    "w: inout float[n]",
    "dw: in float[n]",
    "cache: inout float[n]",
    "learningRate: number",
    "decayRate: number",
    "epsilon: number",
  ],

  /**
   * Adam; `t` is the number of the step, 1 for the first:
   * `m = beta1·m + (1 - beta1)·dw; v = beta2·v + (1 - beta2)·dw²`,
   * `w -= learningRate · (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)`.
   */
  adamStep: [
    "n = w.length",
    "w: inout float[n]",
    "dw: in float[n]",
    "m: inout float[n]",
    "v: inout float[n]",
    "learningRate: number",
    "beta1: number",
    "beta2: number",
    "epsilon: number",
    "t: number",
  ],
} as const;

/** Gradient descent, see `Kernels.sgdStep`. */
export function sgdStep(w: FloatArray, dw: FloatArray, learningRate: number): void {
  const length = w.length;
  for (let i = 0; i < length; i++) w[i] -= learningRate * dw[i];
}

/** Gradient descent with momentum, see `Kernels.momentumStep`. */
export function momentumStep(
  w: FloatArray,
  dw: FloatArray,
  v: FloatArray,
  learningRate: number,
  momentum: number,
): void {
  const length = w.length;
  for (let i = 0; i < length; i++) {
    const velocity = momentum * v[i] - learningRate * dw[i];
    v[i] = velocity;
    w[i] += velocity;
  }
}

/** Nesterov's momentum, see `Kernels.nesterovStep`. */
export function nesterovStep(
  w: FloatArray,
  dw: FloatArray,
  v: FloatArray,
  learningRate: number,
  momentum: number,
): void {
  const length = w.length;
  for (let i = 0; i < length; i++) {
    const previous = v[i];
    const velocity = momentum * previous - learningRate * dw[i];
    v[i] = velocity;
    w[i] += (1 + momentum) * velocity - momentum * previous;
  }
}

/** RMSProp, see `Kernels.rmspropStep`. */
export function rmspropStep(
  w: FloatArray,
  dw: FloatArray,
  cache: FloatArray,
  learningRate: number,
  decayRate: number,
  epsilon: number,
): void {
  const length = w.length;
  for (let i = 0; i < length; i++) {
    const gradient = dw[i];
    const average = decayRate * cache[i] + (1 - decayRate) * gradient * gradient;
    cache[i] = average;
    const held = cache[i] === Infinity ? Infinity : average;
    w[i] -= learningRate * gradient / (Math.sqrt(held) + epsilon);
  }
}

/** Adam, see `Kernels.adamStep`. */
export function adamStep(
  w: FloatArray,
  dw: FloatArray,
  m: FloatArray,
  v: FloatArray,
  learningRate: number,
  beta1: number,
  beta2: number,
  epsilon: number,
  t: number,
): void {
  const length = w.length;
  const step = learningRate / (1 - Math.pow(beta1, t));
  const correction = 1 / (1 - Math.pow(beta2, t));
  for (let i = 0; i < length; i++) {
    const gradient = dw[i];
    const first = beta1 * m[i] + (1 - beta1) * gradient;
    const second = beta2 * v[i] + (1 - beta2) * gradient * gradient;
    m[i] = first;
    v[i] = second;
    const held = v[i] === Infinity ? Infinity : second;
    w[i] -= step * first / (Math.sqrt(held * correction) + epsilon);
  }
}
