/**
 * Work along one axis, done on rows of neighbours.
 *
 * @module
 */
import { checkAxis } from "./_dense.ts";
import { NDArray } from "./ndarray.ts";
import { moveaxis } from "./shaping.ts";

/** An array brought into rows, and the way back. */
export interface Lanes {
  /** Number of rows. */
  readonly rows: number;
  /** Length of a row, that of the axis. */
  readonly length: number;
  /** The rows one after the other, a copy: the axis is the last. */
  readonly values: NDArray;
  /** Brings rows of any one length back: the rows become the axis again. */
  restore(rows: NDArray["data"], dtype: NDArray["dtype"]): NDArray;
}

/** Brings `axis` of `x` into rows; `null` makes one row of all elements. */
export function lanesOf(caller: string, x: NDArray, axis: number | null): Lanes {
  if (axis === null) {
    return {
      rows: 1,
      length: x.size,
      values: x.flatten(),
      restore: (rows, dtype) => new NDArray(rows, [rows.length], dtype),
    };
  }
  const along = checkAxis(caller, axis, x.ndim);
  const isLast = along === x.ndim - 1;
  const values = isLast ? x.copy() : moveaxis(x, along, -1);
  const length = x.shape[along];
  const others = values.shape.slice(0, -1);
  const rows = others.reduce((size, own) => size * own, 1);
  return {
    rows,
    length,
    values,
    restore(data, dtype) {
      const own = rows === 0 ? length : data.length / rows;
      const moved = new NDArray(data, [...others, own], dtype);
      return isLast ? moved : moveaxis(moved, -1, along);
    },
  };
}
