/**
 * What sequences need: rows of a table by index, and an LSTM.
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
   * An LSTM over t time steps, from the sums of its inputs on, (t, n, 4, h). To those of each step
   * is added `prevH·wh`; they become the gates i, f, o (sigmoid) and g (tanh). Then
   * `c = f·prevC + i·g`, which goes to `cells`, `tanhC = tanh c`, and the state `o·tanhC`, all
   * (t, n, h), are what the next step begins with; the first begins with `h0` and `c0`.
   */
  lstmForward: [
    "t: size",
    "n: size",
    "h: size",
    "wh: in float[4*h*h]",
    "h0: in float[n*h]",
    "c0: in float[n*h]",
    "gates: inout float[4*t*n*h]",
    "cells: out float[t*n*h]",
    "tanhC: out float[t*n*h]",
    "states: out float[t*n*h]",
  ],

  /**
   * Its gradient, from the last step to the first. To `dh`, that of the losses on each state, is
   * added what comes from the step after it, `da·whᵀ`. `dc` comes as the gradient of the last cell
   * state and leaves as that of c0; `da` becomes that of the sums: with `u = dc + dh·o·(1 - tanhC²)`
   * it is `u·g·i·(1 - i)`, `u·prevC·f·(1 - f)`, `dh·tanhC·o·(1 - o)`, `u·i·(1 - g²)`, and
   * `dc = u·f`. What comes to h0 from the first step goes to `dh0`.
   */
  lstmBackward: [
    "t: size",
    "n: size",
    "h: size",
    "wh: in float[4*h*h]",
    "gates: in float[4*t*n*h]",
    "c0: in float[n*h]",
    "cells: in float[t*n*h]",
    "tanhC: in float[t*n*h]",
    "dh: inout float[t*n*h]",
    "dc: inout float[n*h]",
    "da: out float[4*t*n*h]",
    "dh0: out float[n*h] or null",
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
