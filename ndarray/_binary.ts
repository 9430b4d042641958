/**
 * Two-operand computations: result type, broadcasting, and the loop that fits.
 *
 * @module
 */
import * as loops from "./_arithmetic.ts";
import type { BinaryLoop } from "./_arithmetic.ts";
import { planPair } from "./_broadcasting.ts";
import { allocateFor, type Dense, sizeOf } from "./_dense.ts";
import { checkFits, type DType, floatOf, isFloat, promote, promoteScalar } from "./dtypes.ts";

/** An operand: an array, or a plain number. */
export type DenseOrNumber = Dense | number;

/** The computations on two operands. */
export type BinaryName =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "floorDivide"
  | "mod"
  | "power"
  | "maximum"
  | "minimum"
  | "equal"
  | "notEqual"
  | "less"
  | "lessEqual"
  | "greater"
  | "greaterEqual"
  | "logicalAnd"
  | "logicalOr"
  | "logicalXor";

/** The loop and the result type for operands that meet in `dtype`. */
function resolve(name: BinaryName, dtype: DType): [loop: BinaryLoop, result: DType] {
  switch (name) {
    case "add":
      return dtype === "bool" ? [loops.logicalOr, dtype] : [loops.add, dtype];
    case "subtract":
      if (dtype === "bool") {
        throw new TypeError("subtract: bools have no difference, use notEqual or astype first");
      }
      return [loops.subtract, dtype];
    case "multiply":
      return [dtype === "int32" ? loops.multiplyIntegers : loops.multiply, dtype];
    case "divide":
      return [loops.divide, floatOf(dtype)];
    case "floorDivide":
      return isFloat(dtype)
        ? [loops.floorDivide, dtype]
        : [loops.floorDivideIntegers, dtype === "bool" ? "int32" : dtype];
    case "mod":
      return isFloat(dtype)
        ? [loops.mod, dtype]
        : [loops.modIntegers, dtype === "bool" ? "int32" : dtype];
    case "power":
      return isFloat(dtype)
        ? [loops.power, dtype]
        : [loops.powerIntegers, dtype === "bool" ? "int32" : dtype];
    case "maximum":
    case "minimum":
      return [loops[name], dtype];
    case "greater":
      return [loops.less, "bool"];
    case "greaterEqual":
      return [loops.lessEqual, "bool"];
    default:
      return [loops[name], "bool"];
  }
}

/** `a > b` is computed as `b < a`. */
const swapped: ReadonlySet<BinaryName> = new Set(["greater", "greaterEqual"]);

/** The computations whose result is a bool, so that a plain number need not fit the array's type. */
const comparisons: ReadonlySet<BinaryName> = new Set([
  "equal",
  "notEqual",
  "less",
  "lessEqual",
  "greater",
  "greaterEqual",
  "logicalAnd",
  "logicalOr",
  "logicalXor",
]);

/** Computes `name` of two operands. */
export function binary(name: BinaryName, a: DenseOrNumber, b: DenseOrNumber): Dense {
  const meeting = meet(name, a, b);
  const left = operand(a, meeting);
  const right = operand(b, meeting);
  const [loop, dtype] = resolve(name, meeting);
  if (name === "power" && !isFloat(dtype)) checkExponents(right);
  return swapped.has(name)
    ? walk(name, loop, dtype, right, left)
    : walk(name, loop, dtype, left, right);
}

function meet(name: BinaryName, a: DenseOrNumber, b: DenseOrNumber): DType {
  checkOperand(name, a);
  checkOperand(name, b);
  if (typeof a !== "number") {
    if (typeof b !== "number") return promote(a.dtype, b.dtype);
    return meetNumber(name, a.dtype, b);
  }
  return typeof b === "number" ? "float64" : meetNumber(name, b.dtype, a);
}

function meetNumber(name: BinaryName, array: DType, value: number): DType {
  const dtype = promoteScalar(array, value);
  if (!comparisons.has(name)) checkFits(name, value, name === "divide" ? "float64" : dtype);
  return dtype;
}

function checkOperand(name: string, x: unknown): void {
  if (typeof x === "number") return;
  if (typeof x === "object" && x !== null && "data" in x && "shape" in x) return;
  throw new TypeError(
    `${name}: operands must be arrays or numbers, got ${
      Array.isArray(x) ? "a list; wrap it in array(...)" : String(x)
    }`,
  );
}

/** A number as a 0-d array, rounded to float32 first if it meets one, as NumPy does. */
function operand(x: DenseOrNumber, meeting: DType): Dense {
  if (typeof x !== "number") return x;
  const value = meeting === "float32" ? Math.fround(x) : x;
  return { data: Float64Array.of(value), shape: [], dtype: "float64" };
}

function walk(name: string, loop: BinaryLoop, dtype: DType, a: Dense, b: Dense): Dense {
  const { shape, n, stepA, stepB, forEachRow } = planPair(name, a.shape, b.shape);
  const out = allocateFor(dtype, sizeOf(shape));
  const left = a.data;
  const right = b.data;
  forEachRow((i, j, k) => loop(left, i, stepA, right, j, stepB, out, k, n));
  return { data: out, shape, dtype };
}

function checkExponents(exponents: Dense): void {
  for (const exponent of exponents.data) {
    if (exponent < 0) {
      throw new RangeError(
        `power: integers cannot be raised to a negative power, got ${exponent}; use astype first`,
      );
    }
  }
}
