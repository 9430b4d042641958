/** Sums of float32 values in float64. */

/** The first two of four values. */
export function lowHalf(values: v128): v128 {
  return f64x2.promote_low_f32x4(values);
}

/** The last two of four values. */
export function highHalf(values: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f64>(values, values, 1, 0));
}

/** Both lanes of a sum. */
export function total(sum: v128): f64 {
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
}

/** `Σ x` of `count` neighbours. */
export function sumRun(count: i32, x: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = x + count * 4;
  for (; x + 16 <= end; x += 16) {
    const values = v128.load(x);
    low = f64x2.add(low, lowHalf(values));
    high = f64x2.add(high, highHalf(values));
  }
  let sum = total(f64x2.add(low, high));
  for (; x < end; x += 4) sum += <f64> load<f32>(x);
  return sum;
}

/** `Σ (x - mean)²` of `count` neighbours, the mean being the sum of two numbers. */
export function sumSquaresRun(count: i32, x: usize, mean: f32, rest: f32): f64 {
  const centre = f32x4.splat(mean);
  const correction = f32x4.splat(rest);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = x + count * 4;
  for (; x + 16 <= end; x += 16) {
    const deviation = f32x4.sub(f32x4.sub(v128.load(x), centre), correction);
    const square = f32x4.mul(deviation, deviation);
    low = f64x2.add(low, lowHalf(square));
    high = f64x2.add(high, highHalf(square));
  }
  let sum = total(f64x2.add(low, high));
  for (; x < end; x += 4) {
    const deviation = load<f32>(x) - mean - rest;
    sum += <f64> deviation * deviation;
  }
  return sum;
}

/** `Σ d·(x - mean)` of `count` neighbours. */
export function sumProductsRun(count: i32, d: usize, x: usize, mean: f32): f64 {
  const centre = f32x4.splat(mean);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  const end = x + count * 4;
  for (; x + 16 <= end; x += 16, d += 16) {
    const product = f32x4.mul(v128.load(d), f32x4.sub(v128.load(x), centre));
    low = f64x2.add(low, lowHalf(product));
    high = f64x2.add(high, highHalf(product));
  }
  let sum = total(f64x2.add(low, high));
  for (; x < end; x += 4, d += 4) sum += <f64> (load<f32>(d) * (load<f32>(x) - mean));
  return sum;
}

/** Rounds float64 sums. */
export function roundSums(count: i32, sums: usize, out: usize): void {
  for (let j = 0; j < count; j++) store<f32>(out + j * 4, <f32> load<f64>(sums + j * 8));
}
