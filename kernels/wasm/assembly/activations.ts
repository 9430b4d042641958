/**
 * Functions that are made of exponentials, in place on copies that have room up to a multiple of
 * four. The polynomials are those of the native kernels, without fused operations, so that every
 * machine gives the same bits.
 */

/** Adding this rounds to a whole number, which is then in the low bits. */
const ROUND: f32 = 12582912;

/** Below this an exponential is 0 in float32. */
const LEAST: f32 = -105;

/** `x·s + term`. */
// @ts-ignore: decorator
@inline
function next(x: v128, s: v128, term: f32): v128 {
  return f32x4.add(f32x4.mul(x, s), f32x4.splat(term));
}

/** `2^n` for whole n that a normal number has. */
// @ts-ignore: decorator
@inline
function power(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** `e^x` for x ≤ 0 or NaN: `2^n · e^r` with |r| ≤ ln 2 / 2, where Taylor's series is exact to rounding. */
function exp4(x: v128): v128 {
  // The first operand unless it is less: NaN stays.
  const clamped = f32x4.pmax(x, f32x4.splat(LEAST));
  const shifted = next(clamped, f32x4.splat(1.4426950408889634), ROUND);
  const whole = f32x4.sub(shifted, f32x4.splat(ROUND));
  // ln 2 in two parts, of which the first times any n that occurs is exact.
  let r = f32x4.sub(clamped, f32x4.mul(whole, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(whole, f32x4.splat(2.12194440e-4)));
  let series = next(f32x4.splat(1.0 / 5040.0), r, 1.0 / 720.0);
  series = next(series, r, 1.0 / 120.0);
  series = next(series, r, 1.0 / 24.0);
  series = next(series, r, 1.0 / 6.0);
  series = next(series, r, 0.5);
  series = f32x4.add(f32x4.mul(f32x4.mul(series, r), r), r);
  series = f32x4.add(series, f32x4.splat(1));
  // In two steps, because the smallest results have exponents that no normal number has.
  const n = i32x4.sub(shifted, f32x4.splat(ROUND));
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(series, power(half)), power(i32x4.sub(n, half)));
}

/** `1 / (1 + e⁻ˣ)`, by an exponential that cannot overflow. */
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  const small = exp4(f32x4.neg(f32x4.abs(x)));
  const above = v128.bitselect(one, small, f32x4.ge(x, f32x4.splat(0)));
  return f32x4.div(above, f32x4.add(one, small));
}

/**
 * `tanh x` by an exponential, and near 0 by an odd polynomial, where that would cancel.
 *
 * Source of the polynomial: S. L. Moshier, Cephes Mathematical Library, tanhf.
 */
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  const size = f32x4.abs(x);
  const small = exp4(f32x4.mul(size, f32x4.splat(-2)));
  const far = f32x4.div(f32x4.sub(one, small), f32x4.add(one, small));
  const s = f32x4.mul(x, x);
  let series = next(f32x4.splat(-5.70498872745e-3), s, 2.06390887954e-2);
  series = next(series, s, -5.37397155531e-2);
  series = next(series, s, 1.33314422036e-1);
  series = next(series, s, -3.33332819422e-1);
  const near = f32x4.add(f32x4.mul(f32x4.mul(series, s), x), x);
  const signed = v128.bitselect(far, x, i32x4.splat(0x7fffffff));
  return v128.bitselect(near, signed, f32x4.lt(size, f32x4.splat(0.625)));
}

/**
 * The normal distribution, off by 1.2e-7 of itself at most.
 *
 * Source of the polynomial: W. H. Press et al., "Numerical Recipes", section 6.2 (erfcc).
 */
function normal4(x: v128): v128 {
  const one = f32x4.splat(1);
  const z = f32x4.mul(f32x4.abs(x), f32x4.splat(0.70710678118654752));
  const t = f32x4.div(one, next(z, f32x4.splat(0.5), 1));
  let sum = next(f32x4.splat(0.17087277), t, -0.82215223);
  sum = next(sum, t, 1.48851587);
  sum = next(sum, t, -1.13520398);
  sum = next(sum, t, 0.27886807);
  sum = next(sum, t, -0.18628806);
  sum = next(sum, t, 0.09678418);
  sum = next(sum, t, 0.37409196);
  sum = next(sum, t, 1.00002368);
  sum = next(sum, t, -1.26551223);
  const tail = exp4(f32x4.sub(sum, f32x4.mul(z, z)));
  const half = f32x4.mul(f32x4.mul(t, f32x4.splat(0.5)), tail);
  return v128.bitselect(f32x4.sub(one, half), half, f32x4.gt(x, f32x4.splat(0)));
}

/** `a·b`, 0 where a is 0, whatever b is. */
// @ts-ignore: decorator
@inline
function share(a: v128, b: v128): v128 {
  return v128.andnot(f32x4.mul(a, b), f32x4.eq(a, f32x4.splat(0)));
}

/** `x = tanh x`. */
export function tanhForward(count: i32, x: usize): void {
  for (const end = x + count * 4; x < end; x += 16) v128.store(x, tanh4(v128.load(x)));
}

/** `x = 1 / (1 + e⁻ˣ)`. */
export function sigmoidForward(count: i32, x: usize): void {
  for (const end = x + count * 4; x < end; x += 16) v128.store(x, sigmoid4(v128.load(x)));
}

/** `x = x · Φ(x)`. Infinitely far below 0 there is nothing left, rather than infinitely much of it. */
export function geluForward(count: i32, x: usize): void {
  for (const end = x + count * 4; x < end; x += 16) {
    const value = v128.load(x);
    v128.store(x, share(normal4(value), value));
  }
}

/** `d = d · (Φ(x) + x · φ(x))`. */
export function geluBackward(count: i32, d: usize, x: usize): void {
  for (const end = x + count * 4; x < end; x += 16, d += 16) {
    const value = v128.load(x);
    const square = f32x4.mul(f32x4.mul(value, f32x4.splat(-0.5)), value);
    const density = f32x4.mul(f32x4.splat(0.3989422804014327), exp4(square));
    const slope = f32x4.add(normal4(value), share(density, value));
    v128.store(d, f32x4.mul(v128.load(d), slope));
  }
}
