/**
 * What the matrix products compute.
 *
 * @module
 */
import type { Kernels } from "../types.ts";

/** What the matrix products compute. */
export const products = {
  gemm(transA, transB, m, n, k, a, b, beta, c) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = beta === 1 ? c[i * n + j] : 0;
        for (let p = 0; p < k; p++) {
          sum += a[transA ? p * m + i : i * k + p] * b[transB ? j * k + p : p * n + j];
        }
        c[i * n + j] = sum;
      }
    }
  },

  gemmBatched(transA, transB, planes, planesA, planesB, m, n, k, a, b, beta, c) {
    for (let plane = 0; plane < planes; plane++) {
      const left = a.subarray(plane % planesA * m * k);
      const right = b.subarray(plane % planesB * k * n);
      products.gemm(transA, transB, m, n, k, left, right, beta, c.subarray(plane * m * n));
    }
  },

  affine(n, d, m, x, w, b, relu, out) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) {
        let sum = b[j];
        for (let p = 0; p < d; p++) sum += x[i * d + p] * w[p * m + j];
        out[i * m + j] = relu ? Math.max(0, sum) : sum;
      }
    }
  },

  sumRows(n, m, x, out) {
    out.fill(0);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < m; j++) out[j] += x[i * m + j];
    }
  },
} satisfies Partial<Kernels>;
