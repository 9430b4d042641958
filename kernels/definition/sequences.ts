/**
 * What embeddings and an LSTM compute.
 *
 * @module
 */
import type { FloatArray, Kernels } from "../types.ts";
import { range } from "./numbers.ts";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** What embeddings and an LSTM compute. */
export const sequences = {
  embeddingForward(_n, _v, d, x, w, out) {
    x.forEach((index, i) => {
      for (let j = 0; j < d; j++) out[i * d + j] = w[index * d + j];
    });
  },

  embeddingBackward(_n, _v, d, x, dout, dw) {
    dw.fill(0);
    x.forEach((index, i) => {
      for (let j = 0; j < d; j++) dw[index * d + j] += dout[i * d + j];
    });
  },

  lstmForward(t, n, h, wh, h0, c0, gates, cells, tanhC, states) {
    for (let at = 0; at < t * n * h; at++) {
      const [row, j] = [Math.floor(at / h), at % h];
      const before = (all: FloatArray, first: FloatArray, unit: number) =>
        row < n ? first[row * h + unit] : all[(row - n) * h + unit];
      const sums = [0, 1, 2, 3].map((gate) => {
        const column = gate * h + j;
        return range(h).reduce(
          (sum, unit) => sum + before(states, h0, unit) * wh[unit * 4 * h + column],
          gates[row * 4 * h + column],
        );
      });
      const [i, f, o] = sums.slice(0, 3).map(sigmoid);
      const g = Math.tanh(sums[3]);
      [i, f, o, g].forEach((value, gate) => gates[(row * 4 + gate) * h + j] = value);
      cells[at] = f * before(cells, c0, j) + i * g;
      tanhC[at] = Math.tanh(cells[at]);
      states[at] = o * tanhC[at];
    }
  },

  lstmBackward(t, n, h, wh, gates, c0, cells, tanhC, dh, dc, da, dh0) {
    // The gradient of a unit of a row's state, through the sums of the step after it.
    const through = (row: number, unit: number) =>
      range(4 * h).reduce((sum, k) => sum + da[row * 4 * h + k] * wh[unit * 4 * h + k], 0);
    for (let at = t * n * h - 1; at >= 0; at--) {
      const [row, j] = [Math.floor(at / h), at % h];
      const [i, f, o, g] = [0, 1, 2, 3].map((gate) => (4 * row + gate) * h + j);
      if (row + n < t * n) dh[at] += through(row + n, j);
      const unit = (row % n) * h + j;
      const u = dc[unit] + dh[at] * gates[o] * (1 - tanhC[at] ** 2);
      const prevC = row < n ? c0[unit] : cells[at - n * h];
      da[i] = u * gates[g] * gates[i] * (1 - gates[i]);
      da[f] = u * prevC * gates[f] * (1 - gates[f]);
      da[o] = dh[at] * tanhC[at] * gates[o] * (1 - gates[o]);
      da[g] = u * gates[i] * (1 - gates[g] ** 2);
      dc[unit] = u * gates[f];
    }
    dh0?.forEach((_, at) => dh0[at] = t === 0 ? 0 : through(Math.floor(at / h), at % h));
  },
} satisfies Partial<Kernels>;
