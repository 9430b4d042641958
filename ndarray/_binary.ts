/**
 * Two-operand computations: result type, broadcasting, and the loop that fits.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { planPair } from "./_broadcasting.ts";
import { allocateFor, type Dense, sizeOf } from "./_dense.ts";
import * as integers from "./_integers.ts";
import { sameShape } from "../internal/shapes.ts";
import { specialize } from "../internal/specialize.ts";
import {
  checkFits,
  type DType,
  floatOf,
  isFloat,
  promote,
  promoteScalar,
  type TypedArray,
} from "./dtypes.ts";

/** An operand: an array, or a plain number. */
export type DenseOrNumber = Dense | number;

type Compute = (x: number, y: number) => number;

/** What each computation does with two floats; a question answers 1 or 0. */
const computations = {
  add: (x, y) => x + y,
  subtract: (x, y) => x - y,
  multiply: (x, y) => x * y,
  divide: (x, y) => x / y,
  floorDivide: floorQuotient,
  mod: remainder,
  power: raise,
  maximum: (x, y) => Math.max(x, y),
  minimum: (x, y) => Math.min(x, y),
  equal: (x, y) => x === y ? 1 : 0,
  notEqual: (x, y) => x !== y ? 1 : 0,
  less: (x, y) => x < y ? 1 : 0,
  lessEqual: (x, y) => x <= y ? 1 : 0,
  greater: (x, y) => x > y ? 1 : 0,
  greaterEqual: (x, y) => x >= y ? 1 : 0,
  logicalAnd: (x, y) => x !== 0 && y !== 0 ? 1 : 0,
  logicalOr: (x, y) => x !== 0 || y !== 0 ? 1 : 0,
  logicalXor: (x, y) => (x !== 0) !== (y !== 0) ? 1 : 0,
} satisfies Record<string, Compute>;

/** The computations on two operands. */
export type BinaryName = keyof typeof computations;

/** The computations whose result is a bool, so that a plain number need not fit the array's type. */
const questions: ReadonlySet<BinaryName> = new Set(
  [
    "equal",
    "notEqual",
    "less",
    "lessEqual",
    "greater",
    "greaterEqual",
    "logicalAnd",
    "logicalOr",
    "logicalXor",
  ] as const,
);

/** The remainder with the sign of the divisor, as Python has it. */
function remainder(x: number, y: number): number {
  const rest = x % y;
  if (rest === 0) return y < 0 ? -0 : 0;
  return rest < 0 !== y < 0 ? rest + y : rest;
}

/** The floor of the exact quotient: `1 // 0.1` is 9, though `1 / 0.1` rounds to 10. */
function floorQuotient(x: number, y: number): number {
  if (y === 0) return x / y;
  const rest = x % y;
  const exact = (x - rest) / y - (rest !== 0 && rest < 0 !== y < 0 ? 1 : 0);
  // A quotient that is -0 itself has the reciprocal -Infinity.
  if (exact === 0) return 1 / (x / y) < 0 ? -0 : 0;
  const floor = Math.floor(exact);
  return exact - floor > 0.5 ? floor + 1 : floor;
}

/** IEEE `pow`, which unlike JavaScript's gives 1 for `1 ** NaN` and `(-1) ** Infinity`. */
function raise(x: number, y: number): number {
  if (y === 2) return x * x;
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1;
  return x ** y;
}

/** What to compute, and the type of the result, for operands that meet in `dtype`. */
function resolve(name: BinaryName, dtype: DType): [compute: Compute, result: DType] {
  if (questions.has(name)) return [computations[name], "bool"];
  if (name === "divide") return [computations.divide, floatOf(dtype)];
  if (isFloat(dtype) || name === "maximum" || name === "minimum") {
    return [computations[name], dtype];
  }
  switch (name) {
    case "floorDivide":
    case "mod":
    case "power":
      return [integers[name], dtype === "bool" ? "int32" : dtype];
    case "multiply":
      return [integers.multiply, dtype];
    case "add":
      return [dtype === "bool" ? computations.logicalOr : computations.add, dtype];
    default:
      if (dtype === "bool") {
        throw new TypeError(`${name}: not defined for bools; use notEqual, or astype first`);
      }
      return [computations[name], dtype];
  }
}

