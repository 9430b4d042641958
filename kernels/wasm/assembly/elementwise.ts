/**
 * Kernels that treat every element alike. They work on copies that have room up to a multiple of
 * four, so there are no single elements left over.
 */
import { highHalf, lowHalf, total } from "./sums";

/** `x = max(0, x)`. */
export function reluForward(count: i32, x: usize): void {
  const zero = f32x4.splat(0);
  for (const end = x + count * 4; x < end; x += 16) {
    // Unlike `max` this keeps NaN without looking for it: the first operand, unless it is less.
    v128.store(x, f32x4.pmax(v128.load(x), zero));
  }
}

/** `dx = 0` where not `x > 0`. */
export function reluBackward(count: i32, dx: usize, x: usize): void {
  const zero = f32x4.splat(0);
  for (const end = x + count * 4; x < end; x += 16, dx += 16) {
    v128.store(dx, v128.and(v128.load(dx), f32x4.gt(v128.load(x), zero)));
  }
}

/** `x = x · scale` where the byte of the mask is 1, else 0. */
export function maskScale(count: i32, x: usize, mask: usize, scale: f32): void {
  const factor = f32x4.splat(scale);
  const one = i8x16.splat(1);
  for (const end = x + count * 4; x < end; x += 16, mask += 4) {
    const bytes = i8x16.eq(v128.load32_zero(mask), one);
    const lanes = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(bytes));
    v128.store(x, v128.and(f32x4.mul(v128.load(x), factor), lanes));
  }
}

/** `y += alpha · x`. */
export function addScaled(count: i32, y: usize, x: usize, alpha: f32): void {
  const factor = f32x4.splat(alpha);
  for (const end = y + count * 4; y < end; y += 16, x += 16) {
    v128.store(y, f32x4.add(v128.load(y), f32x4.mul(v128.load(x), factor)));
  }
}

/** `Σ x²` in float64, where the squares are exact. */
export function sumSquares(count: i32, x: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = x + count * 4;
  for (; x + 16 <= end; x += 16) {
    const values = v128.load(x);
    const first = lowHalf(values);
    const second = highHalf(values);
    low = f64x2.add(low, f64x2.mul(first, first));
    high = f64x2.add(high, f64x2.mul(second, second));
  }
  let sum = total(f64x2.add(low, high));
  for (; x < end; x += 4) {
    const value = <f64> load<f32>(x);
    sum += value * value;
  }
  return sum;
}
