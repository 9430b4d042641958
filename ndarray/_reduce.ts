/**
 * Reductions over any axes, brought to a reduction over the middle of (outer, n, inner).
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { allocateFor, checkAxes, type Dense, sizeOf } from "./_dense.ts";
import { fold, type FoldName } from "./_folds.ts";
import { transpose } from "./_layout.ts";
import { squaredDeviations, sums, type View } from "./_sums.ts";
import { type DType, floatOf, isFloat, type TypedArray } from "./dtypes.ts";

/**
 * Axes to reduce over: one, several, or all (`null` or left out).
 *
 * @category Arrays
 */
export type Axes = number | readonly number[] | null | undefined;

/** The reductions. */
export type ReduceName = "sum" | "prod" | "mean" | "var" | "std" | "max" | "min" | "any" | "all";

/** Whether `axes` stands for all of them. */
export function isAll(axes: Axes): axes is null | undefined {
  return axes === null || axes === undefined;
}

/** The axes to reduce, ascending, and the shape of the result. */
function planAxes(
  caller: string,
  { shape }: Dense,
  axes: Axes,
  keepdims: boolean,
): [reduced: readonly number[], shape: readonly number[]] {
  const reduced = isAll(axes)
    ? shape.map((_, axis) => axis)
    : checkAxes(caller, axes, shape.length);
  const result = keepdims
    ? shape.map((length, axis) => reduced.includes(axis) ? 1 : length)
    : shape.filter((_, axis) => !reduced.includes(axis));
  return [reduced, result];
}

/** The reduced axes in runs of neighbours; axes of length 1 do not separate. */
function runsOf(shape: readonly number[], reduced: readonly number[]): number[][] {
  const runs: number[][] = [];
  let isOpen = false;
  shape.forEach((length, axis) => {
    if (reduced.includes(axis)) {
      if (isOpen) runs[runs.length - 1].push(axis);
      else runs.push([axis]);
      isOpen = true;
    } else if (length !== 1) {
      isOpen = false;
    }
  });
  return runs;
}

/** The view that reduces over one run of axes. */
function viewOf({ data, shape, dtype }: Dense, run: readonly number[]): View {
  const first = run[0] ?? shape.length;
  const last = run[run.length - 1] ?? shape.length - 1;
  return {
    data,
    dtype,
    outer: sizeOf(shape.slice(0, first)),
    n: sizeOf(shape.slice(first, last + 1)),
    inner: sizeOf(shape.slice(last + 1)),
  };
}

/** Brings the reduced axes together, in one view. Copies if they are in several runs. */
function gathered(x: Dense, reduced: readonly number[]): View {
  const runs = runsOf(x.shape, reduced);
  if (runs.length <= 1) return viewOf(x, runs[0] ?? []);
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !reduced.includes(axis));
  const turned = transpose(x, [...kept, ...reduced]);
  return viewOf(turned, turned.shape.map((_, axis) => axis).slice(kept.length));
}

/** Reduces over one run of axes after the other, from the last. */
function inStages(
  x: Dense,
  reduced: readonly number[],
  stage: (view: View) => [data: TypedArray, dtype: DType],
): TypedArray {
  const runs = runsOf(x.shape, reduced);
  if (runs.length === 0) runs.push([]);
  let current = x;
  for (const run of runs.reverse()) {
    const [data, dtype] = stage(viewOf(current, run));
    const shape = current.shape.map((length, axis) => run.includes(axis) ? 1 : length);
    current = { data, shape, dtype };
  }
  return current.data;
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
  const [reduced, shape] = planAxes(name, x, axes, keepdims);
  const size = sizeOf(shape);
  const n = sizeOf(reduced.map((axis) => x.shape[axis]));
  // A result over all axes becomes a number, which need not be rounded to float32.
  const float = isAll(axes) ? "float64" : floatOf(x.dtype);
  const total = () => inStages(x, reduced, (view) => [sums(view), "float64"]) as Float64Array;
  const folded = (kind: FoldName, dtype: DType) =>
    inStages(x, reduced, (view) => {
      const out = allocateFor(dtype, view.outer * view.inner);
      fold(kind, view, out);
      return [out, dtype];
    });
  switch (name) {
    case "sum":
      return inType(float, total(), shape);
    case "mean":
      return inType(float, scaled(total(), n), shape);
    case "var":
    case "std": {
      const view = gathered(x, reduced);
      const squares = squaredDeviations(view, scaled(sums(view), n));
      const variances = scaled(squares, Math.max(n - ddof, 0));
      if (name === "std") { for (let i = 0; i < size; i++) variances[i] = Math.sqrt(variances[i]); }
      return inType(float, variances, shape);
    }
    case "prod": {
      const products = folded(name, "float64");
      // A product of whole numbers has no zero of negative sign.
      if (!isFloat(x.dtype)) { for (let i = 0; i < size; i++) products[i] += 0; }
      return inType(float, products, shape);
    }
    case "any":
    case "all":
      return { data: folded(name, "bool"), shape, dtype: "bool" };
    case "max":
    case "min":
      checkSome(name, x, n, size);
      return { data: folded(name, x.dtype), shape, dtype: x.dtype };
  }
}

function inType(
  dtype: "float32" | "float64",
  values: TypedArray,
  shape: readonly number[],
): Dense {
  if (dtype === "float64") return { data: values, shape, dtype };
  const data = allocateFor(dtype, values.length);
  data.set(values);
  return { data, shape, dtype };
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
  const [reduced, shape] = planAxes(name, x, axis, keepdims);
  const view = gathered(x, reduced);
  const size = sizeOf(shape);
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
