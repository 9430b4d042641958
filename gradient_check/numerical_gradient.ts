/**
 * Numerical gradients by centred differences, in float64:
 * `∂f/∂xᵢ ≈ (f(x + h·eᵢ) - f(x - h·eᵢ)) / 2h`, with an error of order h².
 *
 * `f` gets a private float64 copy of `x` with one entry moved, and must compute from what it gets.
 * The caller's `x` is never touched. A loss that reads its parameters from a model becomes a
 * function of one of them with {@linkcode asFunctionOf}.
 *
 * Source: CS231n course notes, "Neural Networks Part 3: Gradient checks".
 *
 * @module
 */
import { checkPositive } from "../internal/numbers.ts";
import { asNDArray, NDArray } from "../ndarray/mod.ts";
import {
  checkDependence,
  checkSameShape,
  differenceAt,
  indexOf,
  kindOf,
  movableCopy,
  moved,
} from "./_centred_difference.ts";

/**
 * Computes the gradient of a function that gives a number.
 *
 * @param f The function; called twice for every entry, with a float64 array of the shape of `x`
 * that is moved in place, so it must not be kept
 * @param x Where to compute the gradient, any shape, any dtype
 * @param h How far an entry is moved, to both sides
 * @returns The gradient, float64, of the shape of `x`
 * @throws {TypeError} If `f` gives no number, or takes no argument and never changes
 * @throws {RangeError} If a value of `f` is not finite, or `h` is not positive
 *
 * @example A function of its argument
 * ```ts
 * import { evalNumericalGradient, relError } from "@nndl/nndl/gradient-check";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[1, 2], [3, 4]]);
 * const gradient = evalNumericalGradient((x) => x.multiply(x).sum(), x);
 * assert.ok(relError(gradient, x.multiply(2)) < 1e-9);
 * ```
 *
 * @example A parameter of a model
 * ```ts
 * import { asFunctionOf, evalNumericalGradient, relError } from "@nndl/nndl/gradient-check";
 * import { array, matmul, type NDArray } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * // The loss is the sum of the scores, so its gradient is the sum of the rows of X.
 * const model = {
 *   params: { W: array([[1, 2], [3, 4]]) } as Record<string, NDArray>,
 *   loss(X: NDArray): number {
 *     return matmul(X, this.params.W).sum();
 *   },
 * };
 * const X = array([[1, 10], [2, 20], [3, 30]]);
 * const f = asFunctionOf(model.params, "W", () => model.loss(X));
 * const gradient = evalNumericalGradient(f, model.params.W);
 * assert.ok(relError(gradient, array([[6, 6], [60, 60]])) < 1e-9);
 * ```
 *
 * @category Gradient checks
 */
export function evalNumericalGradient(
  f: (x: NDArray) => number,
  x: NDArray,
  h: number = 1e-5,
): NDArray {
  const caller = "evalNumericalGradient";
  checkPositive(caller, "h", h);
  const copy = movableCopy(caller, x);
  const gradient = new Float64Array(copy.size);
  for (let i = 0; i < gradient.length; i++) gradient[i] = differenceAt(caller, f, copy, i, h);
  checkDependence(caller, f, gradient);
  return asNDArray(gradient, x.shape);
}

/**
 * Computes the gradient of a function that gives an array, contracted with an upstream gradient:
 * `Σⱼ dfⱼ · ∂fⱼ/∂xᵢ`, which is what the backward pass of a layer returns.
 *
 * @param f The function; called twice for every entry of `x`, as in
 * {@linkcode evalNumericalGradient}
 * @param x Where to compute the gradient, any shape, any dtype
 * @param df Upstream gradient, of the shape of `f(x)`
 * @param h How far an entry is moved, to both sides
 * @returns The gradient, float64, of the shape of `x`
 * @throws {TypeError} If `f` gives no array, or takes no argument and never changes
 * @throws {RangeError} If `f(x)` and `df` differ in shape, a difference is not finite, or `h` is
 * not positive
 *
 * @example
 * ```ts
 * import { evalNumericalGradientArray, relError } from "@nndl/nndl/gradient-check";
 * import { array, matmul } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[1, 2]]);
 * const w = array([[1, 3], [5, 7]]);
 * const dout = array([[1, 10]]);
 * const dx = evalNumericalGradientArray((x) => matmul(x, w), x, dout);
 * assert.ok(relError(dx, array([[31, 75]])) < 1e-9);
 * ```
 *
 * @category Gradient checks
 */
export function evalNumericalGradientArray(
  f: (x: NDArray) => NDArray,
  x: NDArray,
  df: NDArray,
  h: number = 1e-5,
): NDArray {
  const caller = "evalNumericalGradientArray";
  checkPositive(caller, "h", h);
  const copy = movableCopy(caller, x);
  const gradient = new Float64Array(copy.size);
  for (let i = 0; i < gradient.length; i++) {
    const [up, down] = moved(copy, i, h, () => {
      const out = f(copy);
      if (!(out instanceof NDArray)) {
        throw new TypeError(
          `${caller}: f must return an NDArray, got ${kindOf(out)}; for a forward pass, return ` +
            "the output alone: forward(x)[0]",
        );
      }
      checkSameShape(caller, "f(x) and df must have the same shape", out, df);
      // A copy, because f may hand out its argument, or an array that its next call reuses.
      return Float64Array.from(out.data);
    });
    let sum = 0;
    for (let j = 0; j < up.length; j++) sum += (up[j] - down[j]) * df.data[j];
    if (!Number.isFinite(sum)) {
      throw new RangeError(
        `${caller}: f and df must be finite near x, but with entry [${indexOf(copy, i)}] moved ` +
          `by ${h} the contraction is ${sum}`,
      );
    }
    gradient[i] = sum / (2 * h);
  }
  checkDependence(caller, f, gradient);
  return asNDArray(gradient, x.shape);
}
