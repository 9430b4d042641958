/**
 * The check of features that metrics compare.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";

/** Throws unless `features` holds at least `least` rows of finite numbers, (N, D). */
export function checkFeatures(
  caller: string,
  name: string,
  features: NDArray,
  least: number,
): void {
  if (!(features instanceof NDArray)) {
    throw new TypeError(`${caller}: ${name} must be an NDArray, got ${features}`);
  }
  if (features.ndim !== 2 || features.shape[0] < least || features.shape[1] < 1) {
    throw new RangeError(
      `${caller}: ${name} must have shape (N, D) with N ≥ ${least}, got ` +
        showShape(features.shape) + (features.ndim > 2 ? "; flatten each row" : ""),
    );
  }
  const wrong = features.data.findIndex((value: number) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new RangeError(
    `${caller}: ${name} must be finite, got ${features.data[wrong]} in row ` +
      Math.floor(wrong / features.shape[1]),
  );
}
