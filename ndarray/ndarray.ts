/**
 * The array.
 *
 * How the room hangs together: the files imported here compute on plain records of data, shape and
 * type (`Dense`, which `NDArray` fits); the class wraps what they return; the free functions of the
 * other files stand on both. So nothing below the class imports it, and no import goes in a circle.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { showValue } from "../internal/show.ts";
import { checkShape, type Dense, sizeOf } from "./_dense.ts";
import { binary } from "./_binary.ts";
import { formatPlain } from "./_formatting.ts";
import { cast, convert, resolveShape, transpose } from "./_layout.ts";
import { matmul, type MatmulOptions } from "./_linalg.ts";
import { type NestedList, toNested } from "./_nested.ts";
import { assignMask, assignPick, mask, pick, take } from "./_picking.ts";
import { argReduce, type Axes, isAll, reduce, type ReduceName } from "./_reduce.ts";
import { assignSlice, placeOf, slice, type SliceSpec } from "./_slicing.ts";
import { unaryBool, unarySame } from "./_unary.ts";
import { numberFor } from "./_values.ts";
import {
  checkBools,
  checkDType,
  constructorOf,
  type DType,
  dtypeOf,
  type TypedArray,
} from "./dtypes.ts";

/**
 * An array or a plain number, as operands of arithmetic may be.
 *
 * @category Arrays
 */
export type Operand = NDArray | number;

/**
 * Positions: one, a list, or an array of whole numbers. Negative ones count from the end.
 *
 * @category Arrays
 */
export type Indices = number | readonly number[] | TypedArray | NDArray;

/**
 * Options of a reduction.
 *
 * @category Arrays
 */
export interface ReduceOptions<K extends boolean = boolean> {
  /** Keep the reduced axes, with length 1, so that the result broadcasts against the input. */
  readonly keepdims?: K;
}

/**
 * Options of a variance or standard deviation.
 *
 * @category Arrays
 */
export interface VarianceOptions<K extends boolean = boolean> extends ReduceOptions<K> {
  /** Taken off the number of elements in the divisor: 1 for the unbiased variance. */
  readonly ddof?: number;
}

/**
 * What a reduction over axes `A` returns: over all axes a number (or a boolean), unless `keepdims`
 * is `true`; otherwise an array.
 *
 * @category Arrays
 */
export type Reduced<A extends Axes, K extends boolean, T = number> = A extends null | undefined
  ? K extends true ? NDArray : T
  : NDArray;

/**
 * An n-dimensional array: one row-major typed array, a shape and an element type.
 *
 * Results are new arrays. `reshape` and `ravel` share the data of the array they are called on, all
 * else is copied. Only `set`, `setSlice`, `setPick` and `putMask` write to an array.
 *
 * Types meet as in NumPy: the wider wins, int32 with float32 gives float64, and a plain number
 * takes the type of the array it meets unless a fraction meets integers, which gives float64.
 * Integer arithmetic wraps.
 *
 * @example
 * ```ts
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[1, 2, 3], [4, 5, 6]]);
 * const centred = x.subtract(x.mean(0));
 * assert.deepEqual(centred.toArray(), [[-1.5, -1.5, -1.5], [1.5, 1.5, 1.5]]);
 * assert.equal(`${x}`, "[[1. 2. 3.]\n [4. 5. 6.]]");
 * ```
 *
 * @category Arrays
 */
export class NDArray {
  /** The elements, row-major. A bool array holds zeros and ones. */
  readonly data: TypedArray;
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** The element type. */
  readonly dtype: DType;

