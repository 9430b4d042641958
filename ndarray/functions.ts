/**
 * Elementary functions. Floats keep their type; integers and bools give float64.
 *
 * @module
 */
import { unaryFloat } from "./_unary.ts";
import { type NDArray, wrap } from "./ndarray.ts";

/**
 * Computes the exponential.
 *
 * @param x Array of any shape
 * @returns `e^x`
 *
 * @example
 * ```ts
 * import { array, exp } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(exp(array([0, 1])).toArray(), [1, Math.E]);
 * ```
 *
 * @category Arrays
 */
export function exp(x: NDArray): NDArray {
  return wrap(unaryFloat("exp", x));
}

/**
 * Computes the exponential less one, accurate for small `x`.
 *
 * @param x Array of any shape
 * @returns `e^x - 1`
 *
 * @example
 * ```ts
 * import { array, expm1 } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(expm1(array([0, 1e-20])).toArray(), [0, 1e-20]);
 * ```
 *
 * @category Arrays
 */
export function expm1(x: NDArray): NDArray {
  return wrap(unaryFloat("expm1", x));
}

/**
 * Computes the natural logarithm.
 *
 * @param x Array of any shape
 * @returns `ln x`; -Infinity for 0, NaN below
 *
 * @example
 * ```ts
 * import { array, log } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(log(array([1, Math.E, 0])).toArray(), [0, 1, -Infinity]);
 * ```
 *
 * @category Arrays
 */
export function log(x: NDArray): NDArray {
  return wrap(unaryFloat("log", x));
}

/**
 * Computes the natural logarithm of one more, accurate for small `x`.
 *
 * @param x Array of any shape
 * @returns `ln(1 + x)`
 *
 * @example
 * ```ts
 * import { array, log1p } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(log1p(array([0, 1e-20])).toArray(), [0, 1e-20]);
 * ```
 *
 * @category Arrays
 */
export function log1p(x: NDArray): NDArray {
  return wrap(unaryFloat("log1p", x));
}

/**
 * Computes the logarithm to base 2.
 *
 * @param x Array of any shape
 * @returns `log₂ x`
 *
 * @example
 * ```ts
 * import { array, log2 } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(log2(array([1, 8])).toArray(), [0, 3]);
 * ```
 *
 * @category Arrays
 */
export function log2(x: NDArray): NDArray {
  return wrap(unaryFloat("log2", x));
}

/**
 * Computes the logarithm to base 10.
 *
 * @param x Array of any shape
 * @returns `log₁₀ x`
 *
 * @example
 * ```ts
 * import { array, log10 } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(log10(array([1, 1000])).toArray(), [0, 3]);
 * ```
 *
 * @category Arrays
 */
export function log10(x: NDArray): NDArray {
  return wrap(unaryFloat("log10", x));
}

/**
 * Computes the square root.
 *
 * @param x Array of any shape
 * @returns `√x`; NaN below 0
 *
 * @example
 * ```ts
 * import { array, sqrt } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(sqrt(array([4, 2.25])).toArray(), [2, 1.5]);
 * ```
 *
 * @category Arrays
 */
export function sqrt(x: NDArray): NDArray {
  return wrap(unaryFloat("sqrt", x));
}

/**
 * Computes the sine.
 *
 * @param x Array of any shape
 * @returns `sin x`, `x` in radians
 *
 * @example
 * ```ts
 * import { array, sin } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(sin(array([0, Math.PI / 2])).toArray(), [0, 1]);
 * ```
 *
 * @category Arrays
 */
export function sin(x: NDArray): NDArray {
  return wrap(unaryFloat("sin", x));
}

/**
 * Computes the cosine.
 *
 * @param x Array of any shape
 * @returns `cos x`, `x` in radians
 *
 * @example
 * ```ts
 * import { array, cos } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(cos(array([0, Math.PI])).toArray(), [1, -1]);
 * ```
 *
 * @category Arrays
 */
export function cos(x: NDArray): NDArray {
  return wrap(unaryFloat("cos", x));
}

/**
 * Computes the hyperbolic tangent.
 *
 * @param x Array of any shape
 * @returns `tanh x`
 *
 * @example
 * ```ts
 * import { array, tanh } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(tanh(array([0, Infinity])).toArray(), [0, 1]);
 * ```
 *
 * @category Arrays
 */
export function tanh(x: NDArray): NDArray {
  return wrap(unaryFloat("tanh", x));
}

/**
 * Computes the error function, to the last digits of float64.
 *
 * @param x Array of any shape
 * @returns `2/√π ∫₀^x exp(-t²) dt`
 *
 * @example
 * ```ts
 * import { array, erf } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(erf(array([0, 1, -Infinity])).toArray(), [0, 0.8427007929497149, -1]);
 * ```
 *
 * @category Arrays
 */
export function erf(x: NDArray): NDArray {
  return wrap(unaryFloat("erf", x));
}
