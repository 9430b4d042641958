/**
 * Gradients brought to the shapes of what they are gradients of.
 *
 * @module
 */
import { allocate } from "../kernels/mod.ts";
import { asNDArray, type Axes, broadcastTo, type Indices, NDArray } from "../ndarray/mod.ts";

/** Sums a gradient over the axes along which `x` was repeated by broadcasting. */
export function fit(gradient: NDArray, x: NDArray | number): NDArray {
  const shape = typeof x === "number" ? [] : x.shape;
  const leading = gradient.ndim - shape.length;
  const repeated = gradient.shape.flatMap((length, axis) =>
    axis < leading || (shape[axis - leading] === 1 && length !== 1) ? [axis] : []
  );
  return repeated.length === 0 ? gradient : gradient.sum(repeated).reshape(shape);
}

/** Repeats the gradient of a reduction over `axes` to the shape and type of `x`. */
export function spread(gradient: NDArray, x: NDArray, axes: Axes): NDArray {
  const list = axes === null || axes === undefined
    ? null
    : (typeof axes === "number" ? [axes] : axes).map((axis) => axis < 0 ? axis + x.ndim : axis);
  const kept = x.shape.map((length, axis) => list === null || list.includes(axis) ? 1 : length);
  const typed = gradient.dtype === x.dtype ? gradient : gradient.astype(x.dtype);
  return broadcastTo(typed.reshape(kept), x.shape);
}

/** Gives the product of a row or a column the axis back that `matmul` leaves out. */
export function unpromoted(dout: NDArray, isRow: boolean, isColumn: boolean): NDArray {
  if (!isRow && !isColumn) return dout;
  const shape = [...dout.shape];
  if (isColumn) shape.push(1);
  if (isRow) shape.splice(shape.length - 1, 0, 1);
  return dout.reshape(shape);
}

/** Positions as an array. */
export function placesOf(indices: Indices): ArrayLike<number> {
  if (typeof indices === "number") return [indices];
  return indices instanceof NDArray ? indices.data : indices;
}

/** Adds what was taken at `places` of an axis of `x`, or of `x` flattened, up where it was taken. */
export function accumulate(
  dout: NDArray,
  x: NDArray,
  places: ArrayLike<number>,
  axis: number | null,
): NDArray {
  const shape = axis === null ? [x.size] : x.shape;
  const along = axis === null ? 0 : axis < 0 ? axis + x.ndim : axis;
  const length = shape[along];
  const outer = product(shape.slice(0, along));
  const inner = product(shape.slice(along + 1));
  const dx = allocate(x.dtype === "float32" ? Float32Array : Float64Array, x.size).fill(0);
  const from = dout.data;
  let row = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < places.length; i++, row += inner) {
      const place = places[i] < 0 ? places[i] + length : places[i];
      const to = (o * length + place) * inner;
      for (let k = 0; k < inner; k++) dx[to + k] += from[row + k];
    }
  }
  return asNDArray(dx, x.shape);
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((n, length) => n * length, 1);
}