  /**
   * Wraps a typed array, without a copy.
   *
   * @param data The elements, row-major
   * @param shape The length of each axis
   * @param dtype The element type; needed only for bool, which is held in a `Uint8Array`
   * @throws {TypeError} If `data` is not of a supported type, or not of type `dtype`
   * @throws {RangeError} If `shape` does not have as many elements as `data`, or more than 2^31 - 1,
   * or a bool is neither 0 nor 1
   */
  constructor(data: TypedArray, shape: readonly number[], dtype?: DType) {
    const held = dtypeOf(data);
    if (!held) {
      throw new TypeError(
        "NDArray: data must be a Float32Array, Float64Array, Int32Array or Uint8Array; " +
          "for lists use array(...)",
      );
    }
    const isOther = dtype !== undefined && dtype !== held;
    if (isOther && !(data instanceof constructorOf(checkDType("NDArray", dtype)))) {
      throw new TypeError(`NDArray: ${dtype} data cannot be held by a ${data.constructor.name}`);
    }
    if (dtype === "bool") checkBools("NDArray", data as Uint8Array);
    const size = sizeOf(checkShape("NDArray", shape));
    if (size !== data.length) {
      throw new RangeError(
        `NDArray: shape ${showShape(shape)} has ${size} elements, data has ${data.length}`,
      );
    }
    if (size > 2147483647) {
      throw new RangeError(`NDArray: an array can have 2147483647 elements, got ${size}`);
    }
    this.data = data;
    this.shape = [...shape];
    this.dtype = dtype ?? held;
  }

  /** The number of elements. */
  get size(): number {
    return this.data.length;
  }

  /** The number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The transpose: the axes in reverse order. A copy; `matmul` takes flags instead. */
  get T(): NDArray {
    return this.transpose();
  }

  /**
   * Reads one element.
   *
   * @param index One position for each axis; negative ones count from the end
   * @returns The element; 0 or 1 of a bool array
   * @throws {RangeError} If there is no such element
   */
  at(...index: number[]): number {
    return this.data[placeOf("at", this.shape, index)];
  }

  /**
   * Reads the element of an array that has only one.
   *
   * @returns The element; 0 or 1 of a bool array
   * @throws {RangeError} If there is not exactly one
   */
  item(): number {
    if (this.data.length !== 1) {
      throw new RangeError(
        `item: the array must have one element, got shape ${showShape(this.shape)}`,
      );
    }
    return this.data[0];
  }

  /**
   * Writes one element.
   *
   * @param value What to write
   * @param index One position for each axis; negative ones count from the end
   * @throws {RangeError} If there is no such element, or an integer type cannot hold the value
   */
  set(value: number, ...index: number[]): void {
    this.data[placeOf("set", this.shape, index)] = numberFor("set", value, this.dtype);
  }

  /**
   * Copies a part of the array.
   *
   * @param specs For each axis a range `"start:stop:step"` or a position, which drops the axis;
   * `"..."` stands for the axes not named, `null` for a new one. Missing entries take all
   * @returns The part, a copy
   * @throws {TypeError} If an entry is none of these
   * @throws {RangeError} If a position is out of range, a step is 0 or there are too many entries
   *
   * @example
   * ```ts
   * import { arange } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * const x = arange(12).reshape([3, 4]);
   * assert.deepEqual(x.slice("1:", "::2").toArray(), [[4, 6], [8, 10]]);
   * assert.deepEqual(x.slice("...", -1).toArray(), [3, 7, 11]);
   * assert.deepEqual(x.slice(0, "::-1").toArray(), [3, 2, 1, 0]);
   * ```
   */
  slice(...specs: SliceSpec[]): NDArray {
    return wrap(slice(this, specs));
  }

  /**
   * Writes to a part of the array.
   *
   * @param value A number, or an array that broadcasts to the part; it is converted as by `astype`
   * @param specs The part, as in {@linkcode NDArray.slice}
   * @throws {RangeError} If there is no such part or the value does not fit it
   *
   * @example
   * ```ts
   * import { array, zeros } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * const x = zeros([2, 3]);
   * x.setSlice(array([1, 2]), ":", -1);
   * assert.deepEqual(x.toArray(), [[0, 0, 1], [0, 0, 2]]);
   * ```
   */
  setSlice(value: Operand, ...specs: SliceSpec[]): void {
    assignSlice(this, value, specs);
  }

  /**
   * Picks positions along one axis.
   *
   * @param indices The positions; their shape replaces the axis
   * @param axis The axis; with `null` the flattened array
   * @returns The picked parts, a copy
   * @throws {RangeError} If a position is fractional or out of range
   *
   * @example
   * ```ts
   * import { array } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * const x = array([[1, 2], [3, 4], [5, 6]]);
   * assert.deepEqual(x.take([2, 0], 0).toArray(), [[5, 6], [1, 2]]);
   * ```
   */
  take(indices: Indices, axis: number | null = null): NDArray {
    return wrap(take(this, indices, axis));
  }

