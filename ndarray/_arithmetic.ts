/**
 * The loops of the two-operand computations.
 *
 * Each is written out, rather than one loop that calls a function per element: a loop over typed
 * arrays with nothing but arithmetic in it is what the compiler turns into good machine code.
 *
 * @module
 */
import type { TypedArray } from "./dtypes.ts";

/**
 * Computes `n` elements: operand `a` from place `i` in steps of `da`, operand `b` from place `j` in
 * steps of `db`, the result from place `k`.
 */
export type BinaryLoop = (
  a: TypedArray,
  i: number,
  da: number,
  b: TypedArray,
  j: number,
  db: number,
  out: TypedArray,
  k: number,
  n: number,
) => void;

export const add: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = a[i] + b[j];
};

export const subtract: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = a[i] - b[j];
};

export const multiply: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = a[i] * b[j];
};

/** `Math.imul` keeps the low 32 bits of products that a double would round. */
export const multiplyIntegers: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = Math.imul(a[i], b[j]);
};

export const divide: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = a[i] / b[j];
};

export const power: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  if (db === 0 && b[j] === 2) return multiply(a, i, da, a, i, da, out, k, n);
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = powerOf(a[i], b[j]);
};

/** IEEE `pow`, which unlike JavaScript's gives 1 for `1 ** NaN` and `(±1) ** ±Infinity`. */
function powerOf(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Infinity)) return 1;
  return base ** exponent;
}

export const powerIntegers: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) {
    let base = a[i];
    let result = 1;
    for (let exponent = b[j]; exponent > 0; exponent >>= 1) {
      if (exponent & 1) result = Math.imul(result, base);
      base = Math.imul(base, base);
    }
    out[k] = result;
  }
};

export const floorDivide: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = floorQuotient(a[i], b[j]);
};

/** The floor of the exact quotient: `1 // 0.1` is 9, though `1 / 0.1` rounds to 10. */
function floorQuotient(a: number, b: number): number {
  if (b === 0) return a / b;
  const rest = a % b;
  const exact = (a - rest) / b - (rest !== 0 && rest < 0 !== b < 0 ? 1 : 0);
  if (exact === 0) return a / b > 0 ? 0 : -0;
  const floor = Math.floor(exact);
  return exact - floor > 0.5 ? floor + 1 : floor;
}

/** Division by zero gives 0, as NumPy's does. */
export const floorDivideIntegers: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) {
    out[k] = b[j] === 0 ? 0 : Math.floor(a[i] / b[j]);
  }
};

/** The remainder has the sign of the divisor. */
export const mod: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) {
    const rest = a[i] % b[j];
    if (rest === 0) out[k] = b[j] < 0 ? -0 : 0;
    else out[k] = rest < 0 !== b[j] < 0 ? rest + b[j] : rest;
  }
};

export const modIntegers: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) {
    const rest = b[j] === 0 ? 0 : a[i] % b[j];
    out[k] = rest !== 0 && rest < 0 !== b[j] < 0 ? rest + b[j] : rest;
  }
};

export const maximum: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = Math.max(a[i], b[j]);
};

export const minimum: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = Math.min(a[i], b[j]);
};

export const equal: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = a[i] === b[j] ? 1 : 0;
};

export const notEqual: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = a[i] !== b[j] ? 1 : 0;
};

export const less: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = a[i] < b[j] ? 1 : 0;
};

export const lessEqual: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) out[k] = a[i] <= b[j] ? 1 : 0;
};

export const logicalAnd: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) {
    out[k] = a[i] !== 0 && b[j] !== 0 ? 1 : 0;
  }
};

export const logicalOr: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) {
    out[k] = a[i] !== 0 || b[j] !== 0 ? 1 : 0;
  }
};

export const logicalXor: BinaryLoop = (a, i, da, b, j, db, out, k, n) => {
  for (const end = k + n; k < end; k++, i += da, j += db) {
    out[k] = (a[i] !== 0) !== (b[j] !== 0) ? 1 : 0;
  }
};
