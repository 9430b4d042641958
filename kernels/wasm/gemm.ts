/**
 * Matrix products and the affine layer on the wasm module.
 *
 * A product is cut into blocks of rows and of the inner dimension whose copies stay in the L2
 * cache; threads share each block.
 *
 * @module
 */
import { composed, reference } from "../reference/mod.ts";
import type { Kernels } from "../types.ts";
import type { FastKernels, Narrow } from "./_choice.ts";
import type { Products } from "./_machine.ts";
import { MULTIPLY, MULTIPLY_PLANES, type Task } from "./_team.ts";

/** Multiplications from which copying operands pays. */
const least = 400;
/** Multiplications from which threads share a block. */
const LARGE = 400_000;
/** Steps of the inner dimension that a block should have. */
const BLOCK_DEPTH = 512;
/** Floats of A and C that a block should have; fewer rows than these would not pay for copying B. */
const BLOCK_SIZE = 1 << 17;
const BLOCK_ROWS = 256;
/** Floats of the planes that are copied at a time. */
const PIECE = 1 << 17;

/** Makes `gemm` and `affine`. */
export function createGemm(
  { exports, heap, team }: Products,
): FastKernels & Required<Pick<FastKernels, "gemm">> {
  /**
   * The product, and what is to be done with finished rows of C before they are copied out.
   *
   * @returns Whether there was room for it
   */
  function product(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    a: Float32Array,
    b: Float32Array,
    beta: 0 | 1,
    c: Float32Array,
    finish?: (rows: number, address: number) => void,
  ): boolean {
    const depth = evenPart(k, BLOCK_DEPTH, 1);
    const height = evenPart(m, Math.max(BLOCK_ROWS, Math.floor(BLOCK_SIZE / (depth + n))), 4);
    if (!heap.fits(height * depth, depth * n, height * n)) return false;
    const [A, B, C] = [height * depth, depth * n, height * n].map((length) => heap.take(length));
    for (let i = 0; i < m; i += height) {
      const rows = Math.min(height, m - i);
      const cRows = rows === m ? c : c.subarray(i * n, (i + rows) * n);
      if (beta === 1) heap.write(cRows, C);
      for (let p = 0; p < k; p += depth) {
        const steps = Math.min(depth, k - p);
        if (transA) heap.writeBlock(a, m, p, steps, i, rows, A);
        else heap.writeBlock(a, k, i, rows, p, steps, A);
        // With one block of the inner dimension, B is still there.
        if (i === 0 || depth < k) {
          if (transB) heap.writeBlock(b, k, 0, n, p, steps, B);
          else heap.writeBlock(b, n, p, steps, 0, n, B);
        }
        multiply(transA, transB, rows, n, steps, A, B, beta === 1 || p > 0, C);
      }
      finish?.(rows, C);
      heap.read(C, cRows);
    }
    return true;
  }

  /** The product of matrices in the heap. Threads share the rows or the columns of C. */
  function multiply(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    a: number,
    b: number,
    add: boolean,
    c: number,
  ): void {
    const [aRow, aDepth] = transA ? [4, 4 * m] : [4 * k, 4];
    const [bColumn, bDepth] = transB ? [4 * k, 4] : [4, 4 * n];
    const threads = m * n * k < LARGE ? 1 : team.threads(m * n * k);
    const byRows = m >= n;
    const size = byRows
      ? evenPart(m, Math.ceil(m / threads), 4)
      : evenPart(n, Math.ceil(n / threads), 8);
    const tasks: Task[] = [];
    for (let from = 0; from < (byRows ? m : n); from += size) {
      const rows = byRows ? Math.min(size, m - from) : m;
      const columns = byRows ? n : Math.min(size, n - from);
      const left = [byRows ? a + from * aRow : a, aRow, aDepth];
      const right = [byRows ? b : b + from * bColumn, bColumn, bDepth];
      const to = c + from * (byRows ? 4 * n : 4);
      tasks.push([MULTIPLY, rows, columns, k, ...left, ...right, Number(add), to, 4 * n]);
    }
    team.run(tasks);
  }

  const gemm = (...args: Narrow<Parameters<Kernels["gemm"]>>): void => {
    heap.reset();
    if (!product(...args)) reference.gemm(...args);
  };

  /**
   * Copies planes `from` to `from + count` of an operand in, which after its last one begins again.
   *
   * @returns The address of the first, and bytes from one to the next
   */
  function putPlanes(
    x: Float32Array,
    planes: number,
    size: number,
    from: number,
    count: number,
  ): [address: number, step: number] {
    if (planes === 1) return [heap.put(x.subarray(0, size)), 0];
    const address = heap.take(count * size);
    for (let i = 0; i < count;) {
      const first = (from + i) % planes;
      const whole = Math.min(count - i, planes - first);
      heap.write(x.subarray(first * size, (first + whole) * size), address + 4 * i * size);
      i += whole;
    }
    return [address, 4 * size];
  }

  /** Products of planes in the heap. Threads share the planes. */
  function multiplyPlanes(
    planes: number,
    transA: boolean,
    transB: boolean,
    [m, n, k]: readonly number[],
    [a, aPlane]: readonly number[],
    [b, bPlane]: readonly number[],
    add: boolean,
    c: number,
  ): void {
    const threads = planes * m * n * k < LARGE ? 1 : team.threads(planes * m * n * k);
    const most = Math.ceil(planes / threads);
    const [left, right] = [transA ? [4, 4 * m] : [4 * k, 4], transB ? [4 * k, 4] : [4, 4 * n]];
    const tasks: Task[] = [];
    for (let from = 0; from < planes; from += most) {
      const [A, B, C] = [a + from * aPlane, b + from * bPlane, c + from * 4 * m * n];
      const operands = [A, aPlane, ...left, B, bPlane, ...right];
      const count = Math.min(most, planes - from);
      tasks.push([MULTIPLY_PLANES, count, m, n, k, ...operands, Number(add), C]);
    }
    team.run(tasks);
  }

  return {
    gemm: {
      least,
      work: (_transA, _transB, m, n, k) => m * n * k,
      run: gemm,
    },

    gemmBatched: {
      least,
      work: (_transA, _transB, planes, _planesA, _planesB, m, n, k) => planes * m * n * k,
      run(transA, transB, planes, planesA, planesB, m, n, k, a, b, beta, c) {
        const most = Math.min(planes, Math.floor(PIECE / (m * k + k * n + m * n)));
        if (most < 2) {
          const { gemmBatched } = composed({ ...reference, gemm: gemm as Kernels["gemm"] });
          return gemmBatched(transA, transB, planes, planesA, planesB, m, n, k, a, b, beta, c);
        }
        for (let from = 0; from < planes; from += most) {
          const count = Math.min(most, planes - from);
          const part = c.subarray(from * m * n, (from + count) * m * n);
          heap.reset();
          const left = putPlanes(a, planesA, m * k, from, count);
          const right = putPlanes(b, planesB, k * n, from, count);
          const C = beta === 1 ? heap.put(part) : heap.take(part.length);
          multiplyPlanes(count, transA, transB, [m, n, k], left, right, beta === 1, C);
          heap.read(C, part);
        }
      },
    },

    affine: {
      least,
      work: (n, d, m) => n * d * m,
      run(n, d, m, x, w, b, relu, out) {
        heap.reset();
        const B = heap.put(b);
        const finish = (rows: number, OUT: number) => exports.addBias(rows, m, B, relu, OUT);
        if (product(false, false, n, m, d, x, w, 0, out, finish)) return;
        reference.affine(n, d, m, x, w, b, relu, out);
      },
    },
  };
}

/** The size of equal parts of `count`, each at most `size` or a little more, in multiples of `unit`. */
function evenPart(count: number, size: number, unit: number): number {
  return Math.ceil(count / Math.ceil(count / size) / unit) * unit;
}
