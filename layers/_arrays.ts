/**
 * Arrays as kernels take them: dense, one float type a call, results from the current workspace.
 *
 * @module
 */
import { allocate, type FloatArray, kernels } from "../kernels/mod.ts";
import { type DType, floatOf, isFloat, promote } from "../ndarray/dtypes.ts";
import { NDArray } from "../ndarray/mod.ts";

/** The elements of an array whose dtype is known to be float32 or float64. */
export function floats(x: NDArray): FloatArray {
  return x.data as FloatArray;
}

/** A float array with arbitrary content, all of which the caller will write. */
export function emptyArray(shape: readonly number[], dtype: DType): NDArray {
  let size = 1;
  for (const length of shape) size *= length;
  return new NDArray(allocate(dtype === "float32" ? Float32Array : Float64Array, size), shape);
}

/** The array itself if it has this dtype already, else a converted copy. */
export function castTo(x: NDArray, dtype: DType): NDArray {
  return x.dtype === dtype ? x : x.astype(dtype);
}

/**
 * Brings arrays to the float type in which they meet by NumPy's rules (integers alone meet in
 * float64). Arrays that share a float type, the usual case, are returned as they are.
 */
export function unify<T extends NDArray[]>(...arrays: T): T {
  const { dtype } = arrays[0];
  if (isFloat(dtype) && arrays.every((x) => x.dtype === dtype)) return arrays;
  const common = floatOf(arrays.map((x) => x.dtype).reduce(promote));
  return arrays.map((x) => castTo(x, common)) as T;
}

/** Sums a float array of shape (…, M) over all but its last axis: (M,). */
export function sumRows(x: NDArray): NDArray {
  const m = x.shape[x.ndim - 1];
  const out = emptyArray([m], x.dtype);
  kernels.sumRows(x.size / m, m, floats(x), floats(out));
  return out;
}

/** Swaps examples and time steps, (N, T, D) and (T, N, D), either way. */
export function byTime(x: NDArray): NDArray {
  return x.transpose([1, 0, 2]);
}

/** Fills `out` with copies of a row: twice as many at a time, as long as they stay in the cache. */
export function repeatRow(row: FloatArray, out: FloatArray): void {
  out.set(row);
  for (let done = row.length, copied = done; done < out.length; done += copied) {
    if (done <= 8192) copied = done;
    out.copyWithin(done, 0, copied);
  }
}

/** Sums a float array of shape (N, C, H, W) over everything but its channels: (C,). */
export function sumChannels(x: NDArray): NDArray {
  const [n, c, h, w] = x.shape;
  const sums = new Float64Array(c);
  const [X, out] = [floats(x), emptyArray([c], x.dtype)];
  for (let at = 0, plane = 0; plane < n * c; plane++) {
    let sum = 0;
    for (const end = at + h * w; at < end; at++) sum += X[at];
    sums[plane % c] += sum;
  }
  floats(out).set(sums);
  return out;
}
