/**
 * Group normalisation over (n, g, cg, s): group `j` of sample `i` is the block of cg·s values that
 * starts at `(i·g + j)·cg·s`. Where s is 1, four channels are treated side by side.
 *
 * Sums are float64; see `batchnorm.ts` for the mean in two parts.
 */
import { gradientRun, normalizeRun } from "./runs";
import { highHalf, lowHalf, sumProductsRun, sumRun, sumSquaresRun, total } from "./sums";

/** Normalises every group, and writes its statistics. */
export function groupnormForward(
  n: i32,
  g: i32,
  cg: i32,
  s: i32,
  x: usize,
  gamma: usize,
  beta: usize,
  eps: f64,
  out: usize,
  mean: usize,
  variance: usize,
): void {
  const size = cg * s;
  for (let group = 0; group < n * g; group++) {
    const centre = sumRun(size, x) / <f64> size;
    const high = <f32> centre;
    const rest = <f32> (centre - <f64> high);
    const spread = sumSquaresRun(size, x, high, rest) / <f64> size;
    store<f32>(mean + group * 4, high);
    store<f32>(variance + group * 4, <f32> spread);

    const inverse = <f32> (1 / sqrt(spread + eps));
    const first = (group % g) * cg * 4;
    if (s == 1) {
      normalizeRow(cg, x, high, rest, inverse, gamma + first, beta + first, out);
    } else {
      for (let j = 0; j < cg; j++) {
        const p = j * s * 4;
        const scale = load<f32>(gamma + first + j * 4) * inverse;
        normalizeRun(s, x + p, high, rest, scale, load<f32>(beta + first + j * 4), out + p);
      }
    }
    x += size * 4;
    out += size * 4;
  }
}

/**
 * Its gradient; what belongs to gamma and beta is added to `gammaSums` and `betaSums`, which are
 * float64.
 */
export function groupnormBackward(
  n: i32,
  g: i32,
  cg: i32,
  s: i32,
  dout: usize,
  x: usize,
  gamma: usize,
  mean: usize,
  variance: usize,
  eps: f64,
  dx: usize,
  gammaSums: usize,
  betaSums: usize,
): void {
  const size = cg * s;
  for (let group = 0; group < n * g; group++) {
    const first = (group % g) * cg;
    const centre = load<f32>(mean + group * 4);
    const inverse = 1 / sqrt(<f64> load<f32>(variance + group * 4) + eps);
    const weights = gamma + first * 4;
    const toGamma = gammaSums + first * 8;
    const toBeta = betaSums + first * 8;
    if (s == 1) sumRow(cg, dout, x, weights, centre, inverse, toGamma, toBeta);
    else sumRuns(cg, s, dout, x, weights, centre, inverse, toGamma, toBeta);

    const meanTerm = <f32> (groupSum / <f64> size);
    const varianceTerm = <f32> (groupProducts * inverse / <f64> size);
    const scale = <f32> inverse;
    if (s == 1) {
      gradientRow(cg, dout, weights, x, centre, scale, meanTerm, varianceTerm, dx);
    } else {
      for (let j = 0; j < cg; j++) {
        const p = j * s * 4;
        const weight = load<f32>(weights + j * 4);
        gradientRun(s, dout + p, weight, x + p, centre, scale, meanTerm, varianceTerm, dx + p);
      }
    }
    dout += size * 4;
    x += size * 4;
    dx += size * 4;
  }
}

/** What the sums below return: `Σ dout·gamma` and `Σ dout·gamma·x̂` of a group. */
let groupSum: f64 = 0;
let groupProducts: f64 = 0;

/** Sums of a group whose channels are runs; also added to the sums of the channels. */
function sumRuns(
  cg: i32,
  s: i32,
  dout: usize,
  x: usize,
  gamma: usize,
  mean: f32,
  inverse: f64,
  gammaSums: usize,
  betaSums: usize,
): void {
  groupSum = 0;
  groupProducts = 0;
  for (let j = 0; j < cg; j++) {
    const p = j * s * 4;
    const sum = sumRun(s, dout + p);
    const products = sumProductsRun(s, dout + p, x + p, mean) * inverse;
    addTo(betaSums + j * 8, sum);
    addTo(gammaSums + j * 8, products);
    const weight = <f64> load<f32>(gamma + j * 4);
    groupSum += sum * weight;
    groupProducts += products * weight;
  }
}

