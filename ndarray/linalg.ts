/**
 * Products of vectors and matrices, norms, diagonals.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { matmul as product, type MatmulOptions } from "./_linalg.ts";
import { binary } from "./_binary.ts";
import { copyStrided } from "./_layout.ts";
import { allocateFor, sizeOf } from "./_dense.ts";
import { unaryFloat } from "./_unary.ts";
import { type Axes, isAll } from "./_reduce.ts";
import { NDArray, type Operand, type Reduced, type ReduceOptions, wrap } from "./ndarray.ts";

export type { MatmulOptions };

/**
 * Multiplies matrices. A vector on the left is a row, on the right a column, and its axis is not in
 * the result; axes before the last two are stacks of matrices and broadcast.
 *
 * @param a First factor, (…, n, k) or (k,)
 * @param b Second factor, (…, k, m) or (k,)
 * @param options Which factors to read transposed, at no cost
 * @returns The product, (…, n, m); of two vectors a 0-d array
 * @throws {RangeError} If the inner lengths differ or a factor has no axis
 *
 * @example
 * ```ts
 * import { array, matmul } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[1, 2], [3, 4]]);
 * assert.deepEqual(matmul(x, x).toArray(), [[7, 10], [15, 22]]);
 * assert.deepEqual(matmul(x, x, { transposeA: true }).toArray(), [[10, 14], [14, 20]]);
 * assert.deepEqual(matmul(x, array([1, 1])).toArray(), [3, 7]);
 * ```
 *
 * @category Arrays
 */
export function matmul(a: NDArray, b: NDArray, options?: MatmulOptions): NDArray {
  return wrap(product(a, b, options));
}

/**
 * Sums products over the last axis of `a` and the last but one of `b` (or its only one). For
 * vectors and matrices the same as {@linkcode matmul}; a number multiplies.
 *
 * @param a First factor, (…, k)
 * @param b Second factor, (…, k, m) or (k,)
 * @returns The product, with the other axes of `a`, then those of `b`; of two vectors a 0-d array
 * @throws {RangeError} If the two axes differ in length
 *
 * @example
 * ```ts
 * import { array, dot } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(dot(array([1, 2]), array([3, 4])).item(), 11);
 * assert.deepEqual(dot(array([[1, 2], [3, 4]]), array([1, 1])).toArray(), [3, 7]);
 * ```
 *
 * @category Arrays
 */
export function dot(a: Operand, b: Operand): NDArray {
  if (typeof a === "number" || typeof b === "number" || a.ndim === 0 || b.ndim === 0) {
    return wrap(binary("multiply", a, b));
  }
  const k = a.shape[a.ndim - 1];
  const summed = Math.max(0, b.ndim - 2);
  if (b.shape[summed] !== k) {
    throw new RangeError(
      `dot: shapes ${showShape(a.shape)} and ${showShape(b.shape)} do not fit; ` +
        `the axes to sum over have lengths ${k} and ${b.shape[summed]}`,
    );
  }
  if (b.ndim <= 2) return matmul(a, b);
  const others = b.shape.map((_, axis) => axis).filter((axis) => axis !== summed);
  const rest = others.map((axis) => b.shape[axis]);
  const right = b.transpose([summed, ...others]);
  const left = a.shape.slice(0, -1);
  const flat = matmul(a.reshape([sizeOf(left), k]), right.reshape([k, sizeOf(rest)]));
  return flat.reshape([...left, ...rest]);
}

/**
 * Multiplies every element of one vector by every element of another.
 *
 * @param a Array of n elements
 * @param b Array of m elements
 * @returns The products, (n, m)
 *
 * @example
 * ```ts
 * import { array, outer } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(outer(array([1, 2]), array([3, 4])).toArray(), [[3, 4], [6, 8]]);
 * ```
 *
 * @category Arrays
 */
export function outer(a: NDArray, b: NDArray): NDArray {
  return wrap(binary("multiply", a.reshape([a.size, 1]), b.ravel()));
}

/**
 * Options of {@linkcode norm}.
 *
 * @category Arrays
 */
export interface NormOptions<K extends boolean = boolean> extends ReduceOptions<K> {
  /** The power `p` of `(Σ |x|^p)^(1/p)`; 2 if left out. Infinity for the largest `|x|`. */
  readonly ord?: number;
}

