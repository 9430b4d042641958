/**
 * Arithmetic of whole numbers, which wraps: results keep the low bits that fit their type.
 *
 * @module
 */
import type { TypedArray } from "./dtypes.ts";

/** The low 32 bits of the product, some of which a double would round away. */
export function multiply(x: number, y: number): number {
  return Math.imul(x, y);
}

/** The floor of the quotient; 0 if the divisor is 0, as in NumPy. */
export function floorDivide(x: number, y: number): number {
  return y === 0 ? 0 : Math.floor(x / y);
}

/** The remainder with the sign of the divisor; 0 if the divisor is 0. */
export function mod(x: number, y: number): number {
  const rest = y === 0 ? 0 : x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

/** The power, by repeated squaring; the exponent must not be negative. */
export function power(x: number, y: number): number {
  let base = x;
  let result = 1;
  for (let exponent = y; exponent > 0; exponent >>= 1) {
    if (exponent & 1) result = Math.imul(result, base);
    base = Math.imul(base, base);
  }
  return result;
}

/** Throws unless all exponents are at least 0. */
export function checkExponents(exponents: TypedArray): void {
  for (const exponent of exponents) {
    if (exponent < 0) {
      throw new RangeError(
        `power: integers cannot be raised to a negative power, got ${exponent}; use astype first`,
      );
    }
  }
}
