/**
 * Arrays of evenly spaced values, and grids made of them.
 *
 * @module
 */
import { expandInto } from "./_broadcasting.ts";
import { allocateFor, checkShape, sizeOf } from "./_dense.ts";
import { checkDType, type DType } from "./dtypes.ts";
import { NDArray } from "./ndarray.ts";

/**
 * Options of {@linkcode linspace}, {@linkcode logspace} and {@linkcode geomspace}.
 *
 * @category Arrays
 */
export interface SpaceOptions {
  /** Whether `stop` is the last value; `true` if left out. */
  readonly endpoint?: boolean;
  /** The element type; float64 if left out. */
  readonly dtype?: DType;
}

function of(values: Float64Array, dtype: DType): NDArray {
  const result = new NDArray(values, [values.length]);
  return dtype === "float64" ? result : result.astype(dtype);
}

/**
 * Makes the values `start, start + step, …` up to but without `stop`; with one argument, the whole
 * numbers from 0 up to but without it.
 *
 * @param start The first value, or the end if it is the only argument
 * @param stop The end, itself not included
 * @param step The distance between values; negative to count down
 * @param dtype The element type
 * @returns The values, (n,)
 * @throws {RangeError} If `step` is 0 or an argument is not finite
 *
 * @example
 * ```ts
 * import { arange } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(arange(3).toArray(), [0, 1, 2]);
 * assert.deepEqual(arange(5, 0, -2, "int32").toArray(), [5, 3, 1]);
 * ```
 *
 * @category Arrays
 */
export function arange(
  start: number,
  stop?: number,
  step: number = 1,
  dtype: DType = "float64",
): NDArray {
  checkDType("arange", dtype);
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  if (![from, to, step].every(Number.isFinite) || step === 0) {
    throw new RangeError(
      `arange: start, stop and step must be finite and step not 0, got ${from}, ${to}, ${step}`,
    );
  }
  const values = allocateFor("float64", Math.max(0, Math.ceil((to - from) / step))) as Float64Array;
  // NumPy's spacing: the difference of the first two values as they are rounded.
  const spacing = (from + step) - from;
  for (let i = 0; i < values.length; i++) values[i] = from + i * spacing;
  if (values.length > 1) values[1] = from + step;
  return of(values, dtype);
}

/**
 * Makes `num` evenly spaced values from `start` to `stop`.
 *
 * @param start The first value
 * @param stop The last value, or the end behind it without `endpoint`
 * @param num How many values
 * @param options `endpoint`, `dtype`; values of an integer type are rounded down
 * @returns The values, (num,)
 * @throws {RangeError} If `num` is negative or fractional
 *
 * @example
 * ```ts
 * import { linspace } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(linspace(0, 1, 5).toArray(), [0, 0.25, 0.5, 0.75, 1]);
 * ```
 *
 * @category Arrays
 */
export function linspace(
  start: number,
  stop: number,
  num: number = 50,
  options: SpaceOptions = {},
): NDArray {
  const values = spaced("linspace", start, stop, num, options);
  const { dtype = "float64" } = options;
  // As NumPy: whole numbers are the floor, so that steps are alike on both sides of 0.
  return of(dtype === "int32" || dtype === "uint8" ? values.map(Math.floor) : values, dtype);
}

function spaced(
  caller: string,
  start: number,
  stop: number,
  num: number,
  { endpoint = true, dtype = "float64" }: SpaceOptions,
): Float64Array {
  checkShape(caller, num);
  checkDType(caller, dtype);
  const values = allocateFor("float64", num) as Float64Array;
  const steps = endpoint ? num - 1 : num;
  const step = (stop - start) / steps;
  for (let i = 0; i < num; i++) values[i] = i === 0 ? start : i * step + start;
  if (endpoint && num > 1) values[num - 1] = stop;
  return values;
}

/**
 * Makes values whose logarithms are evenly spaced: `base^start` to `base^stop`.
 *
 * @param start Exponent of the first value
 * @param stop Exponent of the last value
 * @param num How many values
 * @param options `base`, 10 if left out; `endpoint`, `dtype`
 * @returns The values, (num,)
 * @throws {RangeError} If `num` is negative or fractional
 *
 * @example
 * ```ts
 * import { logspace } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(logspace(0, 2, 3).toArray(), [1, 10, 100]);
 * ```
 *
 * @category Arrays
 */
export function logspace(
  start: number,
  stop: number,
  num: number = 50,
  options: SpaceOptions & {
    /** What is raised to the powers; 10 if left out. */
    readonly base?: number;
  } = {},
): NDArray {
  const values = spaced("logspace", start, stop, num, options);
  const { base = 10, dtype = "float64" } = options;
  for (let i = 0; i < num; i++) values[i] = base ** values[i];
  return of(values, dtype);
}

/**
 * Makes values each of which is the same multiple of the one before.
 *
 * @param start The first value
 * @param stop The last value, of the same sign
 * @param num How many values
 * @param options `endpoint`, `dtype`
 * @returns The values, (num,)
 * @throws {RangeError} If `start` or `stop` is 0, their signs differ, or `num` is no size
 *
 * @example
 * ```ts
 * import { geomspace } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(geomspace(1, 1000, 4).toArray(), [1, 10, 100, 1000]);
 * ```
 *
 * @category Arrays
 */
export function geomspace(
  start: number,
  stop: number,
  num: number = 50,
  options: SpaceOptions = {},
): NDArray {
  if (!(start * stop > 0)) {
    throw new RangeError(
      `geomspace: start and stop must not be 0 and have the same sign, got ${start} and ${stop}`,
    );
  }
  const sign = Math.sign(start);
  const [low, high] = [Math.log10(start * sign), Math.log10(stop * sign)];
  const values = spaced("geomspace", low, high, num, options);
  for (let i = 0; i < num; i++) values[i] = sign * 10 ** values[i];
  if (num > 0) values[0] = start;
  if (num > 1 && options.endpoint !== false) values[num - 1] = stop;
  return of(values, options.dtype ?? "float64");
}

/**
 * Makes coordinate arrays of a grid. With x and y of lengths n and m both results are (m, n): the
 * first axis is y, as in an image.
 *
 * @param axes The coordinates along each axis, arrays of one axis
 * @returns For each argument an array of the shape of the grid
 * @throws {RangeError} If an argument has more than one axis
 *
 * @example
 * ```ts
 * import { array, meshgrid } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [x, y] = meshgrid(array([1, 2, 3]), array([10, 20]));
 * assert.deepEqual(x.toArray(), [[1, 2, 3], [1, 2, 3]]);
 * assert.deepEqual(y.toArray(), [[10, 10, 10], [20, 20, 20]]);
 * ```
 *
 * @category Arrays
 */
export function meshgrid(...axes: NDArray[]): NDArray[] {
  for (const axis of axes) {
    if (axis.ndim > 1) {
      throw new RangeError(`meshgrid: arguments must have one axis, got one with ${axis.ndim}`);
    }
  }
  const swap = (i: number) => i < 2 && axes.length > 1 ? 1 - i : i;
  const shape = axes.map((_, i) => axes[swap(i)].size);
  return axes.map((values, i) => {
    const own = axes.map((_, at) => at === swap(i) ? values.size : 1);
    const out = allocateFor(values.dtype, sizeOf(shape));
    expandInto({ data: values.data, shape: own, dtype: values.dtype }, shape, out);
    return new NDArray(out, shape, values.dtype);
  });
}
