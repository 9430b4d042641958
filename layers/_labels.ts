/**
 * Class labels as the loss kernels take them.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { allocate } from "../kernels/mod.ts";

import type { NDArray } from "../ndarray/mod.ts";
import { checkArray, checkRows } from "./_shapes.ts";

/**
 * Checks class scores and their labels, and returns the labels as whole numbers of 0 to C - 1.
 *
 * @param x Scores, (N, C)
 * @param y Labels, (N,), of an integer type or whole numbers in a float type
 * @throws {TypeError} If `x` or `y` is not an array, or `y` holds bools
 * @throws {RangeError} If the shapes do not fit, or a label is fractional or not one of the classes
 */
export function checkLabels(caller: string, x: NDArray, y: NDArray): Int32Array {
  checkRows(caller, x);
  checkArray(caller, "y", y);
  const [n, c] = x.shape;
  if (y.ndim !== 1 || y.shape[0] !== n) {
    throw new RangeError(
      `${caller}: y must have shape (${n},), one label for each row of x ${showShape(x.shape)}, ` +
        `got ${showShape(y.shape)}` +
        (y.size === n
          ? `; reshape it to (${n},)`
          : y.size === n * c
          ? "; one-hot? use argmax"
          : ""),
    );
  }
  if (y.dtype === "bool") {
    throw new TypeError(`${caller}: y must hold class numbers, got bools; use y.astype("int32")`);
  }
  const labels = y.data;
  for (let i = 0; i < n; i++) {
    const label = labels[i];
    if (Number.isInteger(label) && label >= 0 && label < c) continue;
    throw new RangeError(
      `${caller}: labels must be whole numbers from 0 to ${c - 1}, the columns of x, got ` +
        `${label} at position ${i}` +
        (label === c ? "; do the labels count from 1?" : ""),
    );
  }
  if (labels instanceof Int32Array) return labels;
  const whole = allocate(Int32Array, n);
  whole.set(labels);
  return whole;
}
