/**
 * Matrix products.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { kernels } from "../kernels/mod.ts";
import type { FloatArray } from "../kernels/mod.ts";
import { broadcastShapes, expandInto } from "./_broadcasting.ts";
import { allocateFor, type Dense, sizeOf } from "./_dense.ts";
import { cast } from "./_layout.ts";
import { isFloat, promote, type TypedArray } from "./dtypes.ts";

/**
 * Which operands of a product to read transposed.
 *
 * @category Arrays
 */
export interface MatmulOptions {
  /** Multiply by the transpose of `a` (its last two axes swapped), without a copy. */
  readonly transposeA?: boolean;
  /** Multiply by the transpose of `b` (its last two axes swapped), without a copy. */
  readonly transposeB?: boolean;
}

/** Matrix product, as `numpy.matmul`: vectors are promoted, leading axes broadcast. */
export function matmul(a: Dense, b: Dense, options: MatmulOptions = {}): Dense {
  if (a.shape.length === 0 || b.shape.length === 0) {
    throw new RangeError("matmul: operands must have at least one axis; use multiply for scalars");
  }
  const left = a.shape.length === 1 ? [1, a.shape[0]] : a.shape;
  const right = b.shape.length === 1 ? [b.shape[0], 1] : b.shape;
  const transA = a.shape.length > 1 && options.transposeA === true;
  const transB = b.shape.length > 1 && options.transposeB === true;
  const [m, k] = ends(left, transA);
  const [inner, n] = ends(right, transB);
  if (k !== inner) throw mismatch(a, b, transA, transB, k, inner);
  const dtype = promote(a.dtype, b.dtype);
  const batch = broadcastShapes("matmul", left.slice(0, -2), right.slice(0, -2));
  const out = allocateFor(dtype, sizeOf(batch) * m * n);
  const sizes = { transA, transB, m, n, k };
  if (isFloat(dtype)) {
    const x = { data: cast(a, dtype).data as FloatArray, own: left.slice(0, -2) };
    const y = { data: cast(b, dtype).data as FloatArray, own: right.slice(0, -2) };
    multiplyFloats(sizes, batch, x, y, out as FloatArray);
  } else {
    const [inX, inY] = [left, right].map((shape) => planes(shape.slice(0, -2), batch));
    const multiply = dtype === "bool" ? multiplyBools : multiplyIntegers;
    for (let i = 0; i < inX.length; i++) {
      const from = a.data.subarray(inX[i] * m * k);
      multiply(
        sizes,
        from,
        b.data.subarray(inY[i] * k * n),
        out.subarray(i * m * n, (i + 1) * m * n),
      );
    }
  }
  const shape = [...batch];
  if (a.shape.length > 1) shape.push(m);
  if (b.shape.length > 1) shape.push(n);
  return { data: out, shape, dtype };
}

function ends(shape: readonly number[], transposed: boolean): [rows: number, columns: number] {
  const rows = shape[shape.length - 2];
  const columns = shape[shape.length - 1];
  return transposed ? [columns, rows] : [rows, columns];
}

function mismatch(
  a: Dense,
  b: Dense,
  transA: boolean,
  transB: boolean,
  k: number,
  inner: number,
): RangeError {
  const left = showShape(a.shape) + (transA ? " transposed" : "");
  const right = showShape(b.shape) + (transB ? " transposed" : "");
  return new RangeError(
    `matmul: shapes ${left} and ${right} do not fit; ` +
      `the first has ${k} columns, the second ${inner} rows`,
  );
}

/** For every plane of the result, the plane of an operand that it is made from. */
function planes(own: readonly number[], batch: readonly number[]): Int32Array {
  const numbers = Int32Array.from({ length: sizeOf(own) }, (_, i) => i);
  const out = new Int32Array(sizeOf(batch));
  expandInto({ data: numbers, shape: own, dtype: "int32" }, batch, out);
  return out;
}

/** The sizes of one product. */
interface Sizes {
  readonly transA: boolean;
  readonly transB: boolean;
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

/** An operand, and its leading axes. */
interface Planes {
  readonly data: FloatArray;
  readonly own: readonly number[];
}

function multiplyFloats(
  { transA, transB, m, n, k }: Sizes,
  batch: readonly number[],
  x: Planes,
  y: Planes,
  out: FloatArray,
): void {
  if (batch.length === 0) {
    return kernels.gemm(transA, transB, m, n, k, x.data, y.data, 0, out);
  }
  // The last axes over which the planes of both operands only begin again: one call does them all.
  let axes = batch.length;
  while (!isPeriodic(x.own, batch, axes) || !isPeriodic(y.own, batch, axes)) axes--;
  const last = (shape: readonly number[]) => axes === 0 ? 1 : sizeOf(shape.slice(-axes));
  const [count, ofX, ofY] = [batch, x.own, y.own].map(last);
  if (count === 0) return;
  if (!transA && sizeOf(y.own) === 1 && sizeOf(x.own) === sizeOf(batch)) {
    // The rows of all planes meet the same matrix.
    return kernels.gemm(false, transB, sizeOf(batch) * m, n, k, x.data, y.data, 0, out);
  }
  const [inX, inY] = [planes(x.own, batch), planes(y.own, batch)];
  for (let i = 0; i < inX.length; i += count) {
    const from = x.data.subarray(inX[i] * m * k);
    const other = y.data.subarray(inY[i] * k * n);
    const to = out.subarray(i * m * n, (i + count) * m * n);
    kernels.gemmBatched(transA, transB, count, ofX, ofY, m, n, k, from, other, 0, to);
  }
}

/** Whether the planes of an operand follow each other, and begin again, over the last axes. */
function isPeriodic(own: readonly number[], batch: readonly number[], axes: number): boolean {
  const last = axes === 0 ? [] : own.slice(-axes);
  const first = last.findIndex((length) => length !== 1);
  return first < 0 ||
    last.slice(first).every((length, i) => length === batch.at(first + i - last.length));
}

function multiplyIntegers(
  { transA, transB, m, n, k }: Sizes,
  a: TypedArray,
  b: TypedArray,
  out: TypedArray,
): void {
  out.fill(0);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const value = transA ? a[p * m + i] : a[i * k + p];
      for (let j = 0; j < n; j++) {
        out[i * n + j] += Math.imul(value, transB ? b[j * k + p] : b[p * n + j]);
      }
    }
  }
}

function multiplyBools(
  { transA, transB, m, n, k }: Sizes,
  a: TypedArray,
  b: TypedArray,
  out: TypedArray,
): void {
  out.fill(0);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      if ((transA ? a[p * m + i] : a[i * k + p]) === 0) continue;
      for (let j = 0; j < n; j++) out[i * n + j] |= transB ? b[j * k + p] : b[p * n + j];
    }
  }
}
