/**
 * One-operand computations. The loops are written out for the reason given in `_arithmetic.ts`.
 *
 * @module
 */
import { allocateFor, type Dense } from "./_dense.ts";
import { type DType, floatOf, isFloat, type TypedArray } from "./dtypes.ts";

type UnaryLoop = (x: TypedArray, out: TypedArray, n: number) => void;

/** Computations that give a float, whatever they are given. */
const toFloat = {
  exp: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.exp(x[i]);
  },
  expm1: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.expm1(x[i]);
  },
  log: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.log(x[i]);
  },
  log1p: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.log1p(x[i]);
  },
  log2: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.log2(x[i]);
  },
  log10: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.log10(x[i]);
  },
  sqrt: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.sqrt(x[i]);
  },
  sin: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.sin(x[i]);
  },
  cos: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.cos(x[i]);
  },
  tanh: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.tanh(x[i]);
  },
} satisfies Record<string, UnaryLoop>;

/** Computations that keep the type. */
const sameType = {
  negative: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = -x[i];
  },
  abs: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.abs(x[i]);
  },
  sign: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = x[i] > 0 ? 1 : x[i] < 0 ? -1 : x[i] === 0 ? 0 : NaN;
  },
  square: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = x[i] * x[i];
  },
} satisfies Record<string, UnaryLoop>;

/** Computations that leave whole numbers as they are. */
const towardWhole = {
  floor: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.floor(x[i]);
  },
  ceil: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.ceil(x[i]);
  },
  trunc: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = Math.trunc(x[i]);
  },
} satisfies Record<string, UnaryLoop>;

/** Questions, answered with a bool. */
const toBool = {
  isnan: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = x[i] === x[i] ? 0 : 1;
  },
  isinf: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = x[i] === Infinity || x[i] === -Infinity ? 1 : 0;
  },
  isfinite: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = x[i] - x[i] === 0 ? 1 : 0;
  },
  logicalNot: (x, out, n) => {
    for (let i = 0; i < n; i++) out[i] = x[i] === 0 ? 1 : 0;
  },
} satisfies Record<string, UnaryLoop>;

const squareIntegers: UnaryLoop = (x, out, n) => {
  for (let i = 0; i < n; i++) out[i] = Math.imul(x[i], x[i]);
};

function apply(x: Dense, dtype: DType, loop: UnaryLoop): Dense {
  const n = x.data.length;
  const out = allocateFor(dtype, n);
  loop(x.data, out, n);
  return { data: out, shape: x.shape, dtype };
}

/** Computes a function whose values are floats: `exp`, `log`, `sqrt` and so on. */
export function unaryFloat(name: keyof typeof toFloat, x: Dense): Dense {
  return apply(x, floatOf(x.dtype), toFloat[name]);
}

/** Computes a function that keeps the type: `negative`, `abs`, `sign`, `square`. */
export function unarySame(name: keyof typeof sameType, x: Dense): Dense {
  if (x.dtype === "bool" && (name === "negative" || name === "sign")) {
    throw new TypeError(`${name}: not defined for bools, use logicalNot or astype first`);
  }
  const wraps = name === "square" && x.dtype === "int32";
  return apply(x, x.dtype, wraps ? squareIntegers : sameType[name]);
}

/** Computes `floor`, `ceil` or `trunc`. */
export function unaryWhole(name: keyof typeof towardWhole, x: Dense): Dense {
  return apply(x, x.dtype, isFloat(x.dtype) ? towardWhole[name] : (from, out) => out.set(from));
}

/** Answers a question about every element: `isnan`, `isinf`, `isfinite`, `logicalNot`. */
export function unaryBool(name: keyof typeof toBool, x: Dense): Dense {
  return apply(x, "bool", toBool[name]);
}

/** Rounds half to even, at `decimals` places. */
export function round(x: Dense, decimals: number): Dense {
  if (!Number.isInteger(decimals)) {
    throw new RangeError(`round: decimals must be a whole number, got ${decimals}`);
  }
  if (!isFloat(x.dtype) && decimals >= 0) return unaryWhole("trunc", x);
  const single = x.dtype === "float32";
  const scale = 10 ** Math.abs(decimals);
  return apply(x, x.dtype, (from, out, n) => {
    for (let i = 0; i < n; i++) {
      const scaled = decimals < 0 ? from[i] / scale : from[i] * scale;
      const whole = roundHalfEven(single ? Math.fround(scaled) : scaled);
      out[i] = decimals < 0 ? whole * scale : whole / scale;
    }
  });
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return Math.ceil(value);
  if (rest === 0.5) return floor % 2 === 0 ? floor : Math.ceil(value);
  return value;
}
