/**
 * The array.
 *
 * @module
 */
import { allocateFor, type Dense, showShape, sizeOf } from "./_dense.ts";
import { binary } from "./_binary.ts";
import { placeOf, slice, type SliceSpec } from "./_indexing.ts";
import { convert, resolveShape, transpose } from "./_layout.ts";
import { matmul, type MatmulOptions } from "./_linalg.ts";
import { type NestedList, toNested } from "./_nested.ts";
import { argReduce, type Axes, reduce, type ReduceName } from "./_reduce.ts";
import * as unary from "./_unary.ts";
import { checkDType, constructorOf, type DType, dtypeOf, type TypedArray } from "./dtypes.ts";

/** Options of a reduction. */
export interface ReduceOptions {
  /** Keep the reduced axes, with length 1, so that the result broadcasts against the input. */
  readonly keepdims?: boolean;
}

/** Options of a variance or standard deviation. */
export interface VarianceOptions extends ReduceOptions {
  /** Taken off the number of elements in the divisor: 1 for the unbiased variance. */
  readonly ddof?: number;
}

/** An n-dimensional array: one row-major typed array, a shape and an element type. */
export class NDArray {
  /** The elements, row-major. */
  readonly data: TypedArray;
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** The element type. */
  readonly dtype: DType;

  constructor(data: TypedArray, shape: readonly number[], dtype?: DType) {
    const held = dtypeOf(data);
    if (!held) {
      throw new TypeError(
        "NDArray: data must be a Float32Array, Float64Array, Int32Array or Uint8Array",
      );
    }
    if (dtype !== undefined && !(data instanceof constructorOf(checkDType("NDArray", dtype)))) {
      throw new TypeError(`NDArray: ${dtype} data cannot be held by a ${data.constructor.name}`);
    }
    if (sizeOf(shape) !== data.length) {
      throw new RangeError(
        `NDArray: shape ${showShape(shape)} holds ${
          sizeOf(shape)
        } elements, data has ${data.length}`,
      );
    }
    this.data = data;
    this.shape = shape;
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

  /** The transpose: the axes in reverse order. A copy. */
  get T(): NDArray {
    return this.transpose();
  }

  at(...index: number[]): number {
    return this.data[placeOf("at", this.shape, index)];
  }

  item(): number {
    if (this.data.length !== 1) {
      throw new RangeError(
        `item: the array must hold one element, got shape ${showShape(this.shape)}`,
      );
    }
    return this.data[0];
  }

  reshape(shape: number | readonly number[]): NDArray {
    return new NDArray(this.data, resolveShape(this.size, this.shape, shape), this.dtype);
  }

  transpose(axes?: readonly number[]): NDArray {
    return wrap(transpose(this, axes));
  }

  astype(dtype: DType): NDArray {
    checkDType("astype", dtype);
    return new NDArray(convert(this.data, this.dtype, dtype), this.shape, dtype);
  }

  copy(): NDArray {
    const data = allocateFor(this.dtype, this.size);
    data.set(this.data);
    return new NDArray(data, this.shape, this.dtype);
  }

  toArray(): NestedList {
    return toNested(this);
  }

  toString(): string {
    return JSON.stringify(toNested(this));
  }

  slice(...specs: SliceSpec[]): NDArray {
    return wrap(slice(this, specs));
  }

  add(other: NDArray | number): NDArray {
    return wrap(binary("add", this, other));
  }

  subtract(other: NDArray | number): NDArray {
    return wrap(binary("subtract", this, other));
  }

  multiply(other: NDArray | number): NDArray {
    return wrap(binary("multiply", this, other));
  }

  divide(other: NDArray | number): NDArray {
    return wrap(binary("divide", this, other));
  }

  power(other: NDArray | number): NDArray {
    return wrap(binary("power", this, other));
  }

  negative(): NDArray {
    return wrap(unary.unarySame("negative", this));
  }

  matmul(other: NDArray, options?: MatmulOptions): NDArray {
    return wrap(matmul(this, other, options));
  }

  sum(axis?: null, options?: { readonly keepdims?: false }): number;
  sum(axis: null | undefined, options: { readonly keepdims: true }): NDArray;
  sum(axis: number | readonly number[], options?: ReduceOptions): NDArray;
  sum(axis?: Axes, options: ReduceOptions = {}): NDArray | number {
    return reduced("sum", this, axis, options);
  }

  mean(axis?: null, options?: { readonly keepdims?: false }): number;
  mean(axis: null | undefined, options: { readonly keepdims: true }): NDArray;
  mean(axis: number | readonly number[], options?: ReduceOptions): NDArray;
  mean(axis?: Axes, options: ReduceOptions = {}): NDArray | number {
    return reduced("mean", this, axis, options);
  }

  max(axis?: null, options?: { readonly keepdims?: false }): number;
  max(axis: null | undefined, options: { readonly keepdims: true }): NDArray;
  max(axis: number | readonly number[], options?: ReduceOptions): NDArray;
  max(axis?: Axes, options: ReduceOptions = {}): NDArray | number {
    return reduced("max", this, axis, options);
  }

  min(axis?: null, options?: { readonly keepdims?: false }): number;
  min(axis: null | undefined, options: { readonly keepdims: true }): NDArray;
  min(axis: number | readonly number[], options?: ReduceOptions): NDArray;
  min(axis?: Axes, options: ReduceOptions = {}): NDArray | number {
    return reduced("min", this, axis, options);
  }

  argmax(axis?: null, options?: { readonly keepdims?: false }): number;
  argmax(axis: null | undefined, options: { readonly keepdims: true }): NDArray;
  argmax(axis: number, options?: ReduceOptions): NDArray;
  argmax(axis?: number | null, options: ReduceOptions = {}): NDArray | number {
    const keepdims = options.keepdims ?? false;
    return numberOrArray(argReduce("argmax", this, axis, keepdims), axis, keepdims);
  }
}

function wrap({ data, shape, dtype }: Dense): NDArray {
  return new NDArray(data, shape, dtype);
}

function numberOrArray(x: Dense, axis: Axes, keepdims: boolean): NDArray | number {
  return (axis === undefined || axis === null) && !keepdims ? x.data[0] : wrap(x);
}

function reduced(name: ReduceName, x: Dense, axis: Axes, options: VarianceOptions) {
  const { keepdims = false, ddof = 0 } = options;
  return numberOrArray(reduce(name, x, axis, keepdims, ddof), axis, keepdims);
}
