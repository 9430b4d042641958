/**
 * Matrix products.
 *
 * @module
 */
import type { FloatArray } from "../types.ts";

/** `C = op(A)·op(B) + beta·C` on dense matrices, see `Kernels.gemm`. */
export function gemm(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: FloatArray,
  b: FloatArray,
  beta: 0 | 1,
  c: FloatArray,
): void {
  gemmStrided(
    transA,
    transB,
    m,
    n,
    k,
    a,
    0,
    transA ? m : k,
    b,
    0,
    transB ? k : n,
    beta,
    c,
    0,
    n,
  );
}

/**
 * The same on matrices inside larger ones: each has the offset of its first element and the
 * distance between its rows.
 */
export function gemmStrided(
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: FloatArray,
  aOffset: number,
  aStride: number,
  b: FloatArray,
  bOffset: number,
  bStride: number,
  beta: 0 | 1,
  c: FloatArray,
  cOffset: number,
  cStride: number,
): void {
  const aRow = transA ? 1 : aStride;
  const aColumn = transA ? aStride : 1;
  const bRow = transB ? 1 : bStride;
  const bColumn = transB ? bStride : 1;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = beta === 1 ? c[cOffset + i * cStride + j] : 0;
      for (let p = 0; p < k; p++) {
        sum += a[aOffset + i * aRow + p * aColumn] * b[bOffset + p * bRow + j * bColumn];
      }
      c[cOffset + i * cStride + j] = sum;
    }
  }
}
