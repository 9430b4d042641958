/**
 * Making arrays from data, and arrays of one value.
 *
 * @module
 */
import { allocateZeros } from "../kernels/memory.ts";
import { allocateFor, checkShape, sizeOf } from "./_dense.ts";
import { fromNested } from "./_nested.ts";
import { numberFor } from "./_values.ts";
import { checkDType, constructorOf, type DType, type TypedArray } from "./dtypes.ts";
import { NDArray, wrap } from "./ndarray.ts";

/**
 * What an array can be made of: numbers, booleans, typed arrays, arrays, and lists of these.
 *
 * @category Arrays
 */
export type ArrayLike = number | boolean | TypedArray | NDArray | readonly ArrayLike[];

/**
 * Wraps a typed array, without a copy.
 *
 * @param data The elements, row-major
 * @param shape The length of each axis
 * @returns An array over `data`, of the type that it holds
 * @throws {TypeError} If `data` is not of a supported type
 * @throws {RangeError} If `shape` does not have as many elements as `data`
 *
 * @example
 * ```ts
 * import { asNDArray } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = asNDArray(new Float32Array(6), [2, 3]);
 * assert.equal(x.dtype, "float32");
 * ```
 *
 * @category Arrays
 */
export function asNDArray(data: TypedArray, shape: readonly number[]): NDArray {
  return new NDArray(data, shape);
}

/**
 * Makes an array of nested lists, a typed array or an array, always a copy.
 *
 * @param source Numbers or booleans in lists of equal lengths, or arrays, or lists of arrays
 * @param dtype The element type; if left out, that of `source` if it is an array, bool for
 * booleans, and float64 for everything else
 * @returns The array
 * @throws {TypeError} If an element is neither number nor boolean, or there is no such type
 * @throws {RangeError} If the lists are ragged, or an integer type cannot hold an element
 *
 * @example
 * ```ts
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(array([[1, 2, 3], [4, 5, 6]]).shape, [2, 3]);
 * assert.equal(array([1, 2]).dtype, "float64");
 * assert.equal(array([1, 2], "int32").dtype, "int32");
 * ```
 *
 * @category Arrays
 */
export function array(source: ArrayLike, dtype?: DType): NDArray {
  if (dtype !== undefined) checkDType("array", dtype);
  return wrap(fromNested(source, dtype));
}

function filled(
  caller: string,
  shape: number | readonly number[],
  value: number,
  dtype: DType,
): NDArray {
  const lengths = checkShape(caller, shape);
  const element = numberFor(caller, value, checkDType(caller, dtype));
  const size = sizeOf(lengths);
  const data = element === 0
    ? allocateZeros(constructorOf(dtype), size)
    : allocateFor(dtype, size).fill(element);
  return new NDArray(data, lengths, dtype);
}

/**
 * Makes an array of zeros.
 *
 * @param shape The length of each axis; a number for one axis
 * @param dtype The element type
 * @returns The array
 * @throws {RangeError} If a length is negative or fractional
 * @throws {TypeError} If there is no such type
 *
 * @example
 * ```ts
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(zeros([2, 2]).toArray(), [[0, 0], [0, 0]]);
 * assert.equal(zeros(3, "float32").dtype, "float32");
 * ```
 *
 * @category Arrays
 */
export function zeros(shape: number | readonly number[], dtype: DType = "float64"): NDArray {
  return filled("zeros", shape, 0, dtype);
}

/**
 * Makes an array of ones.
 *
 * @param shape The length of each axis; a number for one axis
 * @param dtype The element type
 * @returns The array
 * @throws {RangeError} If a length is negative or fractional
 * @throws {TypeError} If there is no such type
 *
 * @example
 * ```ts
 * import { ones } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(ones(3).toArray(), [1, 1, 1]);
 * ```
 *
 * @category Arrays
 */
export function ones(shape: number | readonly number[], dtype: DType = "float64"): NDArray {
  return filled("ones", shape, 1, dtype);
}

