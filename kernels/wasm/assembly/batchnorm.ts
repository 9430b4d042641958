/**
 * The steps of batch normalisation, each on some of the samples: x (n, c, s), where channel `j`
 * owns the runs of `s` values that start at `(i·c + j)·s`.
 *
 * Where s is 1, four channels are treated side by side, the last ones first: lanes past the last
 * channel compute with what comes next in memory, and what they write to the next row is
 * overwritten when the first channels follow. Arrays need room for three more values.
 *
 * Sums are float64 and are added to. A mean is the sum of two float32 numbers, `mean` and `rest`,
 * so that deviations keep their digits when it is large.
 */
import { gradientRun, normalizeRun } from "./runs";
import { highHalf, lowHalf, sumProductsRun, sumRun, sumSquaresRun } from "./sums";

/** `sums[j] += Σ x`. */
export function batchSums(n: i32, c: i32, s: i32, x: usize, sums: usize): void {
  if (s == 1) {
    for (let j = 0; j < c; j += 4) {
      let low = v128.load(sums);
      let high = v128.load(sums, 16);
      let p = x + j * 4;
      for (let i = 0; i < n; i++) {
        const values = v128.load(p);
        low = f64x2.add(low, lowHalf(values));
        high = f64x2.add(high, highHalf(values));
        p += c * 4;
      }
      v128.store(sums, low);
      v128.store(sums, high, 16);
      sums += 32;
    }
    return;
  }
  for (let run = 0; run < n * c; run++) {
    addTo(sums + (run % c) * 8, sumRun(s, x));
    x += s * 4;
  }
}

/** Makes the means from the sums. */
export function batchMeans(c: i32, count: f64, sums: usize, mean: usize, rest: usize): void {
  for (let j = 0; j < c; j++) {
    const centre = load<f64>(sums + j * 8) / count;
    store<f32>(mean + j * 4, <f32> centre);
    store<f32>(rest + j * 4, <f32> (centre - <f64> (<f32> centre)));
  }
}

/** `sums[j] += Σ (x - mean)²`. */
export function batchSquares(
  n: i32,
  c: i32,
  s: i32,
  x: usize,
  mean: usize,
  rest: usize,
  sums: usize,
): void {
  if (s == 1) {
    for (let j = 0; j < c; j += 4) {
      const centre = v128.load(mean + j * 4);
      const correction = v128.load(rest + j * 4);
      let low = v128.load(sums);
      let high = v128.load(sums, 16);
      let p = x + j * 4;
      for (let i = 0; i < n; i++) {
        const deviation = f32x4.sub(f32x4.sub(v128.load(p), centre), correction);
        const square = f32x4.mul(deviation, deviation);
        low = f64x2.add(low, lowHalf(square));
        high = f64x2.add(high, highHalf(square));
        p += c * 4;
      }
      v128.store(sums, low);
      v128.store(sums, high, 16);
      sums += 32;
    }
    return;
  }
  for (let run = 0; run < n * c; run++) {
    const at = (run % c) * 4;
    addTo(sums + 2 * at, sumSquaresRun(s, x, load<f32>(mean + at), load<f32>(rest + at)));
    x += s * 4;
  }
}

/** Makes the variances from the sums of squares. */
export function batchVariances(c: i32, count: f64, sums: usize, variance: usize): void {
  for (let j = 0; j < c; j++) {
    store<f32>(variance + j * 4, <f32> (load<f64>(sums + j * 8) / count));
  }
}

/** `scale = gamma / sqrt(variance + eps)`. */
export function batchScales(c: i32, gamma: usize, variance: usize, eps: f64, scale: usize): void {
  for (let j = 0; j < c; j++) {
    const deviation = sqrt(<f64> load<f32>(variance + j * 4) + eps);
    store<f32>(scale + j * 4, <f32> (<f64> load<f32>(gamma + j * 4) / deviation));
  }
}

