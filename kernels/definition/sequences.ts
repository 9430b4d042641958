/**
 * What embeddings and the cell of an LSTM compute.
 *
 * @module
 */
import type { Kernels } from "../types.ts";

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** What embeddings and the cell of an LSTM compute. */
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

  lstmForward(n, h, gates, prevC, nextC, tanhC, nextH) {
    for (let at = 0; at < n * h; at++) {
      const [i, f, o, g] = [0, 1, 2, 3].map((gate) => (4 * Math.floor(at / h) + gate) * h + at % h);
      for (const gate of [i, f, o]) gates[gate] = sigmoid(gates[gate]);
      gates[g] = Math.tanh(gates[g]);
      nextC[at] = gates[f] * prevC[at] + gates[i] * gates[g];
      tanhC[at] = Math.tanh(nextC[at]);
      nextH[at] = gates[o] * tanhC[at];
    }
  },

  lstmBackward(n, h, gates, prevC, tanhC, dnextH, dc, da) {
    for (let at = 0; at < n * h; at++) {
      const [i, f, o, g] = [0, 1, 2, 3].map((gate) => (4 * Math.floor(at / h) + gate) * h + at % h);
      const u = dc[at] + dnextH[at] * gates[o] * (1 - tanhC[at] ** 2);
      da[i] = u * gates[g] * gates[i] * (1 - gates[i]);
      da[f] = u * prevC[at] * gates[f] * (1 - gates[f]);
      da[o] = dnextH[at] * tanhC[at] * gates[o] * (1 - gates[o]);
      da[g] = u * gates[i] * (1 - gates[g] ** 2);
      dc[at] = u * gates[f];
    }
  },
} satisfies Partial<Kernels>;
