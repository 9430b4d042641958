/**
 * Entries that are made of other entries of a table, until something faster is worth it. They call
 * the table that they belong to, and so are as fast as what they are made of.
 *
 * @module
 */
import type { Kernels } from "../types.ts";

/**
 * Makes the composed entries of a table.
 *
 * @param table Whose other entries they call
 */
export function composed(table: Pick<Kernels, "gemm">): Pick<Kernels, "gemmBatched"> {
  return {
    gemmBatched(transA, transB, planes, planesA, planesB, m, n, k, a, b, beta, c) {
      for (let i = 0; i < planes; i++) {
        const [atA, atB, atC] = [i % planesA * m * k, i % planesB * k * n, i * m * n];
        const left = a.subarray(atA, atA + m * k);
        const right = b.subarray(atB, atB + k * n);
        table.gemm(transA, transB, m, n, k, left, right, beta, c.subarray(atC, atC + m * n));
      }
    },
  };
}
