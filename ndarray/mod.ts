/**
 * Arrays as in NumPy: {@linkcode NDArray}, and functions of NumPy's names in camelCase that make,
 * combine, reduce, pick and print them.
 *
 * @module
 */
export * from "./arithmetic.ts";
export * from "./comparison.ts";
export * from "./creation.ts";
export type { DType, TypedArray } from "./dtypes.ts";
export * from "./functions.ts";
export * from "./linalg.ts";
export {
  type Indices,
  NDArray,
  type Operand,
  type Reduced,
  type ReduceOptions,
  type VarianceOptions,
} from "./ndarray.ts";
export type { NestedList } from "./_nested.ts";
export type { Axes } from "./_reduce.ts";
export type { SliceSpec } from "./_slicing.ts";
export * from "./ranges.ts";
export * from "./reductions.ts";
