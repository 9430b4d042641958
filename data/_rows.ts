/**
 * Checks of rows of features.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { showNoArray } from "../internal/show.ts";
import { NDArray } from "../ndarray/mod.ts";

/** Throws unless `X` holds at least one row of at least one value. */
export function checkRows(caller: string, X: NDArray): void {
  if (!(X instanceof NDArray)) {
    throw new TypeError(`${caller}: X must be an NDArray, got ${showNoArray(X, "X")}`);
  }
  if (X.ndim >= 2 && X.size > 0) return;
  throw new RangeError(
    `${caller}: X must hold at least one row of at least one value, got shape ${
      showShape(X.shape)
    }`,
  );
}

/** Throws unless `X` has rows of `width` values. */
export function checkWidth(caller: string, X: NDArray, width: number): void {
  if (!(X instanceof NDArray)) {
    throw new TypeError(`${caller}: X must be an NDArray, got ${showNoArray(X, "X")}`);
  }
  const [, ...rest] = X.shape;
  if (X.ndim >= 2 && rest.reduce((a, b) => a * b, 1) === width) return;
  throw new RangeError(
    `${caller}: X must have ${width} values a row like the training rows, got shape ${
      showShape(X.shape)
    }`,
  );
}
