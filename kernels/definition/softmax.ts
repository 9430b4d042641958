/**
 * What softmax and its gradient compute.
 *
 * @module
 */
import type { Kernels } from "../types.ts";
import { range } from "./numbers.ts";

const sum = (values: readonly number[]): number => values.reduce((total, x) => total + x, 0);

/** The positions of each row. */
const rows = (n: number, c: number): number[][] =>
  range(n).map((i) => range(c).map((j) => i * c + j));

/** What softmax and its gradient compute. */
export const softmax = {
  softmaxForward(n, c, x, out) {
    for (const row of rows(n, c)) {
      const largest = Math.max(...row.map((p) => x[p]));
      const exponentials = row.map((p) => Math.exp(x[p] - largest));
      const total = sum(exponentials);
      row.forEach((p, j) => out[p] = exponentials[j] / total);
    }
  },

  softmaxBackward(n, c, dout, out, dx) {
    for (const row of rows(n, c)) {
      for (const p of row) {
        // Through the whole Jacobian, ∂out_q/∂x_p = out_q·([p = q] - out_p).
        dx[p] = sum(row.map((q) => dout[q] * out[q] * ((p === q ? 1 : 0) - out[p])));
      }
    }
  },

  logSoftmaxForward(n, c, x, out) {
    for (const row of rows(n, c)) {
      const largest = Math.max(...row.map((p) => x[p]));
      const log = Math.log(sum(row.map((p) => Math.exp(x[p] - largest))));
      for (const p of row) out[p] = x[p] - largest - log;
    }
  },

  logSoftmaxBackward(n, c, dout, out, dx) {
    for (const row of rows(n, c)) {
      for (const p of row) {
        // ∂out_q/∂x_p = [p = q] - exp(out_p).
        dx[p] = sum(row.map((q) => dout[q] * ((p === q ? 1 : 0) - Math.exp(out[p]))));
      }
    }
  },
} satisfies Partial<Kernels>;