/**
 * Makes an array of one value.
 *
 * @param shape The length of each axis; a number for one axis
 * @param value The value of every element
 * @param dtype The element type
 * @returns The array
 * @throws {RangeError} If a length is negative or fractional, or the type cannot hold the value
 * @throws {TypeError} If there is no such type
 *
 * @example
 * ```ts
 * import { full } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(full([1, 2], 7).toArray(), [[7, 7]]);
 * ```
 *
 * @category Arrays
 */
export function full(
  shape: number | readonly number[],
  value: number,
  dtype: DType = "float64",
): NDArray {
  return filled("full", shape, value, dtype);
}

/**
 * Makes an array whose elements will all be written before they are read.
 *
 * @param shape The length of each axis; a number for one axis
 * @param dtype The element type
 * @returns The array, with arbitrary elements
 * @throws {RangeError} If a length is negative or fractional
 * @throws {TypeError} If there is no such type
 *
 * @example
 * ```ts
 * import { empty } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(empty([2, 3], "uint8").shape, [2, 3]);
 * ```
 *
 * @category Arrays
 */
export function empty(shape: number | readonly number[], dtype: DType = "float64"): NDArray {
  const lengths = checkShape("empty", shape);
  checkDType("empty", dtype);
  // Arbitrary bytes would not do for a bool array, which must hold zeros and ones.
  if (dtype === "bool") return filled("empty", lengths, 0, dtype);
  return new NDArray(allocateFor(dtype, sizeOf(lengths)), lengths, dtype);
}

/**
 * Makes an array of zeros of the shape and type of another.
 *
 * @param x The array to imitate
 * @param dtype The element type, if it is to differ
 * @returns The array
 *
 * @example
 * ```ts
 * import { array, zerosLike } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(zerosLike(array([[1, 2]])).toArray(), [[0, 0]]);
 * ```
 *
 * @category Arrays
 */
export function zerosLike(x: NDArray, dtype: DType = x.dtype): NDArray {
  return filled("zerosLike", x.shape, 0, dtype);
}

/**
 * Makes an array of ones of the shape and type of another.
 *
 * @param x The array to imitate
 * @param dtype The element type, if it is to differ
 * @returns The array
 *
 * @example
 * ```ts
 * import { array, onesLike } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(onesLike(array([[5, 2]])).toArray(), [[1, 1]]);
 * ```
 *
 * @category Arrays
 */
export function onesLike(x: NDArray, dtype: DType = x.dtype): NDArray {
  return filled("onesLike", x.shape, 1, dtype);
}

/**
 * Makes an array of one value, of the shape and type of another.
 *
 * @param x The array to imitate
 * @param value The value of every element
 * @param dtype The element type, if it is to differ
 * @returns The array
 * @throws {RangeError} If the type cannot hold the value
 *
 * @example
 * ```ts
 * import { array, fullLike } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(fullLike(array([1, 2]), 9).toArray(), [9, 9]);
 * ```
 *
 * @category Arrays
 */
export function fullLike(x: NDArray, value: number, dtype: DType = x.dtype): NDArray {
  return filled("fullLike", x.shape, value, dtype);
}

/**
 * Makes a matrix with ones on its diagonal and zeros elsewhere.
 *
 * @param rows Number of rows
 * @param columns Number of columns; as many as rows if left out
 * @param dtype The element type
 * @returns The matrix, (rows, columns)
 * @throws {RangeError} If a length is negative or fractional
 *
 * @example
 * ```ts
 * import { eye } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(eye(2).toArray(), [[1, 0], [0, 1]]);
 * ```
 *
 * @category Arrays
 */
export function eye(rows: number, columns: number = rows, dtype: DType = "float64"): NDArray {
  const result = filled("eye", [rows, columns], 0, dtype);
  for (let i = 0; i < Math.min(rows, columns); i++) result.data[i * columns + i] = 1;
  return result;
}
