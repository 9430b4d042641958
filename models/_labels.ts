/**
 * The check of class labels that classifiers are trained on.
 *
 * @module
 */

import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";

/**
 * Throws unless `y` holds one class number for each of `n` rows.
 *
 * @param classes How many classes there are, if that is known
 */
export function checkLabels(caller: string, y: NDArray, n: number, classes = Infinity): void {
  if (!(y instanceof NDArray)) {
    throw new TypeError(`${caller}: y must be an NDArray of labels, got ${y}`);
  }
  if (y.ndim !== 1 || y.shape[0] !== n) {
    throw new RangeError(
      `${caller}: y must have shape (${n},), one label for each row of X, got ${
        showShape(y.shape)
      }`,
    );
  }
  const wrong = y.data.findIndex((label: number) =>
    !(Number.isInteger(label) && label >= 0 && label < classes)
  );
  if (wrong < 0) return;
  const range = classes === Infinity ? "from 0 up" : `from 0 to ${classes - 1}`;
  throw new RangeError(
    `${caller}: labels must be whole numbers ${range}, got ${y.data[wrong]} at position ${wrong}`,
  );
}
