/**
 * Embedding: every index is replaced by the row of a table that it names, `out[…] = W[x[…]]`.
 *
 * Backward: a row of the table has the sum of the gradients of all places that named it.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { allocate, kernels } from "../kernels/mod.ts";
import { asNDArray, type NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { checkArray, checkInput, checkUpstream } from "./_shapes.ts";

/**
 * What {@linkcode wordEmbeddingBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface WordEmbeddingCache {
  /** Indices, int32, any shape. */
  readonly indices: NDArray;
  /** Table, (V, D). */
  readonly W: NDArray;
}

/**
 * Looks up the vectors of words.
 *
 * @param x Indices of words, any shape such as (N, T): whole numbers from 0 to V - 1
 * @param W Table of word vectors, (V, D)
 * @returns `out`, the shape of `x` and D, such as (N, T, D), and the cache of the backward pass
 * @throws {TypeError} If `x` holds bools
 * @throws {RangeError} If an index is fractional or not in the table, a shape is wrong, or `x` is
 * empty
 *
 * @example
 * ```ts
 * import { wordEmbeddingForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const W = array([[0, 0], [1, 10], [2, 20]]);
 * const [out] = wordEmbeddingForward(array([[2, 1]], "int32"), W);
 * assert.deepEqual(out.toArray(), [[[2, 20], [1, 10]]]);
 * ```
 *
 * @category Layers
 */
export function wordEmbeddingForward(
  x: NDArray,
  W: NDArray,
): [out: NDArray, cache: WordEmbeddingCache] {
  const indices = checkIndices("wordEmbeddingForward", x, W);
  [W] = unify(W);
  const [v, d] = W.shape;
  const out = emptyArray([...x.shape, d], W.dtype);
  kernels.embeddingForward(x.size, v, d, indices, floats(W), floats(out));
  return [out, { indices: asNDArray(indices, x.shape), W }];
}

/**
 * Computes the backward pass of {@linkcode wordEmbeddingForward}. Indices have no gradient.
 *
 * @param dout Upstream gradient, the shape of `x` and D, such as (N, T, D)
 * @param cache The cache of {@linkcode wordEmbeddingForward}
 * @returns `dW` (V, D)
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { wordEmbeddingBackward, wordEmbeddingForward } from "@nndl/nndl/layers";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = wordEmbeddingForward(array([2, 0, 2], "int32"), zeros([3, 1]));
 * const dW = wordEmbeddingBackward(array([[5], [6], [7]]), cache);
 * assert.deepEqual(dW.toArray(), [[6], [0], [12]]);
 * ```
 *
 * @category Layers
 */
export function wordEmbeddingBackward(dout: NDArray, cache: WordEmbeddingCache): NDArray {
  const { indices, W } = checkCache("wordEmbeddingBackward", dout, cache, ["indices", "W"]);
  const [v, d] = W.shape;
  checkUpstream("wordEmbeddingBackward", dout, [...indices.shape, d]);
  [dout] = unify(dout, W);
  const dW = emptyArray([v, d], dout.dtype);
  const rows = indices.data as Int32Array;
  kernels.embeddingBackward(rows.length, v, d, rows, floats(dout), floats(dW));
  return dW;
}

/** Checks indices against a table, and returns them as whole numbers. */
function checkIndices(caller: string, x: NDArray, W: NDArray): Int32Array {
  checkInput(caller, x);
  checkArray(caller, "W", W);
  if (W.ndim !== 2 || W.size === 0) {
    throw new RangeError(
      `${caller}: W must have shape (V, D), a row for each word, got ${showShape(W.shape)}`,
    );
  }
  if (x.dtype === "bool") {
    throw new TypeError(
      `${caller}: x must hold indices of words, got bools; use x.astype("int32")`,
    );
  }
  const v = W.shape[0];
  const { data } = x;
  for (let place = 0; place < data.length; place++) {
    const index = data[place];
    if (Number.isInteger(index) && index >= 0 && index < v) continue;
    throw new RangeError(
      `${caller}: x must hold whole numbers from 0 to ${v - 1}, the rows of W, got ${index} at ` +
        `position ${place}` + (index === v ? "; do the indices count from 1?" : ""),
    );
  }
  if (data instanceof Int32Array) return data;
  const whole = allocate(Int32Array, data.length);
  whole.set(data);
  return whole;
}
