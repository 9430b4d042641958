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

/** Which operands of a product to read transposed. */
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
  const multiply = isFloat(dtype) ? floatProduct : dtype === "bool" ? boolProduct : integerProduct;
  const x = isFloat(dtype) ? cast(a, dtype).data : a.data;
  const y = isFloat(dtype) ? cast(b, dtype).data : b.data;
  if (batch.length === 0) {
    multiply(transA, transB, m, n, k, x, y, out);
  } else {
    const planesX = planes(left, batch);
    const planesY = planes(right, batch);
    for (let i = 0; i < planesX.length; i++) {
      const from = x.subarray(planesX[i] * m * k, (planesX[i] + 1) * m * k);
      const other = y.subarray(planesY[i] * k * n, (planesY[i] + 1) * k * n);
      multiply(transA, transB, m, n, k, from, other, out.subarray(i * m * n, (i + 1) * m * n));
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
function planes(shape: readonly number[], batch: readonly number[]): Int32Array {
  const own = shape.slice(0, -2);
  const numbers = Int32Array.from({ length: sizeOf(own) }, (_, i) => i);
  const out = new Int32Array(sizeOf(batch));
  expandInto({ data: numbers, shape: own, dtype: "int32" }, batch, out);
  return out;
}

type Product = (
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: TypedArray,
  b: TypedArray,
  out: TypedArray,
) => void;

const floatProduct: Product = (transA, transB, m, n, k, a, b, out) => {
  kernels.gemm(
    transA,
    transB,
    m,
    n,
    k,
    a as FloatArray,
    b as FloatArray,
    0,
    out as FloatArray,
  );
};

const integerProduct: Product = (transA, transB, m, n, k, a, b, out) => {
  out.fill(0);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const value = transA ? a[p * m + i] : a[i * k + p];
      for (let j = 0; j < n; j++) {
        out[i * n + j] += Math.imul(value, transB ? b[j * k + p] : b[p * n + j]);
      }
    }
  }
};

const boolProduct: Product = (transA, transB, m, n, k, a, b, out) => {
  out.fill(0);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      if ((transA ? a[p * m + i] : a[i * k + p]) === 0) continue;
      for (let j = 0; j < n; j++) out[i * n + j] |= transB ? b[j * k + p] : b[p * n + j];
    }
  }
};
