/**
 * Reductions over any axes, brought to a reduction over the middle of (outer, n, inner).
 *
 * @module
 */
import { allocateFor, checkAxes, type Dense, showShape, sizeOf } from "./_dense.ts";
import { extreme, fold } from "./_folds.ts";
import { transpose } from "./_layout.ts";
import { squaredDeviations, sums, type View } from "./_sums.ts";
import { type DType, floatOf, type TypedArray } from "./dtypes.ts";

/** Axes to reduce over: one, several, or all (`null` or left out). */
export type Axes = number | readonly number[] | null | undefined;

/** The reductions. */
export type ReduceName = "sum" | "prod" | "mean" | "var" | "std" | "max" | "min" | "any" | "all";

/** Whether `axes` stands for all of them. */
export function isAll(axes: Axes): axes is null | undefined {
  return axes === null || axes === undefined;
}

/** The view to reduce, and the shape of the result. */
function plan(
  caller: string,
  x: Dense,
  axes: Axes,
  keepdims: boolean,
): [view: View, shape: readonly number[]] {
  const { dtype } = x;
  const ndim = x.shape.length;
  const reduced = isAll(axes) ? x.shape.map((_, axis) => axis) : checkAxes(caller, axes, ndim);
  const isReduced = (axis: number) => reduced.includes(axis);
  const shape = keepdims
    ? x.shape.map((length, axis) => isReduced(axis) ? 1 : length)
    : x.shape.filter((_, axis) => !isReduced(axis));
  const first = reduced[0] ?? ndim;
  const last = reduced[reduced.length - 1] ?? ndim - 1;
  const n = sizeOf(reduced.map((axis) => x.shape[axis]));
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !isReduced(axis));
  if (kept.some((axis) => axis > first && axis < last && x.shape[axis] !== 1)) {
    const { data } = transpose(x, [...kept, ...reduced]);
    return [{ data, dtype, outer: sizeOf(shape), n, inner: 1 }, shape];
  }
  const outer = sizeOf(x.shape.slice(0, first));
  return [{ data: x.data, dtype, outer, n, inner: sizeOf(x.shape.slice(last + 1)) }, shape];
}

/**
 * Reduces over `axes`.
 *
 * @param ddof Taken off the divisor of a variance
 * @throws {RangeError} If there is no such axis, or an extreme is asked of no elements
 */
export function reduce(
  name: ReduceName,
  x: Dense,
  axes: Axes,
  keepdims = false,
  ddof = 0,
): Dense {
  const [view, shape] = plan(name, x, axes, keepdims);
  const { n } = view;
  const size = view.outer * view.inner;
  const finish = (dtype: DType, fill: (out: TypedArray) => void): Dense => {
    const data = allocateFor(dtype, size);
    fill(data);
    return { data, shape, dtype };
  };
  // A result over all axes becomes a number, which need not be rounded to float32.
  const float = isAll(axes) ? "float64" : floatOf(x.dtype);
  switch (name) {
    case "sum":
      return finish(float, (out) => out.set(sums(view)));
    case "mean":
      return finish(float, (out) => out.set(scaled(sums(view), n)));
    case "var":
    case "std":
      return finish(float, (out) => {
        const totals = squaredDeviations(view, scaled(sums(view), n));
        const variances = scaled(totals, Math.max(n - ddof, 0));
        if (name === "std") {
          for (let i = 0; i < size; i++) variances[i] = Math.sqrt(variances[i]);
        }
        out.set(variances);
      });
    case "prod":
      return finish(float, (out) => fold(name, view, out));
    case "any":
    case "all":
      return finish("bool", (out) => fold(name, view, out));
    case "max":
    case "min":
      checkSome(name, x, n, size);
      return finish(x.dtype, (out) => extreme(name, view, out));
  }
}

function scaled(totals: Float64Array, divisor: number): Float64Array {
  for (let i = 0; i < totals.length; i++) totals[i] /= divisor;
  return totals;
}

/** Positions of the first largest or smallest element along one axis, or in the flattened array. */
export function argReduce(
  name: "argmax" | "argmin",
  x: Dense,
  axis: number | null | undefined,
  keepdims = false,
): Dense {
  const [view, shape] = plan(name, x, axis, keepdims);
  const size = view.outer * view.inner;
  checkSome(name, x, view.n, size);
  const data = allocateFor("int32", size);
  fold(name, view, data);
  return { data, shape, dtype: "int32" };
}

function checkSome(caller: string, x: Dense, n: number, size: number): void {
  if (n > 0 || size === 0) return;
  const extreme = caller.endsWith("max") ? "maximum" : "minimum";
  throw new RangeError(
    `${caller}: an empty array has no ${extreme}, got shape ${showShape(x.shape)}`,
  );
}