/**
 * Computes the length of vectors, `(Σ |x|^p)^(1/p)`. Of a whole matrix with `p = 2` this is the
 * Frobenius norm.
 *
 * @param x Array of any shape
 * @param axis The axes of a vector; all if left out or `null`
 * @param options `ord`, the power, 2 if left out; `keepdims`
 * @returns The norm; over all axes a number, otherwise an array
 * @throws {RangeError} If there is no such axis or `ord` is not a positive number
 *
 * @example
 * ```ts
 * import { array, norm } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(norm(array([3, 4])), 5);
 * assert.deepEqual(norm(array([[3, 4], [0, 2]]), 1).toArray(), [5, 2]);
 * ```
 *
 * @category Arrays
 */
export function norm<A extends Axes = undefined, K extends boolean = false>(
  x: NDArray,
  axis?: A,
  options: NormOptions<K> = {},
): Reduced<A, K> {
  const { ord = 2, keepdims = false } = options;
  if (!(ord > 0)) throw new RangeError(`norm: ord must be a positive number, got ${ord}`);
  // Bools and integers must not wrap, and float32 must not round before the root.
  const sizes = x.astype("float64").abs();
  const axes: number | readonly number[] = isAll(axis) ? x.shape.map((_, i) => i) : axis;
  const result = ord === Infinity
    ? sizes.max(axes, { keepdims })
    : rootOf(sizes.power(ord).sum(axes, { keepdims }), ord);
  if (isAll(axis) && !keepdims) return result.item() as Reduced<A, K>;
  return (x.dtype === "float32" ? result.astype("float32") : result) as Reduced<A, K>;
}

function rootOf(total: NDArray, ord: number): NDArray {
  if (ord === 1) return total;
  return ord === 2 ? wrap(unaryFloat("sqrt", total)) : total.power(1 / ord);
}

/**
 * Reads the diagonal of a matrix, or makes a matrix with a given diagonal.
 *
 * @param x A matrix, or a vector of n elements
 * @param k Which diagonal: 0 the main one, above it positive, below it negative
 * @returns The diagonal of a matrix; of a vector the square matrix that has it as its diagonal
 * @throws {RangeError} If `x` has neither one axis nor two, or `k` is fractional
 *
 * @example
 * ```ts
 * import { array, diag } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(diag(array([[1, 2], [3, 4]])).toArray(), [1, 4]);
 * assert.deepEqual(diag(array([1, 2])).toArray(), [[1, 0], [0, 2]]);
 * ```
 *
 * @category Arrays
 */
export function diag(x: NDArray, k: number = 0): NDArray {
  if (!Number.isInteger(k)) throw new RangeError(`diag: k must be a whole number, got ${k}`);
  const right = Math.max(0, k);
  const down = Math.max(0, -k);
  if (x.ndim === 1) {
    const side = x.size + right + down;
    const out = allocateFor(x.dtype, side * side).fill(0);
    for (let i = 0; i < x.size; i++) out[(i + down) * side + i + right] = x.data[i];
    return new NDArray(out, [side, side], x.dtype);
  }
  if (x.ndim !== 2) {
    throw new RangeError(`diag: x must have one axis or two, got shape ${showShape(x.shape)}`);
  }
  const [rows, columns] = x.shape;
  const length = Math.max(0, Math.min(rows - down, columns - right));
  const out = allocateFor(x.dtype, length);
  copyStrided(x.data, down * columns + right, [length], [columns + 1], out);
  return new NDArray(out, [length], x.dtype);
}

/**
 * Sums the diagonal of a matrix.
 *
 * @param x A matrix
 * @param k Which diagonal, as in {@linkcode diag}
 * @returns The sum
 * @throws {RangeError} If `x` does not have two axes
 *
 * @example
 * ```ts
 * import { array, trace } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.equal(trace(array([[1, 2], [3, 4]])), 5);
 * ```
 *
 * @category Arrays
 */
export function trace(x: NDArray, k: number = 0): number {
  if (x.ndim !== 2) {
    throw new RangeError(`trace: x must have two axes, got shape ${showShape(x.shape)}`);
  }
  return diag(x, k).sum();
}
