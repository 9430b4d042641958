/**
 * Kernels that treat every element alike.
 *
 * @module
 */
import type { FloatArray } from "../types.ts";

/** Contracts of the elementwise kernels. */
export const elementwiseContracts = {
  /** `out = max(0, x)`; NaN stays NaN. */
  reluForward: ["n = x.length", "x: in float[n]", "out: out float[n] may be x"],

  /** `dx = dout where x > 0, else 0`; `x` may equally be the output of ReLU. */
  reluBackward: [
    "n = x.length",
    "dout: in float[n]",
    "x: in float[n]",
    "dx: out float[n] may be dout",
  ],

  /** `out = x · scale where mask is 1, else 0`: dropout, both ways. */
  maskScale: [
    "n = x.length",
    "x: in float[n]",
    "mask: in uint8[n]",
    "scale: number",
    "out: out float[n] may be x",
  ],

  /** `y += alpha · x`. */
  addScaled: ["n = x.length", "alpha: number", "x: in float[n]", "y: inout float[n]"],

  /** `x *= factor`. */
  scale: ["n = x.length", "factor: number", "x: inout float[n]"],

  /** `Σ x²`, accumulated in float64 (or as accurately). */
  sumSquares: ["n = x.length", "x: in float[n]", "returns number"],
} as const;

/** `out = max(0, x)`, see `Kernels.reluForward`. */
export function reluForward(x: FloatArray, out: FloatArray): void {
  const length = x.length;
  for (let i = 0; i < length; i++) {
    const value = x[i];
    // Not `value > 0 ? value : 0`, which would turn NaN into 0.
    out[i] = value <= 0 ? 0 : value;
  }
}

/** `dx = dout` where `x > 0`, see `Kernels.reluBackward`. */
export function reluBackward(dout: FloatArray, x: FloatArray, dx: FloatArray): void {
  const length = x.length;
  for (let i = 0; i < length; i++) dx[i] = x[i] > 0 ? dout[i] : 0;
}

/** `out = x · scale` where `mask` is 1, see `Kernels.maskScale`. */
export function maskScale(
  x: FloatArray,
  mask: Uint8Array,
  scale: number,
  out: FloatArray,
): void {
  const length = x.length;
  for (let i = 0; i < length; i++) out[i] = mask[i] === 1 ? x[i] * scale : 0;
}

/** `y += alpha · x`, see `Kernels.addScaled`. */
export function addScaled(alpha: number, x: FloatArray, y: FloatArray): void {
  const length = x.length;
  for (let i = 0; i < length; i++) y[i] += alpha * x[i];
}

/** Multiplies in place, see `Kernels.scale`. */
export function scale(factor: number, x: FloatArray): void {
  const { length } = x;
  for (let i = 0; i < length; i++) x[i] *= factor;
}

/** Terms summed before their sum is added to the total: sums of sums lose fewer digits. */
const BLOCK = 1024;

/** `Σ x²`, see `Kernels.sumSquares`. */
export function sumSquares(x: FloatArray): number {
  const length = x.length;
  let total = 0;
  for (let start = 0; start < length; start += BLOCK) {
    const end = Math.min(start + BLOCK, length);
    let sum = 0;
    for (let i = start; i < end; i++) sum += x[i] * x[i];
    total += sum;
  }
  return total;
}
