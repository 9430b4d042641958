/**
 * Eigenvalues and eigenvectors of symmetric matrices.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { symmetricEigen } from "./_symmetric_eigen.ts";
import { isFloat } from "./dtypes.ts";
import { NDArray } from "./ndarray.ts";

/**
 * Decomposes symmetric matrices, `A = V·diag(w)·Vᵀ`, as `numpy.linalg.eigh`.
 *
 * The sign of an eigenvector is free; here the entry that is largest in size is positive.
 *
 * @param a Symmetric matrices, (…, n, n); only the diagonal and what is below it is read
 * @returns `w`, the eigenvalues, smallest first, (…, n), and `V`, (…, n, n), whose columns are the
 * eigenvectors, of length 1. float32 if `a` is, float64 otherwise; computed in float64
 * @throws {RangeError} If the last two axes of `a` are not of one length, or a value that is read
 * is not finite
 *
 * @example
 * ```ts
 * import { allclose, array, eigh } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [w, V] = eigh(array([[2, 1], [1, 2]]));
 * assert.ok(allclose(w, array([1, 3])));
 * assert.ok(Math.abs(V.at(0, 1) - Math.SQRT1_2) < 1e-12);
 * ```
 *
 * @category Arrays
 */
export function eigh(a: NDArray): [w: NDArray, V: NDArray] {
  if (!(a instanceof NDArray)) throw new TypeError(`eigh: a must be an NDArray, got ${a}`);
  const n = a.shape[a.ndim - 1];
  if (a.ndim < 2 || a.shape[a.ndim - 2] !== n) {
    throw new RangeError(`eigh: a must have shape (…, n, n), got ${showShape(a.shape)}`);
  }
  const stacks = a.shape.slice(0, -2);
  const count = stacks.reduce((x, y) => x * y, 1);
  const w = new Float64Array(count * n);
  const V = new Float64Array(count * n * n);
  for (let i = 0; i < count; i++) {
    const { values, vectors } = symmetricEigen(mirrored(a, i * n * n, n), n);
    // Largest first, one vector a row: the reverse and the transpose of what is wanted.
    for (let k = 0; k < n; k++) {
      w[i * n + k] = values[n - 1 - k];
      for (let j = 0; j < n; j++) V[(i * n + j) * n + k] = vectors[(n - 1 - k) * n + j];
    }
  }
  const dtype = isFloat(a.dtype) ? a.dtype : "float64";
  return [
    new NDArray(w, [...stacks, n]).astype(dtype),
    new NDArray(V, [...stacks, n, n]).astype(dtype),
  ];
}

/** The matrix at `at`, its lower triangle moved to the upper one. */
function mirrored({ data }: NDArray, at: number, n: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = data[at + i * n + j];
      if (!Number.isFinite(value)) {
        throw new RangeError(`eigh: a must be finite, got ${value} at (${i}, ${j})`);
      }
      out[j * n + i] = value;
    }
  }
  return out;
}
