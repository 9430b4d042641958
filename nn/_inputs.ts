/** Checks of what losses are given. */
import { Tensor } from "../autograd/mod.ts";
import { showNoArray } from "../internal/show.ts";
import { showShape } from "../internal/shapes.ts";
import { NDArray } from "../ndarray/mod.ts";

/** @throws {TypeError} If `value` is neither a tensor nor an array */
export function checkTensorLike(caller: string, name: string, value: unknown): void {
  if (value instanceof Tensor || value instanceof NDArray) return;
  throw new TypeError(
    `${caller}: ${name} must be a tensor or an array, got ${showNoArray(value, name)}`,
  );
}

/** @throws {TypeError} As {@linkcode checkTensorLike} @throws {RangeError} If it holds nothing */
export function checkExamples(caller: string, name: string, value: Tensor | NDArray): void {
  checkTensorLike(caller, name, value);
  if (value.size > 0) return;
  throw new RangeError(
    `${caller}: ${name} must hold at least one example, got shape ${
      showShape(value.shape)
    }; is the ` +
      "batch or slice empty?",
  );
}
