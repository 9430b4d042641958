/**
 * Arrays as in NumPy: {@linkcode NDArray}, and functions of NumPy's names in camelCase that make,
 * combine, reduce, pick and print them.
 *
 * @example
 * ```ts
 * import { array, exp, sum } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const scores = array([[1, 2, 3], [0, 0, 0]]);
 * const odds = exp(scores.subtract(scores.max(1, { keepdims: true })));
 * const probabilities = odds.divide(sum(odds, 1, { keepdims: true }));
 * assert.equal(`${probabilities.slice(0)}`, "[0.09003057 0.24472847 0.66524096]");
 * ```
 *
 * @module
 */
export * from "./arithmetic.ts";
export * from "./comparison.ts";
export * from "./creation.ts";
export * from "./cumulative.ts";
export type { DType, TypedArray } from "./dtypes.ts";
export * from "./eigh.ts";
export * from "./formatting.ts";
export * from "./functions.ts";
export * from "./joining.ts";
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
export * from "./rearranging.ts";
export * from "./reductions.ts";
export * from "./selecting.ts";
export * from "./shaping.ts";
export * from "./sorting.ts";
export * from "./statistics.ts";
