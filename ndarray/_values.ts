/**
 * Values on their way into an array: converted to its type, broadcast to the place they fill.
 *
 * @module
 */
import { showShape } from "../internal/shapes.ts";
import { broadcastShapes, expandInto } from "./_broadcasting.ts";
import { allocateFor, type Dense, sizeOf } from "./_dense.ts";
import { cast } from "./_layout.ts";
import { checkFits, type DType, isFloat, type TypedArray } from "./dtypes.ts";

/**
 * A number as an array of type `dtype` holds it.
 *
 * @throws {RangeError} If it is not finite or does not fit an integer type
 */
export function numberFor(caller: string, value: number, dtype: DType): number {
  if (typeof value !== "number" && typeof value !== "boolean") {
    throw new TypeError(`${caller}: value must be a number or an array, got ${String(value)}`);
  }
  if (isFloat(dtype)) return Number(value);
  if (dtype === "bool") return Number(value) === 0 ? 0 : 1;
  if (!Number.isFinite(value)) {
    throw new RangeError(`${caller}: ${dtype} cannot hold ${value}`);
  }
  const whole = Math.trunc(value);
  checkFits(caller, whole, dtype);
  return whole;
}

/** The elements to write where `shape` elements of `x` are replaced by `value`. */
export function valuesFor(
  caller: string,
  x: Dense,
  value: Dense | number,
  shape: readonly number[],
): TypedArray {
  const out = allocateFor(x.dtype, sizeOf(shape));
  if (typeof value !== "object") return out.fill(numberFor(caller, value, x.dtype));
  const extra = Math.max(0, value.shape.length - shape.length);
  const lead = value.shape.slice(0, extra);
  const own = lead.every((length) => length === 1) ? value.shape.slice(extra) : value.shape;
  const met = broadcastShapes(caller, own, shape);
  if (met.length !== shape.length || met.some((length, axis) => length !== shape[axis])) {
    throw new RangeError(
      `${caller}: a value of shape ${showShape(value.shape)} does not fit ${showShape(shape)}`,
    );
  }
  const { data } = cast(value, x.dtype);
  expandInto({ data, shape: own, dtype: x.dtype }, shape, out);
  return out;
}
