/**
 * One-operand computations.
 *
 * @module
 */
import { allocateFor, type Dense } from "./_dense.ts";
import { erf } from "../internal/erf.ts";
import * as integers from "./_integers.ts";
import { specialize } from "../internal/specialize.ts";
import { type DType, floatOf, isFloat, type TypedArray } from "./dtypes.ts";

type Compute = (x: number) => number;

/** Computations that give a float, whatever they are given. */
const toFloat = {
  exp: (x) => Math.exp(x),
  expm1: (x) => Math.expm1(x),
  log: (x) => Math.log(x),
  log1p: (x) => Math.log1p(x),
  log2: (x) => Math.log2(x),
  log10: (x) => Math.log10(x),
  sqrt: (x) => Math.sqrt(x),
  sin: (x) => Math.sin(x),
  cos: (x) => Math.cos(x),
  tanh: (x) => Math.tanh(x),
  erf: (x) => erf(x),
} satisfies Record<string, Compute>;

/** Computations that keep the type. */
const sameType = {
  negative: (x) => -x,
  abs: (x) => Math.abs(x),
  sign: (x) => x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : NaN,
  square: (x) => x * x,
} satisfies Record<string, Compute>;

/** Computations that leave whole numbers as they are. */
const towardWhole = {
  floor: (x) => Math.floor(x),
  ceil: (x) => Math.ceil(x),
  trunc: (x) => Math.trunc(x),
} satisfies Record<string, Compute>;

/** Questions, answered by 1 or 0. */
const toBool = {
  isnan: (x) => x === x ? 0 : 1,
  isinf: (x) => x === Infinity || x === -Infinity ? 1 : 0,
  isfinite: (x) => x - x === 0 ? 1 : 0,
  logicalNot: (x) => x === 0 ? 1 : 0,
} satisfies Record<string, Compute>;

function each(f: Compute, x: TypedArray, out: TypedArray, n: number): void {
  for (let i = 0; i < n; i++) out[i] = f(x[i]);
}

function apply(name: string, x: Dense, dtype: DType, f: Compute): Dense {
  const n = x.data.length;
  const out = allocateFor(dtype, n);
  specialize(each, `${name} ${x.dtype}`)(f, x.data, out, n);
  return { data: out, shape: x.shape, dtype };
}

function same(x: Dense): Dense {
  const data = allocateFor(x.dtype, x.data.length);
  data.set(x.data);
  return { data, shape: x.shape, dtype: x.dtype };
}

/** Computes a function whose values are floats: `exp`, `log`, `sqrt` and so on. */
export function unaryFloat(name: keyof typeof toFloat, x: Dense): Dense {
  return apply(name, x, floatOf(x.dtype), toFloat[name]);
}

/** Computes a function that keeps the type: `negative`, `abs`, `sign`, `square`. */
export function unarySame(name: keyof typeof sameType, x: Dense): Dense {
  if (x.dtype === "bool" && (name === "negative" || name === "sign")) {
    throw new TypeError(`${name}: not defined for bools; use logicalNot, or astype first`);
  }
  if (name === "square" && x.dtype === "int32") {
    return apply(name, x, x.dtype, (value) => integers.multiply(value, value));
  }
  return apply(name, x, x.dtype, sameType[name]);
}

/** Computes `floor`, `ceil` or `trunc`. */
export function unaryWhole(name: keyof typeof towardWhole, x: Dense): Dense {
  return isFloat(x.dtype) ? apply(name, x, x.dtype, towardWhole[name]) : same(x);
}

/** Answers a question about every element: `isnan`, `isinf`, `isfinite`, `logicalNot`. */
export function unaryBool(name: keyof typeof toBool, x: Dense): Dense {
  return apply(name, x, "bool", toBool[name]);
}

/** Rounds half to even, at `decimals` places. */
export function round(x: Dense, decimals: number): Dense {
  if (!Number.isInteger(decimals)) {
    throw new RangeError(`round: decimals must be a whole number, got ${decimals}`);
  }
  if (!isFloat(x.dtype) && decimals >= 0) return same(x);
  // The intermediate product is rounded to the array's type, as NumPy's is.
  const fit = x.dtype === "float32" ? Math.fround : Number;
  const scale = 10 ** Math.abs(decimals);
  return apply(
    `round ${decimals}`,
    x,
    x.dtype,
    decimals < 0
      ? (value) => roundHalfEven(fit(value / scale)) * scale
      : (value) => roundHalfEven(fit(value * scale)) / scale,
  );
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  // `Math.round` takes halves up; an odd result of a half belongs one lower.
  return rounded - value === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}
