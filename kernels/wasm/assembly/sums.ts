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

/** Four float64 values as float32: two and two. */
export function narrow(low: v128, high: v128): v128 {
  const first = f32x4.demote_f64x2_zero(low);
  const second = f32x4.demote_f64x2_zero(high);
  return v128.shuffle<f64>(first, second, 0, 2);
}

/** `out[j] = Σ_i x[i, j]`: x (n, m), out (m), m at least 4. */
export function sumRows(n: i32, m: i32, x: usize, out: usize): void {
  const step = <usize> m * 4;
  for (let j = 0; j < m; j += 4) {
    // The last four columns may overlap the four before.
    if (j + 4 > m) j = m - 4;
    let low = f64x2.splat(0);
    let high = f64x2.splat(0);
    let from = x + j * 4;
    for (let i = 0; i < n; i++) {
      const values = v128.load(from);
      low = f64x2.add(low, lowHalf(values));
      high = f64x2.add(high, highHalf(values));
      from += step;
    }
    v128.store(out + j * 4, narrow(low, high));
  }
}

/** `Σ x` over `count` neighbours. */
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
