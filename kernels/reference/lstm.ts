/**
 * An LSTM over sequences, made of the products of a table and of the cell of one step.
 *
 * @module
 */
import { specialize } from "../../internal/specialize.ts";
import type { FloatArray, Kernels } from "../types.ts";

/** What one step of an LSTM does besides its product. */
export interface Cell {
  /** Turns the sums into gates and writes the states. */
  readonly forward: typeof cellForward;
  /** Its gradient: takes `dc` from after the step to before it, and writes that of the sums. */
  readonly backward: typeof cellBackward;
}

/** Makes an LSTM of products and of a cell. */
export function composedLstm(
  table: Pick<Kernels, "gemm">,
  cell: Cell = { forward: cellForward, backward: cellBackward },
): Pick<Kernels, "lstmForward" | "lstmBackward"> {
  return {
    lstmForward(t, n, h, wh, h0, c0, gates, cells, tanhC, states) {
      const step = n * h;
      let [prevH, prevC] = [h0, c0];
      for (let i = 0; i < t; i++) {
        const sums = stepOf(gates, i, 4 * step);
        const [c, tanh, next] = [cells, tanhC, states].map((all) => stepOf(all, i, step));
        table.gemm(false, false, n, 4 * h, h, prevH, wh, 1, sums);
        cell.forward(n, h, sums, prevC, c, tanh, next);
        [prevH, prevC] = [next, c];
      }
    },

    lstmBackward(t, n, h, wh, gates, c0, cells, tanhC, dh, dc, da, dh0) {
      const step = n * h;
      for (let i = t - 1; i >= 0; i--) {
        const [current, slopes] = [stepOf(dh, i, step), stepOf(da, i, 4 * step)];
        if (i + 1 < t) {
          table.gemm(false, true, n, h, 4 * h, stepOf(da, i + 1, 4 * step), wh, 1, current);
        }
        const prevC = i === 0 ? c0 : stepOf(cells, i - 1, step);
        const open = stepOf(gates, i, 4 * step);
        cell.backward(n, h, open, prevC, stepOf(tanhC, i, step), current, dc, slopes);
      }
      if (dh0 === null) return;
      if (t === 0) dh0.fill(0, 0, step);
      else table.gemm(false, true, n, h, 4 * h, stepOf(da, 0, 4 * step), wh, 0, dh0);
    },
  };
}

/** Step `i` of all, `size` elements, without a copy. */
function stepOf(all: FloatArray, i: number, size: number): FloatArray {
  return all.subarray(i * size, (i + 1) * size);
}

/** The cell of one step for `n` examples, from their sums. */
export function cellForward(
  n: number,
  h: number,
  gates: FloatArray,
  prevC: FloatArray,
  nextC: FloatArray,
  tanhC: FloatArray,
  nextH: FloatArray,
): void {
  specialize(cell, `${gates.BYTES_PER_ELEMENT}`)(n * h, h, gates, prevC, nextC, tanhC, nextH);
}

function cell(
  size: number,
  h: number,
  gates: FloatArray,
  prevC: FloatArray,
  nextC: FloatArray,
  tanhC: FloatArray,
  nextH: FloatArray,
): void {
  for (let at = 0, input = 0; at < size; input += 3 * h) {
    for (const end = at + h; at < end; at++, input++) {
      const [forget, output, candidate] = [input + h, input + 2 * h, input + 3 * h];
      const i = 1 / (1 + Math.exp(-gates[input]));
      const f = 1 / (1 + Math.exp(-gates[forget]));
      const o = 1 / (1 + Math.exp(-gates[output]));
      const g = Math.tanh(gates[candidate]);
      const c = f * prevC[at] + i * g;
      const t = Math.tanh(c);
      gates[input] = i;
      gates[forget] = f;
      gates[output] = o;
      gates[candidate] = g;
      nextC[at] = c;
      tanhC[at] = t;
      nextH[at] = o * t;
    }
  }
}

/** Its gradient. */
export function cellBackward(
  n: number,
  h: number,
  gates: FloatArray,
  prevC: FloatArray,
  tanhC: FloatArray,
  dnextH: FloatArray,
  dc: FloatArray,
  da: FloatArray,
): void {
  specialize(cellSlopes, `${gates.BYTES_PER_ELEMENT}`)(
    n * h,
    h,
    gates,
    prevC,
    tanhC,
    dnextH,
    dc,
    da,
  );
}

function cellSlopes(
  size: number,
  h: number,
  gates: FloatArray,
  prevC: FloatArray,
  tanhC: FloatArray,
  dnextH: FloatArray,
  dc: FloatArray,
  da: FloatArray,
): void {
  for (let at = 0, input = 0; at < size; input += 3 * h) {
    for (const end = at + h; at < end; at++, input++) {
      const [forget, output, candidate] = [input + h, input + 2 * h, input + 3 * h];
      const [i, f, o, g] = [gates[input], gates[forget], gates[output], gates[candidate]];
      const [d, t] = [dnextH[at], tanhC[at]];
      const dcell = dc[at] + d * o * (1 - t * t);
      da[input] = dcell * g * i * (1 - i);
      da[forget] = dcell * prevC[at] * f * (1 - f);
      da[output] = d * t * o * (1 - o);
      da[candidate] = dcell * i * (1 - g * g);
      dc[at] = dcell * f;
    }
  }
}
