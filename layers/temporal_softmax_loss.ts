/**
 * Softmax loss of the words of sequences: summed over the time steps that count, averaged over the
 * sequences, `L = 1/N Σ_n Σ_t mask_nt·(log Σ_j exp s_ntj - s_nty)`.
 *
 * A longer sequence counts for more than a short one, and steps that the mask leaves out, the
 * padding at the end, for nothing.
 *
 * Source: CS231n, assignment 3.
 *
 * @module
 */
import { sameShape, showShape } from "../internal/shapes.ts";
import { allocate, allocateZeros, type FloatArray, kernels } from "../kernels/mod.ts";
import { asNDArray, type NDArray } from "../ndarray/mod.ts";
import { floats, unify } from "./_arrays.ts";
import { classLabels } from "./_labels.ts";
import { checkArray, checkInput } from "./_shapes.ts";

/**
 * Computes the softmax loss of sequences of scores, and its gradient.
 *
 * @param x Scores of the words at every step, (N, T, V)
 * @param y The right words, (N, T), whole numbers from 0 to V - 1
 * @param mask Which steps count, (N, T), bool or 0 and 1
 * @returns The loss, summed over steps and averaged over the N sequences, and `dx` (N, T, V); 0 and
 * zeros if no step counts
 * @throws {RangeError} If the shapes do not fit, there is no example or time step, a label is no
 * word, or the mask holds anything but 0 and 1
 *
 * @example
 * ```ts
 * import { temporalSoftmaxLoss } from "@nndl/nndl/layers";
 * import { array, zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [y, mask] = [array([[0, 1, 2]]), array([[1, 1, 0]], "bool")];
 * const [loss, dx] = temporalSoftmaxLoss(zeros([1, 3, 4]), y, mask);
 * assert.ok(Math.abs(loss - 2 * Math.log(4)) < 1e-15);
 * assert.deepEqual(dx.slice(0, 1).toArray(), [0.25, -0.75, 0.25, 0.25]);
 * assert.deepEqual(dx.slice(0, 2).toArray(), [0, 0, 0, 0]);
 * ```
 *
 * @category Layers
 */
export function temporalSoftmaxLoss(
  x: NDArray,
  y: NDArray,
  mask: NDArray,
): [loss: number, dx: NDArray] {
  checkSequences("temporalSoftmaxLoss", x);
  const labels = classLabels("temporalSoftmaxLoss", x, y);
  checkMask("temporalSoftmaxLoss", x, mask);
  [x] = unify(x);
  const [n, t, v] = x.shape;
  const kept = mask.data;
  let rows = 0;
  for (let row = 0; row < n * t; row++) rows += kept[row];

  // The rows that count are gathered, so that one kernel call serves them all.
  const type = x.dtype === "float32" ? Float32Array : Float64Array;
  const [X, DX] = [floats(x), allocateZeros(type, x.size)];
  const [scores, slopes] = [allocate(type, rows * v), allocate(type, rows * v)];
  const words = allocate(Int32Array, rows);
  for (let row = 0, to = 0; row < n * t; row++) {
    if (!kept[row]) continue;
    scores.set(X.subarray(row * v, (row + 1) * v), to * v);
    words[to++] = labels[row];
  }
  const mean = kernels.softmaxLoss(rows, v, scores, words, slopes);
  for (let row = 0, from = 0; row < n * t; row++) {
    if (kept[row]) scale(slopes, from++ * v, rows / n, DX, row * v, v);
  }
  return [mean * rows / n, asNDArray(DX, x.shape)];
}

/** Writes multiples of `length` elements to another place. */
function scale(
  from: FloatArray,
  start: number,
  factor: number,
  to: FloatArray,
  place: number,
  length: number,
): void {
  for (let j = 0; j < length; j++) to[place + j] = factor * from[start + j];
}

function checkSequences(caller: string, x: NDArray): void {
  checkInput(caller, x);
  if (x.ndim === 3) return;
  throw new RangeError(
    `${caller}: x must have shape (N, T, V), scores of words at every step, got ` +
      showShape(x.shape),
  );
}

function checkMask(caller: string, x: NDArray, mask: NDArray): void {
  checkArray(caller, "mask", mask);
  const steps = x.shape.slice(0, 2);
  if (!sameShape(mask.shape, steps)) {
    throw new RangeError(
      `${caller}: mask must have shape ${showShape(steps)}, one entry for each step of x ` +
        `${showShape(x.shape)}, got ${showShape(mask.shape)}`,
    );
  }
  const wrong = mask.data.findIndex((value: number) => value !== 0 && value !== 1);
  if (wrong < 0) return;
  throw new RangeError(
    `${caller}: mask must hold 0 and 1, or bools, got ${mask.data[wrong]} at position ${wrong}`,
  );
}