  /**
   * Picks single elements, or the parts behind them: `x.pick(rows, columns)` is NumPy's
   * `x[rows, columns]`.
   *
   * @param indices Positions for each of the leading axes; they broadcast against each other
   * @returns An array of their common shape, followed by the axes not named
   * @throws {RangeError} If a position is fractional or out of range
   *
   * @example
   * ```ts
   * import { array } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * const scores = array([[1, 2, 3], [4, 5, 6]]);
   * assert.deepEqual(scores.pick([0, 1], [2, 0]).toArray(), [3, 4]);
   * ```
   */
  pick(...indices: Indices[]): NDArray {
    return wrap(pick(this, indices));
  }

  /**
   * Writes to what {@linkcode NDArray.pick} would give. Of several values for one element the last
   * one stays.
   *
   * @param value A number, or an array that broadcasts to the picked shape
   * @param indices Positions for each of the leading axes
   * @throws {RangeError} If a position is fractional or out of range, or the value does not fit
   *
   * @example
   * ```ts
   * import { zeros } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * const oneHot = zeros([2, 3]);
   * oneHot.setPick(1, [0, 1], [2, 0]);
   * assert.deepEqual(oneHot.toArray(), [[0, 0, 1], [1, 0, 0]]);
   * ```
   */
  setPick(value: Operand, ...indices: Indices[]): void {
    assignPick(this, value, indices);
  }

  /**
   * Picks the elements, or the parts behind them, for which a mask is true.
   *
   * @param chosen A bool array with the leading axes of this one
   * @returns An array with one axis in place of the mask's
   * @throws {TypeError} If the mask is not of type bool
   * @throws {RangeError} If its shape does not fit
   *
   * @example
   * ```ts
   * import { array } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * const x = array([3, -1, 2]);
   * assert.deepEqual(x.mask(x.greater(0)).toArray(), [3, 2]);
   * ```
   */
  mask(chosen: NDArray): NDArray {
    return wrap(mask(this, chosen));
  }

  /**
   * Writes to the elements, or the parts behind them, for which a mask is true.
   *
   * @param chosen A bool array with the leading axes of this one
   * @param value A number, or an array that broadcasts to what {@linkcode NDArray.mask} would give
   * @throws {TypeError} If the mask is not of type bool
   * @throws {RangeError} If a shape does not fit
   *
   * @example
   * ```ts
   * import { array } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * const x = array([3, -1, 2]);
   * x.putMask(x.less(0), 0);
   * assert.deepEqual(x.toArray(), [3, 0, 2]);
   * ```
   */
  putMask(chosen: NDArray, value: Operand): void {
    assignMask(this, chosen, value);
  }

  /**
   * Gives the array another shape, sharing its data.
   *
   * @param shape The new shape; one length may be -1 and is then computed
   * @returns An array of the same elements in the same order
   * @throws {RangeError} If the elements do not fill the shape
   *
   * @example
   * ```ts
   * import { arange } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(arange(6).reshape([2, -1]).toArray(), [[0, 1, 2], [3, 4, 5]]);
   * ```
   */
  reshape(shape: number | readonly number[]): NDArray;
  reshape(shape: number | readonly number[], ...more: unknown[]): NDArray {
    if (more.length > 0) {
      throw new TypeError(
        `reshape: lengths go in a list: reshape(${showValue([shape, ...more])})`,
      );
    }
    return new NDArray(this.data, resolveShape(this.size, this.shape, shape), this.dtype);
  }

  /** The elements in one axis, sharing the data. */
  ravel(): NDArray {
    return this.reshape([this.size]);
  }

  /** The elements in one axis, a copy. */
  flatten(): NDArray {
    return this.copy().ravel();
  }

  /**
   * Reorders the axes.
   *
   * @param axes Axis `i` of the result is axis `axes[i]` of this array; the reverse if left out
   * @returns The array with its axes reordered, a copy
   * @throws {RangeError} If `axes` does not name every axis once
   *
   * @example
   * ```ts
   * import { zeros } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(zeros([10, 32, 32, 3]).transpose([0, 3, 1, 2]).shape, [10, 3, 32, 32]);
   * ```
   */
  transpose(axes?: readonly number[]): NDArray {
    return wrap(transpose(this, axes));
  }

