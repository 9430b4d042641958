/**
 * Making arrays.
 *
 * @module
 */
import { checkShape, type Dense, sizeOf } from "./_dense.ts";
import { allocateZeros } from "../kernels/memory.ts";
import { type ArrayLike, fromNested } from "./_nested.ts";
import { checkDType, constructorOf, type DType, type TypedArray } from "./dtypes.ts";
import { NDArray } from "./ndarray.ts";

export function asNDArray(data: TypedArray, shape: readonly number[]): NDArray {
  return new NDArray(data, shape);
}

export function array(source: ArrayLike, dtype?: DType): NDArray {
  if (dtype !== undefined) checkDType("array", dtype);
  const { data, shape, dtype: found } = fromNested(source, dtype);
  return new NDArray(data, shape, found);
}

function make(caller: string, shape: number | readonly number[], dtype: DType): NDArray {
  const checked = checkShape(caller, shape);
  const type = constructorOf(checkDType(caller, dtype));
  return new NDArray(allocateZeros(type, sizeOf(checked)), checked, dtype);
}

export function zeros(shape: number | readonly number[], dtype: DType = "float64"): NDArray {
  return make("zeros", shape, dtype);
}

export function ones(shape: number | readonly number[], dtype: DType = "float64"): NDArray {
  return full(shape, 1, dtype);
}

export function full(
  shape: number | readonly number[],
  value: number,
  dtype: DType = "float64",
): NDArray {
  const result = make("full", shape, dtype);
  result.data.fill(dtype === "bool" ? Number(value !== 0) : value);
  return result;
}

export function zerosLike(x: Dense, dtype: DType = x.dtype): NDArray {
  return zeros(x.shape, dtype);
}

export function onesLike(x: Dense, dtype: DType = x.dtype): NDArray {
  return ones(x.shape, dtype);
}

export function fullLike(x: Dense, value: number, dtype: DType = x.dtype): NDArray {
  return full(x.shape, value, dtype);
}

export function eye(rows: number, columns: number = rows, dtype: DType = "float64"): NDArray {
  const result = make("eye", [rows, columns], dtype);
  for (let i = 0; i < Math.min(rows, columns); i++) result.data[i * columns + i] = 1;
  return result;
}

export function arange(start: number, stop?: number, step = 1, dtype: DType = "float64"): NDArray {
  const [from, to] = stop === undefined ? [0, start] : [start, stop];
  const result = make("arange", Math.max(0, Math.ceil((to - from) / step)), dtype);
  for (let i = 0; i < result.size; i++) result.data[i] = from + i * step;
  return result;
}

export function linspace(start: number, stop: number, num = 50): NDArray {
  const result = make("linspace", num, "float64");
  const step = (stop - start) / (num - 1);
  for (let i = 0; i < num; i++) result.data[i] = i === num - 1 ? stop : start + i * step;
  return result;
}