/** The same for channels of one value each. */
function sumRow(
  cg: i32,
  dout: usize,
  x: usize,
  gamma: usize,
  mean: f32,
  inverse: f64,
  gammaSums: usize,
  betaSums: usize,
): void {
  const centre = f32x4.splat(mean);
  const factor = f64x2.splat(inverse);
  let sum = f64x2.splat(0);
  let products = f64x2.splat(0);
  let j = 0;
  for (; j + 4 <= cg; j += 4) {
    const upstream = v128.load(dout + j * 4);
    const product = f32x4.mul(upstream, f32x4.sub(v128.load(x + j * 4), centre));
    const weight = v128.load(gamma + j * 4);
    const weighted = f32x4.mul(upstream, weight);
    const weightedProduct = f32x4.mul(product, weight);
    sum = f64x2.add(sum, f64x2.add(lowHalf(weighted), highHalf(weighted)));
    products = f64x2.add(
      products,
      f64x2.add(lowHalf(weightedProduct), highHalf(weightedProduct)),
    );
    addPair(betaSums + j * 8, lowHalf(upstream));
    addPair(betaSums + j * 8 + 16, highHalf(upstream));
    addPair(gammaSums + j * 8, f64x2.mul(lowHalf(product), factor));
    addPair(gammaSums + j * 8 + 16, f64x2.mul(highHalf(product), factor));
  }
  groupSum = total(sum);
  groupProducts = total(products);
  for (; j < cg; j++) {
    const upstream = load<f32>(dout + j * 4);
    const product = <f64> (upstream * (load<f32>(x + j * 4) - mean));
    const weight = <f64> load<f32>(gamma + j * 4);
    groupSum += <f64> upstream * weight;
    groupProducts += product * weight;
    addTo(betaSums + j * 8, <f64> upstream);
    addTo(gammaSums + j * 8, product * inverse);
  }
  groupProducts *= inverse;
}

function normalizeRow(
  cg: i32,
  x: usize,
  mean: f32,
  rest: f32,
  inverse: f32,
  gamma: usize,
  beta: usize,
  out: usize,
): void {
  const centre = f32x4.splat(mean);
  const correction = f32x4.splat(rest);
  const factor = f32x4.splat(inverse);
  let p: usize = 0;
  const end = <usize> cg * 4;
  for (; p + 16 <= end; p += 16) {
    const deviation = f32x4.sub(f32x4.sub(v128.load(x + p), centre), correction);
    const scale = f32x4.mul(v128.load(gamma + p), factor);
    v128.store(out + p, f32x4.add(f32x4.mul(deviation, scale), v128.load(beta + p)));
  }
  for (; p < end; p += 4) {
    const deviation = load<f32>(x + p) - mean - rest;
    store<f32>(out + p, deviation * (load<f32>(gamma + p) * inverse) + load<f32>(beta + p));
  }
}

function gradientRow(
  cg: i32,
  dout: usize,
  gamma: usize,
  x: usize,
  mean: f32,
  scale: f32,
  meanTerm: f32,
  varianceTerm: f32,
  dx: usize,
): void {
  const centre = f32x4.splat(mean);
  const factor = f32x4.splat(scale);
  const constant = f32x4.splat(meanTerm);
  const slope = f32x4.splat(varianceTerm);
  let p: usize = 0;
  const end = <usize> cg * 4;
  for (; p + 16 <= end; p += 16) {
    const upstream = f32x4.sub(f32x4.mul(v128.load(dout + p), v128.load(gamma + p)), constant);
    const along = f32x4.mul(f32x4.sub(v128.load(x + p), centre), slope);
    v128.store(dx + p, f32x4.mul(factor, f32x4.sub(upstream, along)));
  }
  for (; p < end; p += 4) {
    const upstream = load<f32>(dout + p) * load<f32>(gamma + p) - meanTerm;
    store<f32>(dx + p, scale * (upstream - (load<f32>(x + p) - mean) * varianceTerm));
  }
}

function addTo(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value);
}

function addPair(at: usize, values: v128): void {
  v128.store(at, f64x2.add(v128.load(at), values));
}