function flat(f: Compute, a: TypedArray, b: TypedArray, out: TypedArray, n: number): void {
  for (let i = 0; i < n; i++) out[i] = f(a[i], b[i]);
}

function flatScalar(f: Compute, a: TypedArray, value: number, out: TypedArray, n: number): void {
  for (let i = 0; i < n; i++) out[i] = f(a[i], value);
}

/** One row: `a` from place `i` in steps of `da`, `b` from `j` in steps of `db`, to place `k`. */
function row(
  f: Compute,
  a: TypedArray,
  i: number,
  da: number,
  b: TypedArray,
  j: number,
  db: number,
  out: TypedArray,
  k: number,
  n: number,
): void {
  // The additions `| 0` tell the compiler that places stay small whole numbers.
  for (const end = k + n; k < end; k = (k + 1) | 0) {
    out[k] = f(a[i], b[j]);
    i = (i + da) | 0;
    j = (j + db) | 0;
  }
}

/**
 * Computes `name` of two operands.
 *
 * @throws {TypeError} If an operand is neither an array nor a number, or the types have no result
 * @throws {RangeError} If the shapes do not broadcast or a number does not fit an integer type
 */
export function binary(name: BinaryName, a: DenseOrNumber, b: DenseOrNumber): Dense {
  const meeting = meet(name, a, b);
  const x = operand(a, meeting);
  const y = operand(b, meeting);
  const [compute, dtype] = resolve(name, meeting);
  if (name === "power" && !isFloat(dtype)) integers.checkExponents(y.data);
  return walk(name, compute, dtype, x, y);
}

function meet(name: BinaryName, a: DenseOrNumber, b: DenseOrNumber): DType {
  checkOperand(name, a);
  checkOperand(name, b);
  if (typeof a !== "number") {
    return typeof b === "number" ? meetNumber(name, a.dtype, b) : promote(a.dtype, b.dtype);
  }
  return typeof b === "number" ? "float64" : meetNumber(name, b.dtype, a);
}

function meetNumber(name: BinaryName, array: DType, value: number): DType {
  const dtype = promoteScalar(array, value);
  if (name !== "divide" && !questions.has(name)) checkFits(name, value, dtype);
  return dtype;
}

function checkOperand(name: string, x: unknown): void {
  if (typeof x === "number") return;
  if (typeof x === "object" && x !== null && "data" in x && "shape" in x) return;
  const got = Array.isArray(x)
    ? "a list; wrap it in array(...)"
    : typeof x === "object"
    ? showValue(x)
    : String(x);
  throw new TypeError(`${name}: operands must be arrays or numbers, got ${got}`);
}

/** A number as a 0-d array, rounded to float32 first if it meets one, as NumPy does. */
function operand(x: DenseOrNumber, meeting: DType): Dense {
  if (typeof x !== "number") return x;
  const value = meeting === "float32" ? Math.fround(x) : x;
  return { data: Float64Array.of(value), shape: [], dtype: "float64" };
}

function walk(name: string, f: Compute, dtype: DType, a: Dense, b: Dense): Dense {
  const x = a.data;
  const y = b.data;
  const key = `${name} ${a.dtype} ${b.dtype}`;
  if (sameShape(a.shape, b.shape)) {
    const out = allocateFor(dtype, x.length);
    specialize(flat, key)(f, x, y, out, x.length);
    return { data: out, shape: a.shape, dtype };
  }
  if (b.shape.length === 0) {
    const out = allocateFor(dtype, x.length);
    specialize(flatScalar, key)(f, x, y[0], out, x.length);
    return { data: out, shape: a.shape, dtype };
  }
  const { shape, n, stepA, stepB, forEachRow } = planPair(name, a.shape, b.shape);
  const out = allocateFor(dtype, sizeOf(shape));
  const loop = specialize(row, key);
  forEachRow((i, j, k) => loop(f, x, i, stepA, y, j, stepB, out, k, n));
  return { data: out, shape, dtype };
}