/** `out = (x - mean - rest)·scale + shift`. */
export function batchNormalize(
  n: i32,
  c: i32,
  s: i32,
  x: usize,
  mean: usize,
  rest: usize,
  scale: usize,
  shift: usize,
  out: usize,
): void {
  if (s == 1) {
    for (let at = ((c - 1) & ~3) * 4; at >= 0; at -= 16) {
      const centre = v128.load(mean + at);
      const correction = v128.load(rest + at);
      const factor = v128.load(scale + at);
      const offset = v128.load(shift + at);
      let p = at;
      for (let i = 0; i < n; i++) {
        const deviation = f32x4.sub(f32x4.sub(v128.load(x + p), centre), correction);
        v128.store(out + p, f32x4.add(f32x4.mul(deviation, factor), offset));
        p += c * 4;
      }
    }
    return;
  }
  for (let run = 0; run < n * c; run++) {
    const at = (run % c) * 4;
    normalizeRun(
      s,
      x,
      load<f32>(mean + at),
      load<f32>(rest + at),
      load<f32>(scale + at),
      load<f32>(shift + at),
      out,
    );
    x += s * 4;
    out += s * 4;
  }
}

/** `sums[j] += Σ dout·(x - mean)`. */
export function batchProducts(
  n: i32,
  c: i32,
  s: i32,
  dout: usize,
  x: usize,
  mean: usize,
  sums: usize,
): void {
  if (s == 1) {
    for (let j = 0; j < c; j += 4) {
      const centre = v128.load(mean + j * 4);
      let low = v128.load(sums);
      let high = v128.load(sums, 16);
      let p = j * 4;
      for (let i = 0; i < n; i++) {
        const product = f32x4.mul(v128.load(dout + p), f32x4.sub(v128.load(x + p), centre));
        low = f64x2.add(low, lowHalf(product));
        high = f64x2.add(high, highHalf(product));
        p += c * 4;
      }
      v128.store(sums, low);
      v128.store(sums, high, 16);
      sums += 32;
    }
    return;
  }
  for (let run = 0; run < n * c; run++) {
    const at = (run % c) * 4;
    addTo(sums + 2 * at, sumProductsRun(s, dout, x, load<f32>(mean + at)));
    dout += s * 4;
    x += s * 4;
  }
}

/**
 * Makes from `sums`, Σ dout, and `products`, Σ dout·(x - mean), the gradients of gamma and beta,
 * and the terms of the gradient of x.
 */
export function batchTerms(
  c: i32,
  count: f64,
  sums: usize,
  products: usize,
  gamma: usize,
  variance: usize,
  eps: f64,
  train: bool,
  dgamma: usize,
  dbeta: usize,
  scale: usize,
  meanTerm: usize,
  varianceTerm: usize,
): void {
  for (let j = 0; j < c; j++) {
    const at = j * 4;
    const inverse = 1 / sqrt(<f64> load<f32>(variance + at) + eps);
    const sum = load<f64>(sums + 2 * at);
    const product = load<f64>(products + 2 * at) * inverse;
    store<f32>(dbeta + at, <f32> sum);
    store<f32>(dgamma + at, <f32> product);
    store<f32>(scale + at, <f32> (<f64> load<f32>(gamma + at) * inverse));
    // With fixed statistics only the direct path from x to the output remains.
    store<f32>(meanTerm + at, train ? <f32> (sum / count) : 0);
    store<f32>(varianceTerm + at, train ? <f32> (product * inverse / count) : 0);
  }
}

/** `dx = scale·(dout - meanTerm - (x - mean)·varianceTerm)`. */
export function batchGradient(
  n: i32,
  c: i32,
  s: i32,
  dout: usize,
  x: usize,
  mean: usize,
  scale: usize,
  meanTerm: usize,
  varianceTerm: usize,
  dx: usize,
): void {
  if (s == 1) {
    for (let at = ((c - 1) & ~3) * 4; at >= 0; at -= 16) {
      const centre = v128.load(mean + at);
      const factor = v128.load(scale + at);
      const constant = v128.load(meanTerm + at);
      const slope = v128.load(varianceTerm + at);
      let p = at;
      for (let i = 0; i < n; i++) {
        const upstream = f32x4.sub(v128.load(dout + p), constant);
        const along = f32x4.mul(f32x4.sub(v128.load(x + p), centre), slope);
        v128.store(dx + p, f32x4.mul(factor, f32x4.sub(upstream, along)));
        p += c * 4;
      }
    }
    return;
  }
  for (let run = 0; run < n * c; run++) {
    const at = (run % c) * 4;
    gradientRun(
      s,
      dout,
      1,
      x,
      load<f32>(mean + at),
      load<f32>(scale + at),
      load<f32>(meanTerm + at),
      load<f32>(varianceTerm + at),
      dx,
    );
    dout += s * 4;
    x += s * 4;
    dx += s * 4;
  }
}

function addTo(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value);
}
