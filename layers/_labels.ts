/**
 * Class labels as the loss kernels take them.
 *
 * @module
 */
import { checkLabels } from "../internal/labels.ts";
import { sameShape, showShape } from "../internal/shapes.ts";
import { allocate } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { checkArray, checkLeading } from "./_shapes.ts";

/**
 * Checks class scores and their labels, and returns the labels as whole numbers of 0 to C - 1.
 *
 * @param x Scores, (N, …, C)
 * @param y Labels, (N, …), of an integer type or whole numbers in a float type
 * @throws {TypeError} If `x` or `y` is not an array, or `y` holds bools
 * @throws {RangeError} If the shapes do not fit, or a label is fractional or not one of the classes
 */
export function classLabels(caller: string, x: NDArray, y: NDArray): Int32Array {
  const leading = checkLeading(caller, x);
  checkArray(caller, "y", y);
  const classes = x.shape[leading.length];
  const each = "one label for each row of x";
  const several = leading.length > 1;
  if (several && !sameShape(y.shape, leading)) {
    throw new RangeError(
      `${caller}: y must have shape ${showShape(leading)}, ${each} ${showShape(x.shape)}, got ` +
        showShape(y.shape),
    );
  }
  const labels = several ? y.reshape([y.size]) : y;
  const rows = x.size / classes;
  checkLabels(caller, "y", labels, { rows, each, of: x, classes, from: "the columns of x" });
  if (y.data instanceof Int32Array) return y.data;
  const whole = allocate(Int32Array, rows);
  whole.set(y.data);
  return whole;
}