  /**
   * Converts to another type: floats to integers toward zero, anything to bool by `!= 0`.
   *
   * @param dtype The new type
   * @returns A copy of that type; values that an integer type cannot hold wrap
   * @throws {TypeError} If there is no such type
   *
   * @example
   * ```ts
   * import { array } from "@nndl/nndl/ndarray";
   * import assert from "node:assert/strict";
   *
   * assert.deepEqual(array([1.9, -1.9, 0]).astype("int32").toArray(), [1, -1, 0]);
   * ```
   */
  astype(dtype: DType): NDArray {
    checkDType("astype", dtype);
    return dtype === this.dtype ? this.copy() : wrap(cast(this, dtype));
  }

  /** A copy with data of its own. */
  copy(): NDArray {
    return new NDArray(convert(this.data, this.dtype, this.dtype), this.shape, this.dtype);
  }

  /**
   * The elements as nested lists; those of a bool array as booleans.
   *
   * @returns Lists nested as deep as the array has axes; the element itself of a 0-d array
   */
  toArray(): NestedList {
    return toNested(this);
  }

  /** The text that NumPy's `str` gives. */
  toString(): string {
    return formatPlain(this);
  }

  /**
   * The text in templates and sums of texts; for operators on numbers, which would give NaN or false,
   * an error.
   *
   * @param hint What the language asks for: `"number"` for `x * 2` and `x > 0`
   * @returns The same as {@linkcode NDArray.toString}
   * @throws {TypeError} If a number is asked for
   */
  [Symbol.toPrimitive](hint: string): string {
    if (hint !== "number") return formatPlain(this);
    throw new TypeError(
      "NDArray: operators such as * and > do not work on arrays; write x.multiply(2), x.greater(0), " +
        "and x.item() for the number of an array with one element",
    );
  }

  /** What `console.log` shows in Deno: the same as {@linkcode NDArray.toString}. */
  [Symbol.for("Deno.customInspect")](): string {
    return formatPlain(this);
  }

  /** What a Jupyter notebook shows of a cell that ends in an array. */
  [Symbol.for("Jupyter.display")](): Record<string, string> {
    return { "text/plain": formatPlain(this) };
  }

  /**
   * Adds, element by element; bools are joined by "or".
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns The sum
   */
  add(other: Operand): NDArray {
    return wrap(binary("add", this, other));
  }

  /**
   * Subtracts, element by element.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns The difference
   */
  subtract(other: Operand): NDArray {
    return wrap(binary("subtract", this, other));
  }

  /**
   * Multiplies, element by element.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns The product
   */
  multiply(other: Operand): NDArray {
    return wrap(binary("multiply", this, other));
  }

  /**
   * Divides, element by element.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns The quotient, a float whatever the operands are
   */
  divide(other: Operand): NDArray {
    return wrap(binary("divide", this, other));
  }

  /**
   * Divides, element by element, and rounds down; integers divided by 0 give 0.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns The whole quotient
   */
  floorDivide(other: Operand): NDArray {
    return wrap(binary("floorDivide", this, other));
  }

  /**
   * Takes the remainder, element by element; it has the sign of the divisor.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns The remainder
   */
  mod(other: Operand): NDArray {
    return wrap(binary("mod", this, other));
  }

  /**
   * Raises to a power, element by element; integers take no negative exponents.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns The power
   */
  power(other: Operand): NDArray {
    return wrap(binary("power", this, other));
  }

  /**
   * Compares, element by element.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns A bool array, true where the elements are equal
   */
  equal(other: Operand): NDArray {
    return wrap(binary("equal", this, other));
  }

  /**
   * Compares, element by element.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns A bool array, true where the elements differ
   */
  notEqual(other: Operand): NDArray {
    return wrap(binary("notEqual", this, other));
  }

  /**
   * Compares, element by element.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns A bool array, true where this element is the smaller
   */
  less(other: Operand): NDArray {
    return wrap(binary("less", this, other));
  }

  /**
   * Compares, element by element.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns A bool array, true where this element is not the larger
   */
  lessEqual(other: Operand): NDArray {
    return wrap(binary("lessEqual", this, other));
  }

  /**
   * Compares, element by element.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns A bool array, true where this element is the larger
   */
  greater(other: Operand): NDArray {
    return wrap(binary("greater", this, other));
  }

