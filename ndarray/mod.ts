/**
 * Arrays.
 *
 * @module
 */
export * from "./creation.ts";
export { type DType, type TypedArray } from "./dtypes.ts";
export * from "./ndarray.ts";
export * from "./functions.ts";
