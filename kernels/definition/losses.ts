/**
 * What the losses compute.
 *
 * @module
 */
import type { Kernels } from "../types.ts";

/** What the losses compute. */
export const losses = {
  softmaxLoss(n, c, x, y, dx) {
    let loss = 0;
    for (let i = 0; i < n; i++) {
      const row = Array.from(x.subarray(i * c, (i + 1) * c));
      const max = Math.max(...row);
      const sum = row.reduce((total, value) => total + Math.exp(value - max), 0);
      loss -= row[y[i]] - max - Math.log(sum);
      row.forEach((value, j) => {
        dx[i * c + j] = (Math.exp(value - max) / sum - (j === y[i] ? 1 : 0)) / n;
      });
    }
    return n === 0 ? 0 : loss / n;
  },

  svmLoss(n, c, x, y, dx) {
    let loss = 0;
    dx.fill(0);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < c; j++) {
        const margin = x[i * c + j] - x[i * c + y[i]] + 1;
        if (j === y[i] || margin <= 0) continue;
        loss += margin;
        dx[i * c + j] += 1 / n;
        dx[i * c + y[i]] -= 1 / n;
      }
    }
    return n === 0 ? 0 : loss / n;
  },
} satisfies Partial<Kernels>;
