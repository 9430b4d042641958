/**
 * What every function of this room computes with: a dense row-major array as a plain record.
 *
 * `NDArray` fits this interface. `ndarray.ts` says how the files of the room stand on each other.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { allocate } from "../kernels/memory.ts";
import { constructorOf, type DType, type TypedArray } from "./dtypes.ts";

/** A dense row-major array. */
export interface Dense {
  /** The elements. */
  readonly data: TypedArray;
  /** The length of each axis. */
  readonly shape: readonly number[];
  /** The element type. */
  readonly dtype: DType;
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** The distance in elements between neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** Memory for a result whose elements will all be written. */
export function allocateFor(dtype: DType, size: number): TypedArray {
  return allocate(constructorOf(dtype), size);
}

/** A shape given as a number or a list, checked. */
export function checkShape(caller: string, shape: number | readonly number[]): readonly number[] {
  const list = typeof shape === "number" ? [shape] : shape;
  if (!Array.isArray(list)) {
    throw new TypeError(`${caller}: shape must be a number or a list of numbers, got ${shape}`);
  }
  for (const length of list) {
    if (!Number.isSafeInteger(length) || length < 0) {
      throw new RangeError(
        `${caller}: shape must hold whole numbers from 0 up, got (${list.join(", ")})`,
      );
    }
  }
  return list;
}

/** An axis counted from the front. */
export function checkAxis(caller: string, axis: number, ndim: number): number {
  if (typeof axis !== "number") {
    throw new TypeError(`${caller}: axis must be a number, got ${showValue(axis)}`);
  }
  if (!Number.isInteger(axis) || axis < -ndim || axis >= ndim) {
    throw new RangeError(
      `${caller}: axis must be a whole number from ${-ndim} to ${ndim - 1}, got ${axis}` +
        (ndim === 0 ? "; a 0-d array has no axis" : ""),
    );
  }
  return axis < 0 ? axis + ndim : axis;
}

/** Several axes counted from the front, ascending, each at most once. */
export function checkAxes(
  caller: string,
  axes: number | readonly number[],
  ndim: number,
): number[] {
  const list = typeof axes === "number" ? [axes] : axes;
  if (!Array.isArray(list)) {
    throw new TypeError(
      `${caller}: axis must be a number or a list of them, got ${showValue(axes)}`,
    );
  }
  const found = list.map((axis) => checkAxis(caller, axis, ndim)).sort((a, b) => a - b);
  for (let i = 1; i < found.length; i++) {
    if (found[i] === found[i - 1]) {
      throw new RangeError(`${caller}: axis ${found[i]} is named twice in (${list.join(", ")})`);
    }
  }
  return found;
}

/** A position counted from the front. */
export function checkIndex(caller: string, index: number, length: number, axis: number): number {
  if (!Number.isInteger(index) || index < -length || index >= length) {
    throw new RangeError(
      Number.isInteger(index)
        ? `${caller}: index ${index} is out of range for axis ${axis} of length ${length}`
        : `${caller}: an index must be a whole number, got ${showValue(index)} for axis ${axis}`,
    );
  }
  return index < 0 ? index + length : index;
}
