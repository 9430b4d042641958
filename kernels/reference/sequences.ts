/**
 * What sequences need: rows of a table by index, and the cell of an LSTM.
 *
 * @module
 */
import { specialize } from "../../internal/specialize.ts";
import type { FloatArray } from "../types.ts";

/** Contracts of the kernels on sequences. */
export const sequenceContracts = {
  /** `out[i] = w[x[i]]`: rows of w (v, d) by the n indices x, each from 0 to v - 1. */
  embeddingForward: [
    "n: size",
    "v: size",
    "d: size",
    "x: in int32[n]",
    "w: in float[v*d]",
    "out: out float[n*d]",
  ],

  /** `dw[j] = Σ dout[i]` over all i with `x[i] = j`. */
  embeddingBackward: [
    "n: size",
    "v: size",
    "d: size",
    "x: in int32[n]",
    "dout: in float[n*d]",
    "dw: out float[v*d]",
  ],

  /**
   * What an LSTM does with its sums (n, 4, h), which become the gates i, f, o (sigmoid) and g
   * (tanh): `nextC = f·prevC + i·g`, `tanhC = tanh nextC`, `nextH = o·tanhC`, all (n, h).
   */
  lstmForward: [
    "n: size",
    "h: size",
    "gates: inout float[4*n*h]",
    "prevC: in float[n*h]",
    "nextC: out float[n*h]",
    "tanhC: out float[n*h]",
    "nextH: out float[n*h]",
  ],

  /**
   * Its gradient. `dc` comes as the gradient of nextC and leaves as that of prevC; `da` becomes that
   * of the sums: with `u = dc + dnextH·o·(1 - tanhC²)` it is `u·g·i·(1 - i)`, `u·prevC·f·(1 - f)`,
   * `dnextH·tanhC·o·(1 - o)`, `u·i·(1 - g²)`, and `dc = u·f`.
   */
  lstmBackward: [
    "n: size",
    "h: size",
    "gates: in float[4*n*h]",
    "prevC: in float[n*h]",
    "tanhC: in float[n*h]",
    "dnextH: in float[n*h]",
    "dc: inout float[n*h]",
    "da: out float[4*n*h]",
  ],
} as const;

/** See `Kernels.embeddingForward`. */
export function embeddingForward(
  n: number,
  _v: number,
  d: number,
  x: Int32Array,
  w: FloatArray,
  out: FloatArray,
): void {
  for (let i = 0; i < n; i++) out.set(w.subarray(x[i] * d, (x[i] + 1) * d), i * d);
}

/** See `Kernels.embeddingBackward`. */
export function embeddingBackward(
  n: number,
  v: number,
  d: number,
  x: Int32Array,
  dout: FloatArray,
  dw: FloatArray,
): void {
  dw.fill(0, 0, v * d);
  specialize(addRows, `${dw.BYTES_PER_ELEMENT}`)(n, d, x, dout, dw);
}

function addRows(n: number, d: number, x: Int32Array, dout: FloatArray, dw: FloatArray): void {
  for (let i = 0; i < n; i++) {
    const [from, to] = [i * d, x[i] * d];
    for (let j = 0; j < d; j++) dw[to + j] += dout[from + j];
  }
}

/** See `Kernels.lstmForward`. */
export function lstmForward(
  n: number,
  h: number,
  gates: FloatArray,
  prevC: FloatArray,
  nextC: FloatArray,
  tanhC: FloatArray,
  nextH: FloatArray,
): void {
  specialize(lstm, `${gates.BYTES_PER_ELEMENT}`)(n * h, h, gates, prevC, nextC, tanhC, nextH);
}

function lstm(
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

/** See `Kernels.lstmBackward`. */
export function lstmBackward(
  n: number,
  h: number,
  gates: FloatArray,
  prevC: FloatArray,
  tanhC: FloatArray,
  dnextH: FloatArray,
  dc: FloatArray,
  da: FloatArray,
): void {
  specialize(lstmSlopes, `${gates.BYTES_PER_ELEMENT}`)(
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

function lstmSlopes(
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