  /**
   * Compares, element by element.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns A bool array, true where this element is not the smaller
   */
  greaterEqual(other: Operand): NDArray {
    return wrap(binary("greaterEqual", this, other));
  }

  /**
   * Combines truth values: everything but 0 is true.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns A bool array, true where both are true
   */
  logicalAnd(other: Operand): NDArray {
    return wrap(binary("logicalAnd", this, other));
  }

  /**
   * Combines truth values: everything but 0 is true.
   *
   * @param other An array whose shape broadcasts against this one's, or a number
   * @returns A bool array, true where one is true or both are
   */
  logicalOr(other: Operand): NDArray {
    return wrap(binary("logicalOr", this, other));
  }

  /** The opposite truth values, a bool array: true where an element is 0. */
  logicalNot(): NDArray {
    return wrap(unaryBool("logicalNot", this));
  }

  /** The elements with the opposite sign. */
  negative(): NDArray {
    return wrap(unarySame("negative", this));
  }

  /** The absolute values. */
  abs(): NDArray {
    return wrap(unarySame("abs", this));
  }

  /**
   * Multiplies matrices, as {@linkcode matmul}.
   *
   * @param other The second factor
   * @param options Which factors to read transposed
   * @returns The matrix product
   */
  matmul(other: NDArray, options?: MatmulOptions): NDArray {
    return wrap(matmul(this, other, options));
  }

  /**
   * Sums the elements, accumulating in float64.
   *
   * @param axis One axis or several; all if left out or `null`
   * @param options `keepdims` to keep the reduced axes
   * @returns The sum; over all axes a number, otherwise an array
   */
  sum<A extends Axes = undefined, K extends boolean = false>(
    axis?: A,
    options: ReduceOptions<K> = {},
  ): Reduced<A, K> {
    return reduced("sum", this, axis, options) as Reduced<A, K>;
  }

  /**
   * Multiplies the elements.
   *
   * @param axis One axis or several; all if left out or `null`
   * @param options `keepdims` to keep the reduced axes
   * @returns The product; over all axes a number, otherwise an array
   */
  prod<A extends Axes = undefined, K extends boolean = false>(
    axis?: A,
    options: ReduceOptions<K> = {},
  ): Reduced<A, K> {
    return reduced("prod", this, axis, options) as Reduced<A, K>;
  }

  /**
   * Averages the elements, accumulating in float64.
   *
   * @param axis One axis or several; all if left out or `null`
   * @param options `keepdims` to keep the reduced axes
   * @returns The mean; over all axes a number, otherwise an array
   */
  mean<A extends Axes = undefined, K extends boolean = false>(
    axis?: A,
    options: ReduceOptions<K> = {},
  ): Reduced<A, K> {
    return reduced("mean", this, axis, options) as Reduced<A, K>;
  }

  /**
   * Computes the variance: the mean squared distance from the mean.
   *
   * @param axis One axis or several; all if left out or `null`
   * @param options `keepdims` to keep the reduced axes; `ddof` for the divisor
   * @returns The variance; over all axes a number, otherwise an array
   */
  var<A extends Axes = undefined, K extends boolean = false>(
    axis?: A,
    options: VarianceOptions<K> = {},
  ): Reduced<A, K> {
    return reduced("var", this, axis, options) as Reduced<A, K>;
  }

  /**
   * Computes the standard deviation, the root of the variance.
   *
   * @param axis One axis or several; all if left out or `null`
   * @param options `keepdims` to keep the reduced axes; `ddof` for the divisor
   * @returns The deviation; over all axes a number, otherwise an array
   */
  std<A extends Axes = undefined, K extends boolean = false>(
    axis?: A,
    options: VarianceOptions<K> = {},
  ): Reduced<A, K> {
    return reduced("std", this, axis, options) as Reduced<A, K>;
  }

  /**
   * Finds the largest element; NaN if there is one.
   *
   * @param axis One axis or several; all if left out or `null`
   * @param options `keepdims` to keep the reduced axes
   * @returns The maximum; over all axes a number, otherwise an array
   * @throws {RangeError} If there is no such axis, or an empty array is reduced
   */
  max<A extends Axes = undefined, K extends boolean = false>(
    axis?: A,
    options: ReduceOptions<K> = {},
  ): Reduced<A, K> {
    return reduced("max", this, axis, options) as Reduced<A, K>;
  }

