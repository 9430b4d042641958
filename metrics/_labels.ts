/**
 * The check of class numbers that metrics compare.
 *
 * @module
 */

import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";

/**
 * Throws unless `y` holds class numbers, `rows` of them where that is given.
 *
 * @param classes How many classes there are, if that is known
 */
export function checkClasses(
  caller: string,
  name: string,
  y: NDArray,
  { rows, classes = Infinity }: { rows?: number; classes?: number } = {},
): void {
  if (!(y instanceof NDArray)) {
    throw new TypeError(`${caller}: ${name} must be an NDArray of class numbers, got ${y}`);
  }
  if (y.ndim !== 1 || (rows !== undefined && y.size !== rows)) {
    throw new RangeError(
      `${caller}: ${name} must have shape (${rows ?? "N"},), got ${showShape(y.shape)}` +
        (y.ndim === 2 ? "; scores? take the argmax of each row" : ""),
    );
  }
  const wrong = y.data.findIndex((label: number) =>
    !(Number.isInteger(label) && label >= 0 && label < classes)
  );
  if (wrong < 0) return;
  const range = classes === Infinity ? "from 0 up" : `from 0 to ${classes - 1}`;
  throw new RangeError(
    `${caller}: ${name} must hold whole numbers ${range}, got ${
      y.data[wrong]
    } at position ${wrong}`,
  );
}
