/** Free functions. @module */
import { binary } from "./_binary.ts";
import { matmul as product, type MatmulOptions } from "./_linalg.ts";
import type { Dense } from "./_dense.ts";
import * as unary from "./_unary.ts";
import { NDArray, type ReduceOptions } from "./ndarray.ts";

function wrap({ data, shape, dtype }: Dense): NDArray {
  return new NDArray(data, shape, dtype);
}
type Operand = NDArray | number;

export const matmul = (a: NDArray, b: NDArray, options?: MatmulOptions): NDArray =>
  wrap(product(a, b, options));
export const add = (a: Operand, b: Operand): NDArray => wrap(binary("add", a, b));
export const subtract = (a: Operand, b: Operand): NDArray => wrap(binary("subtract", a, b));
export const multiply = (a: Operand, b: Operand): NDArray => wrap(binary("multiply", a, b));
export const divide = (a: Operand, b: Operand): NDArray => wrap(binary("divide", a, b));
export const power = (a: Operand, b: Operand): NDArray => wrap(binary("power", a, b));
export const maximum = (a: Operand, b: Operand): NDArray => wrap(binary("maximum", a, b));
export const minimum = (a: Operand, b: Operand): NDArray => wrap(binary("minimum", a, b));
export const exp = (x: NDArray): NDArray => wrap(unary.unaryFloat("exp", x));
export const log = (x: NDArray): NDArray => wrap(unary.unaryFloat("log", x));
export const sqrt = (x: NDArray): NDArray => wrap(unary.unaryFloat("sqrt", x));
export const abs = (x: NDArray): NDArray => wrap(unary.unarySame("abs", x));
export const square = (x: NDArray): NDArray => wrap(unary.unarySame("square", x));
export function sum(x: NDArray): number;
export function sum(x: NDArray, axis: number | readonly number[], o?: ReduceOptions): NDArray;
export function sum(x: NDArray, axis?: number | readonly number[], o?: ReduceOptions) {
  return axis === undefined ? x.sum() : x.sum(axis, o);
}
export function mean(x: NDArray): number;
export function mean(x: NDArray, axis: number | readonly number[], o?: ReduceOptions): NDArray;
export function mean(x: NDArray, axis?: number | readonly number[], o?: ReduceOptions) {
  return axis === undefined ? x.mean() : x.mean(axis, o);
}
export function max(x: NDArray): number;
export function max(x: NDArray, axis: number | readonly number[], o?: ReduceOptions): NDArray;
export function max(x: NDArray, axis?: number | readonly number[], o?: ReduceOptions) {
  return axis === undefined ? x.max() : x.max(axis, o);
}
export function argmax(x: NDArray): number;
export function argmax(x: NDArray, axis: number, o?: ReduceOptions): NDArray;
export function argmax(x: NDArray, axis?: number, o?: ReduceOptions) {
  return axis === undefined ? x.argmax() : x.argmax(axis, o);
}
