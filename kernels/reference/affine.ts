/**
 * The affine layer: product, bias and ReLU in one call, and the sum over rows that is the gradient
 * of the bias.
 *
 * @module
 */
import type { FloatArray } from "../types.ts";
import { gemm } from "./gemm.ts";

/** Contracts of the affine layer. */
export const affineContracts = {
  /** `out = x·w + b`, then `max(0, ·)` if `relu`: x (n, d), w (d, m), b (m), out (n, m). */
  affine: [
    "n: size",
    "d: size",
    "m: size",
    "x: in float[n*d]",
    "w: in float[d*m]",
    "b: in float[m]",
    "relu: flag",
    "out: out float[n*m]",
  ],

  /** `out[j] = Σ_i x[i, j]`: x (n, m), out (m). */
  sumRows: ["n: size", "m: size", "x: in float[n*m]", "out: out float[m]"],
} as const;

/** `out = x·w + b`, then ReLU if asked, see `Kernels.affine`. */
export function affine(
  n: number,
  d: number,
  m: number,
  x: FloatArray,
  w: FloatArray,
  b: FloatArray,
  relu: boolean,
  out: FloatArray,
): void {
  gemm(false, false, n, m, d, x, w, 0, out);
  for (let i = 0; i < n; i++) {
    const row = i * m;
    for (let j = 0; j < m; j++) {
      const value = out[row + j] + b[j];
      out[row + j] = relu && value <= 0 ? 0 : value;
    }
  }
}

/** Sums held in float64 while the rows go by, so that many rows lose nothing. */
let sums = new Float64Array(0);

/** `out[j] = Σ_i x[i, j]`, see `Kernels.sumRows`. */
export function sumRows(n: number, m: number, x: FloatArray, out: FloatArray): void {
  if (sums.length < m) sums = new Float64Array(m);
  sums.fill(0, 0, m);
  for (let i = 0; i < n; i++) {
    const row = i * m;
    for (let j = 0; j < m; j++) sums[j] += x[row + j];
  }
  for (let j = 0; j < m; j++) out[j] = sums[j];
}
