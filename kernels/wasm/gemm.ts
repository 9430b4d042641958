/**
 * Matrix products and the affine layer on the wasm module.
 *
 * @module
 */
import { reference } from "../reference/mod.ts";
import type { FloatArray, Kernels } from "../types.ts";
import type { Machine } from "./_machine.ts";

/** Multiplications below which the reference is done before operands are copied. */
const SMALL = 400;
/** Floats above which a product is cut into pieces, to bound the memory for copies. */
const PIECE = 1 << 22;
/** The fewest rows of a piece: the other operand is copied for every piece. */
const PIECE_ROWS = 256;

/** Makes `gemm` and `affine`. */
export function createGemm({ exports, heap }: Machine): Pick<Kernels, "gemm" | "affine"> {
  function gemm(
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
    if (!(c instanceof Float32Array) || m * n * k < SMALL) {
      return reference.gemm(transA, transB, m, n, k, a, b, beta, c);
    }
    const left = a as Float32Array;
    const right = b as Float32Array;
    if (!transA) {
      for (const [from, to] of pieces(m, k + n)) {
        const rows = left.subarray(from * k, to * k);
        multiply(false, transB, to - from, n, k, rows, right, beta, c.subarray(from * n, to * n));
      }
    } else if (!transB) {
      for (const [from, to] of pieces(k, m + n)) {
        const [A, B] = [left.subarray(from * m, to * m), right.subarray(from * n, to * n)];
        multiply(true, false, m, n, to - from, A, B, from > 0 ? 1 : beta, c);
      }
    } else {
      multiply(true, true, m, n, k, left, right, beta, c);
    }
  }

  function multiply(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    a: Float32Array,
    b: Float32Array,
    beta: 0 | 1,
    c: Float32Array,
  ): void {
    if (!heap.fits(a.length, b.length, c.length)) {
      return reference.gemm(transA, transB, m, n, k, a, b, beta, c);
    }
    heap.reset();
    const A = heap.put(a);
    const B = heap.put(b);
    const C = beta === 1 ? heap.put(c) : heap.take(c.length);
    exports.gemm(transA, transB, m, n, k, A, B, beta === 1, C);
    heap.read(C, c);
  }

  function affine(
    n: number,
    d: number,
    m: number,
    x: FloatArray,
    w: FloatArray,
    b: FloatArray,
    relu: boolean,
    out: FloatArray,
  ): void {
    if (!(out instanceof Float32Array) || n * d * m < SMALL) {
      return reference.affine(n, d, m, x, w, b, relu, out);
    }
    for (const [from, to] of pieces(n, d + m)) {
      const rows = x.subarray(from * d, to * d) as Float32Array;
      const outRows = out.subarray(from * m, to * m);
      if (!heap.fits(rows.length, w.length, m, outRows.length)) {
        reference.affine(to - from, d, m, rows, w, b, relu, outRows);
        continue;
      }
      heap.reset();
      const X = heap.put(rows);
      const W = heap.put(w as Float32Array);
      const B = heap.put(b as Float32Array);
      const OUT = heap.take(outRows.length);
      exports.affine(to - from, d, m, X, W, B, relu, OUT);
      heap.read(OUT, outRows);
    }
  }

  return { gemm, affine };
}

/** Cuts `rows` rows of `width` floats: one piece, unless that would be large. */
function pieces(rows: number, width: number): [from: number, to: number][] {
  const most = Math.max(PIECE_ROWS, Math.floor(PIECE / width));
  const cuts: [number, number][] = [];
  for (let from = 0; from < rows; from += most) cuts.push([from, Math.min(rows, from + most)]);
  return cuts;
}
