/** Normalisation of neighbours that share their statistics, forward and backward. */

/** `out = (x - mean - rest)·scale + shift`. */
export function normalizeRun(
  count: i32,
  x: usize,
  mean: f32,
  rest: f32,
  scale: f32,
  shift: f32,
  out: usize,
): void {
  const centre = f32x4.splat(mean);
  const correction = f32x4.splat(rest);
  const factor = f32x4.splat(scale);
  const offset = f32x4.splat(shift);
  const end = x + count * 4;
  for (; x + 16 <= end; x += 16, out += 16) {
    const deviation = f32x4.sub(f32x4.sub(v128.load(x), centre), correction);
    v128.store(out, f32x4.add(f32x4.mul(deviation, factor), offset));
  }
  for (; x < end; x += 4, out += 4) {
    store<f32>(out, (load<f32>(x) - mean - rest) * scale + shift);
  }
}

/** `dx = scale·(dout·gamma - meanTerm - (x - mean)·varianceTerm)`. */
export function gradientRun(
  count: i32,
  dout: usize,
  gamma: f32,
  x: usize,
  mean: f32,
  scale: f32,
  meanTerm: f32,
  varianceTerm: f32,
  dx: usize,
): void {
  const weight = f32x4.splat(gamma);
  const centre = f32x4.splat(mean);
  const factor = f32x4.splat(scale);
  const constant = f32x4.splat(meanTerm);
  const slope = f32x4.splat(varianceTerm);
  const end = x + count * 4;
  for (; x + 16 <= end; x += 16, dout += 16, dx += 16) {
    const upstream = f32x4.sub(f32x4.mul(v128.load(dout), weight), constant);
    const along = f32x4.mul(f32x4.sub(v128.load(x), centre), slope);
    v128.store(dx, f32x4.mul(factor, f32x4.sub(upstream, along)));
  }
  for (; x < end; x += 4, dout += 4, dx += 4) {
    const along = (load<f32>(x) - mean) * varianceTerm;
    store<f32>(dx, scale * (load<f32>(dout) * gamma - meanTerm - along));
  }
}
