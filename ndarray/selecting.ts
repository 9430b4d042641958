/**
 * Choosing elements by position or condition.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { broadcastShapes, expandInto } from "./_broadcasting.ts";
import { allocateFor, checkAxis, type Dense, sizeOf } from "./_dense.ts";
import { specialize } from "../internal/specialize.ts";
import { checkFits, type DType, promote, promoteScalar, type TypedArray } from "./dtypes.ts";
import { type Indices, NDArray, type Operand } from "./ndarray.ts";

/**
 * Picks positions along one axis.
 *
 * @param x Array of any shape
 * @param indices The positions; their shape replaces the axis
 * @param axis The axis; with `null` the flattened array
 * @returns The picked parts, a copy
 * @throws {RangeError} If a position is fractional or out of range
 *
 * @example
 * ```ts
 * import { array, take } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(take(array([[1, 2], [3, 4]]), [1, 1, 0], 0).toArray(), [[3, 4], [3, 4], [1, 2]]);
 * ```
 *
 * @category Arrays
 */
export function take(x: NDArray, indices: Indices, axis: number | null = null): NDArray {
  return x.take(indices, axis);
}

/**
 * Picks the positions of an axis for which a condition is true.
 *
 * @param condition Truth values, one for each position; positions behind its end are left out
 * @param x Array of any shape
 * @param axis The axis; with `null` the flattened array
 * @returns The picked parts, a copy
 * @throws {RangeError} If the condition is longer than the axis or does not have one axis
 *
 * @example
 * ```ts
 * import { array, compress } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(compress([true, false], array([[1, 2], [3, 4]]), 1).toArray(), [[1], [3]]);
 * ```
 *
 * @category Arrays
 */
export function compress(
  condition: NDArray | readonly (boolean | number)[],
  x: NDArray,
  axis: number | null = null,
): NDArray {
  const values = condition instanceof NDArray ? condition.data : condition;
  const along = axis === null ? null : checkAxis("compress", axis, x.ndim);
  const length = along === null ? x.size : x.shape[along];
  if ((condition instanceof NDArray && condition.ndim !== 1) || values.length > length) {
    throw new RangeError(
      `compress: condition must have one axis and at most ${length} elements, got ${
        condition instanceof NDArray ? `shape ${showShape(condition.shape)}` : values.length
      }`,
    );
  }
  const positions: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i]) positions.push(i);
  return x.take(positions, along);
}

/** `out[i] = c[i] ? a : b`, with steps of 0 or 1 in `a` and `b`. */
function choose(
  c: TypedArray,
  a: TypedArray,
  stepA: number,
  b: TypedArray,
  stepB: number,
  out: TypedArray,
): void {
  const n = out.length;
  for (let i = 0; i < n; i++) out[i] = c[i] !== 0 ? a[i * stepA] : b[i * stepB];
}

/**
 * Chooses between two arrays, element by element.
 *
 * @param condition Where it is true, that is not 0, `a` is taken, elsewhere `b`
 * @param a An array or a number
 * @param b An array or a number; all three shapes broadcast
 * @returns The chosen elements, of the type in which `a` and `b` meet
 * @throws {RangeError} If the shapes do not broadcast or a number does not fit an integer type
 *
 * @example
 * ```ts
 * import { array, where } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([-1, 2]);
 * assert.deepEqual(where(x.greater(0), x, 0).toArray(), [0, 2]);
 * ```
 *
 * @category Arrays
 */
export function where(condition: NDArray, a: Operand, b: Operand): NDArray {
  const shapeOf = (x: Operand) => typeof x === "number" ? [] : x.shape;
  const shape = broadcastShapes("where", condition.shape, shapeOf(a), shapeOf(b));
  const dtype = meet(a, b);
  const out = allocateFor(dtype, sizeOf(shape));
  const [dataA, stepA] = spread(a, shape);
  const [dataB, stepB] = spread(b, shape);
  const [dataC] = spread(condition, shape);
  const key = `${dataC.constructor.name} ${dataA.constructor.name} ${dataB.constructor.name}`;
  specialize(choose, key)(dataC, dataA, stepA, dataB, stepB, out);
  return new NDArray(out, shape, dtype);
}

function meet(a: Operand, b: Operand): DType {
  if (typeof a !== "number") {
    return typeof b === "number" ? meetNumber(a.dtype, b) : promote(a.dtype, b.dtype);
  }
  return typeof b === "number" ? "float64" : meetNumber(b.dtype, a);
}

function meetNumber(array: DType, value: number): DType {
  const dtype = promoteScalar(array, value);
  checkFits("where", value, dtype);
  return dtype;
}

/** The data of an operand over `shape`, and whether it moves (1) or is one element (0). */
function spread(x: Operand, shape: readonly number[]): [data: TypedArray, step: number] {
  if (typeof x === "number") return [Float64Array.of(x), 0];
  if (x.size === sizeOf(shape)) return [x.data, 1];
  const dense: Dense = x;
  const out = allocateFor(x.dtype, sizeOf(shape));
  expandInto(dense, shape, out);
  return [out, 1];
}

/**
 * Finds the elements that are not 0.
 *
 * @param x Array of at least one axis
 * @returns For each axis an int32 array of their positions on it, in row-major order
 * @throws {RangeError} If `x` is 0-d
 *
 * @example
 * ```ts
 * import { array, nonzero } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [rows, columns] = nonzero(array([[0, 1], [2, 3]]));
 * assert.deepEqual(rows.toArray(), [0, 1, 1]);
 * assert.deepEqual(columns.toArray(), [1, 0, 1]);
 * ```
 *
 * @category Arrays
 */
export function nonzero(x: NDArray): NDArray[] {
  if (x.ndim === 0) throw new RangeError("nonzero: a 0-d array has no positions; use item()");
  const places = flatnonzero(x).data;
  const positions = x.shape.map(() => allocateFor("int32", places.length));
  for (let i = 0; i < places.length; i++) {
    let rest = places[i];
    for (let axis = x.ndim - 1; axis >= 0; axis--) {
      positions[axis][i] = rest % x.shape[axis];
      rest = Math.floor(rest / x.shape[axis]);
    }
  }
  return positions.map((data) => new NDArray(data, [data.length]));
}

/**
 * Finds the elements that are not 0 in the flattened array.
 *
 * @param x Array of any shape
 * @returns Their positions, int32
 *
 * @example
 * ```ts
 * import { array, flatnonzero } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const labels = array([3, 1, 3]);
 * assert.deepEqual(flatnonzero(labels.equal(3)).toArray(), [0, 2]);
 * ```
 *
 * @category Arrays
 */
export function flatnonzero(x: NDArray): NDArray {
  const { data } = x;
  let count = 0;
  for (let i = 0; i < data.length; i++) if (data[i] !== 0) count++;
  const places = allocateFor("int32", count);
  for (let i = 0, to = 0; i < data.length; i++) if (data[i] !== 0) places[to++] = i;
  return new NDArray(places, [count]);
}
