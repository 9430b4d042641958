/**
 * Matrix products: blocked and packed, or straight loops where packing would cost more than it
 * brings. All sums are float64; float32 results are rounded once per block of the inner dimension.
 *
 * @module
 */
import type { FloatArray } from "../types.ts";
import {
  BLOCK_COLUMNS,
  BLOCK_DEPTH,
  BLOCK_ROWS,
  multiplyPanel,
  packColumns,
  packRows,
} from "./_panels.ts";

/** Contracts of the matrix product. */
export const gemmContracts = {
  /**
   * `C = op(A)·op(B) + beta·C`, with op(A) (m, k), op(B) (k, n), C (m, n). `A` is stored (m, k),
   * or (k, m) if `transA`; `B` is stored (k, n), or (n, k) if `transB`. With `beta` 0 the old C is
   * not read. With k = 0 the product is zero.
   */
  gemm: [
    "transA: flag",
    "transB: flag",
    "m: size",
    "n: size",
    "k: size",
    "a: in float[m*k]",
    "b: in float[k*n]",
    "beta: bit",
    "c: inout float[m*n]",
  ],

  /**
   * `gemm` for each of some planes: `C_i = op(A_i)·op(B_i) + beta·C_i`, where A and B begin again
   * after their last plane: product i is of the planes `i mod planesA` and `i mod planesB`.
   */
  gemmBatched: [
    "transA: flag",
    "transB: flag",
    "planes: size",
    "planesA: size",
    "planesB: size",
    "m: size",
    "n: size",
    "k: size",
    "a: in float[planesA*m*k]",
    "b: in float[planesB*k*n]",
    "beta: bit",
    "c: inout float[planes*m*n]",
  ],
} as const;

/** A matrix inside an array: element (i, j) is `data[offset + i·rowStep + j·columnStep]`. */
export interface MatrixView {
  readonly data: FloatArray;
  readonly offset: number;
  readonly rowStep: number;
  readonly columnStep: number;
}

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
  multiply(
    m,
    n,
    k,
    { data: a, offset: 0, rowStep: transA ? 1 : k, columnStep: transA ? m : 1 },
    { data: b, offset: 0, rowStep: transB ? 1 : n, columnStep: transB ? k : 1 },
    beta,
    { data: c, offset: 0, rowStep: n, columnStep: 1 },
  );
}

/**
 * The same on views: A (m, k), B (k, n), C (m, n). A transposed view has its steps swapped; the
 * `columnStep` of C must be 1.
 */
export function multiply(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  beta: 0 | 1,
  c: MatrixView,
): void {
  if (m === 1 || n === 1 || k < 4 || m * n * k < 300) {
    if (b.columnStep === 1 && n >= 8) multiplyByRows(m, n, k, a, b, beta, c);
    else multiplyByDots(m, n, k, a, b, beta, c);
    return;
  }
  if (beta === 0) {
    for (let i = 0; i < m; i++) {
      const start = c.offset + i * c.rowStep;
      c.data.fill(0, start, start + n);
    }
  }
  // Blocks of equal depth, rather than full ones and a thin rest.
  const blockDepth = Math.ceil(k / Math.ceil(k / BLOCK_DEPTH));
  for (let p = 0; p < k; p += blockDepth) {
    const depth = Math.min(blockDepth, k - p);
    for (let j = 0; j < n; j += BLOCK_COLUMNS) {
      const columns = Math.min(BLOCK_COLUMNS, n - j);
      const bStart = b.offset + p * b.rowStep + j * b.columnStep;
      packColumns(b.data, bStart, b.columnStep, b.rowStep, columns, depth);
      for (let i = 0; i < m; i += BLOCK_ROWS) {
        const rows = Math.min(BLOCK_ROWS, m - i);
        const aStart = a.offset + i * a.rowStep + p * a.columnStep;
        packRows(a.data, aStart, a.rowStep, a.columnStep, rows, depth);
        const cStart = c.offset + i * c.rowStep + j;
        for (let t = 0; t < columns; t += 2) {
          multiplyPanel(
            rows,
            Math.min(2, columns - t),
            depth,
            t / 2,
            c.data,
            cStart + t,
            c.rowStep,
          );
        }
      }
    }
  }
}

/** One row of sums, in float64. */
let sums = new Float64Array(64);

/** Every row of C is the sum of the rows of B, weighted by a row of A. */
function multiplyByRows(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  beta: 0 | 1,
  c: MatrixView,
): void {
  if (sums.length < n) sums = new Float64Array(n);
  const row = sums;
  const from = b.data;
  const to = c.data;
  for (let i = 0; i < m; i++) {
    const start = c.offset + i * c.rowStep;
    for (let j = 0; j < n; j++) row[j] = beta === 0 ? 0 : to[start + j];
    for (let p = 0; p < k; p++) {
      const weight = a.data[a.offset + i * a.rowStep + p * a.columnStep];
      const bStart = b.offset + p * b.rowStep;
      for (let j = 0; j < n; j++) row[j] += weight * from[bStart + j];
    }
    for (let j = 0; j < n; j++) to[start + j] = row[j];
  }
}

/** Every element of C is the dot product of a row of A and a column of B. */
function multiplyByDots(
  m: number,
  n: number,
  k: number,
  a: MatrixView,
  b: MatrixView,
  beta: 0 | 1,
  c: MatrixView,
): void {
  const left = a.data;
  const right = b.data;
  const { columnStep } = a;
  const { rowStep } = b;
  for (let i = 0; i < m; i++) {
    const aStart = a.offset + i * a.rowStep;
    const cStart = c.offset + i * c.rowStep;
    for (let j = 0; j < n; j++) {
      let q = b.offset + j * b.columnStep;
      let sum = beta === 0 ? 0 : c.data[cStart + j];
      const end = aStart + k * columnStep;
      for (let p = aStart; p < end; p += columnStep) {
        sum += left[p] * right[q];
        q += rowStep;
      }
      c.data[cStart + j] = sum;
    }
  }
}
