/**
 * Matrix products and the affine layer on the wasm module.
 *
 * @module
 */
import { reference } from "../reference/mod.ts";
import type { FloatArray, Kernels } from "../types.ts";
import type { Products } from "./_machine.ts";
import { MULTIPLY, type Task } from "./_team.ts";

/** Multiplications below which the reference is done before operands are copied. */
const SMALL = 400;
/** Multiplications from which threads share a product. */
const LARGE = 400_000;
/** Floats above which a product is cut into pieces, to bound the memory for copies. */
const PIECE = 1 << 22;
/** The fewest rows of a piece: the other operand is copied for every piece. */
const PIECE_ROWS = 256;

/** Makes `gemm` and `affine`. */
export function createGemm({ exports, heap, team }: Products): Pick<Kernels, "gemm" | "affine"> {
  /** The product of matrices in the heap. Threads share the rows or the columns of C. */
  function multiply(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    a: number,
    b: number,
    beta: 0 | 1,
    c: number,
  ): void {
    const [aRow, aDepth] = transA ? [4, 4 * m] : [4 * k, 4];
    const [bColumn, bDepth] = transB ? [4 * k, 4] : [4, 4 * n];
    const threads = m * n * k < LARGE ? 1 : team.threads(m * n * k);
    const tasks: Task[] = [];
    if (m >= n) {
      for (const [from, to] of cut(m, Math.ceil(m / threads / 4) * 4)) {
        const [A, C] = [a + from * aRow, c + from * 4 * n];
        const rows = to - from;
        tasks.push([MULTIPLY, rows, n, k, A, aRow, aDepth, b, bColumn, bDepth, beta, C, 4 * n]);
      }
    } else {
      for (const [from, to] of cut(n, Math.ceil(n / threads / 8) * 8)) {
        const [B, C] = [b + from * bColumn, c + from * 4];
        const columns = to - from;
        tasks.push([MULTIPLY, m, columns, k, a, aRow, aDepth, B, bColumn, bDepth, beta, C, 4 * n]);
      }
    }
    team.run(tasks);
  }

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
        copied(false, transB, to - from, n, k, rows, right, beta, c.subarray(from * n, to * n));
      }
    } else if (!transB) {
      for (const [from, to] of pieces(k, m + n)) {
        const [A, B] = [left.subarray(from * m, to * m), right.subarray(from * n, to * n)];
        copied(true, false, m, n, to - from, A, B, from > 0 ? 1 : beta, c);
      }
    } else {
      copied(true, true, m, n, k, left, right, beta, c);
    }
  }

  /** The product by way of copies. */
  function copied(
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
    multiply(transA, transB, m, n, k, A, B, beta, C);
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
      multiply(false, false, to - from, m, d, X, W, 0, OUT);
      exports.addBias(to - from, m, B, relu, OUT);
      heap.read(OUT, outRows);
    }
  }

  return { gemm, affine };
}

/** Cuts `rows` rows of `width` floats: one piece, unless that would be large. */
function pieces(rows: number, width: number): [from: number, to: number][] {
  return cut(rows, Math.max(PIECE_ROWS, Math.floor(PIECE / width)));
}

/** Cuts 0..count into ranges of `size` and a rest. */
function cut(count: number, size: number): [from: number, to: number][] {
  const ranges: [number, number][] = [];
  for (let from = 0; from < count; from += size) ranges.push([from, Math.min(count, from + size)]);
  return ranges;
}