  /**
   * Finds the smallest element; NaN if there is one.
   *
   * @param axis One axis or several; all if left out or `null`
   * @param options `keepdims` to keep the reduced axes
   * @returns The minimum; over all axes a number, otherwise an array
   * @throws {RangeError} If there is no such axis, or an empty array is reduced
   */
  min<A extends Axes = undefined, K extends boolean = false>(
    axis?: A,
    options: ReduceOptions<K> = {},
  ): Reduced<A, K> {
    return reduced("min", this, axis, options) as Reduced<A, K>;
  }

  /**
   * Tells whether any element is true, that is not 0.
   *
   * @param axis One axis or several; all if left out or `null`
   * @param options `keepdims` to keep the reduced axes
   * @returns Over all axes a boolean, otherwise a bool array
   */
  any<A extends Axes = undefined, K extends boolean = false>(
    axis?: A,
    options: ReduceOptions<K> = {},
  ): Reduced<A, K, boolean> {
    return truth(reduced("any", this, axis, options)) as Reduced<A, K, boolean>;
  }

  /**
   * Tells whether all elements are true, that is not 0.
   *
   * @param axis One axis or several; all if left out or `null`
   * @param options `keepdims` to keep the reduced axes
   * @returns Over all axes a boolean, otherwise a bool array
   */
  all<A extends Axes = undefined, K extends boolean = false>(
    axis?: A,
    options: ReduceOptions<K> = {},
  ): Reduced<A, K, boolean> {
    return truth(reduced("all", this, axis, options)) as Reduced<A, K, boolean>;
  }

  /**
   * Finds the position of the first maximum; a NaN counts as one.
   *
   * @param axis The axis; the flattened array if left out or `null`
   * @param options `keepdims` to keep the reduced axes
   * @returns The position in the flattened array, or an int32 array of positions along the axis
   * @throws {RangeError} If there is no such axis, or an empty array is reduced
   */
  argmax<A extends number | null | undefined = undefined, K extends boolean = false>(
    axis?: A,
    options: ReduceOptions<K> = {},
  ): Reduced<A, K> {
    return argReduced("argmax", this, axis, options) as Reduced<A, K>;
  }

  /**
   * Finds the position of the first minimum; a NaN counts as one.
   *
   * @param axis The axis; the flattened array if left out or `null`
   * @param options `keepdims` to keep the reduced axes
   * @returns The position in the flattened array, or an int32 array of positions along the axis
   * @throws {RangeError} If there is no such axis, or an empty array is reduced
   */
  argmin<A extends number | null | undefined = undefined, K extends boolean = false>(
    axis?: A,
    options: ReduceOptions<K> = {},
  ): Reduced<A, K> {
    return argReduced("argmin", this, axis, options) as Reduced<A, K>;
  }
}

/** Makes an array of what the internal functions return. */
export function wrap({ data, shape, dtype }: Dense): NDArray {
  return new NDArray(data, shape, dtype);
}

function numberOrArray(x: Dense, axis: Axes, keepdims: boolean): NDArray | number {
  return isAll(axis) && !keepdims ? x.data[0] : wrap(x);
}

function checkReduceOptions(name: string, options: unknown): void {
  if (typeof options === "object" && options !== null) return;
  const fix = typeof options === "number" ? `; several axes go in a list: ${name}([0, 1])` : "";
  throw new TypeError(
    `${name}: options must be an object such as { keepdims: true }, got ${
      showValue(options)
    }${fix}`,
  );
}

function reduced(
  name: ReduceName,
  x: Dense,
  axis: Axes,
  options: VarianceOptions,
): NDArray | number {
  checkReduceOptions(name, options);
  const { keepdims = false, ddof = 0 } = options;
  return numberOrArray(reduce(name, x, axis, keepdims, ddof), axis, keepdims);
}

function argReduced(
  name: "argmax" | "argmin",
  x: Dense,
  axis: number | null | undefined,
  options: ReduceOptions,
): NDArray | number {
  checkReduceOptions(name, options);
  const { keepdims = false } = options;
  return numberOrArray(argReduce(name, x, axis, keepdims), axis, keepdims);
}

function truth(found: NDArray | number): NDArray | boolean {
  return typeof found === "number" ? found !== 0 : found;
}
