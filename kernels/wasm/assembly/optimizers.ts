/**
 * Update steps, in place on copies that have room up to a multiple of four.
 *
 * Where a square is past what float32 holds with room to spare, four elements are done in float64,
 * as the portable table does all. A mean square that float32 does not hold is infinite.
 */

/** From this mean square on, the last digit that float32 has is not worth the risk. */
const LARGE: f32 = 1e37;

/** Whether a mean square is large or no number any more. */
// @ts-ignore: AssemblyScript knows decorators.
@inline
function isLarge(square: v128): bool {
  return v128.any_true(f32x4.ge(square, f32x4.splat(LARGE)));
}

/** A mean square as it is when it has been stored. */
// @ts-ignore: AssemblyScript knows decorators.
@inline
function stored(square: f64, held: f32): f64 {
  return held == Infinity ? <f64>held : square;
}

/** Four elements of `rmspropStep`. */
function rmspropWide(w: usize, cache: usize, dw: usize, rate: f64, decay: f64, rest: f64, epsilon: f64): void {
  for (let i: usize = 0; i < 16; i += 4) {
    const gradient = <f64>load<f32>(dw + i);
    const average = decay * <f64>load<f32>(cache + i) + rest * gradient * gradient;
    store<f32>(cache + i, <f32>average);
    const root = Math.sqrt(stored(average, <f32>average)) + epsilon;
    store<f32>(w + i, <f32>(<f64>load<f32>(w + i) - rate * gradient / root));
  }
}

/** Four elements of `adamStep`. */
function adamWide(
  w: usize,
  m: usize,
  v: usize,
  dw: usize,
  step: f64,
  beta1: f64,
  rest1: f64,
  beta2: f64,
  rest2: f64,
  correction: f64,
  epsilon: f64,
): void {
  for (let i: usize = 0; i < 16; i += 4) {
    const gradient = <f64>load<f32>(dw + i);
    const first = beta1 * <f64>load<f32>(m + i) + rest1 * gradient;
    const second = beta2 * <f64>load<f32>(v + i) + rest2 * gradient * gradient;
    store<f32>(m + i, <f32>first);
    store<f32>(v + i, <f32>second);
    const root = Math.sqrt(stored(second, <f32>second) * correction) + epsilon;
    store<f32>(w + i, <f32>(<f64>load<f32>(w + i) - step * first / root));
  }
}

/** `w -= learningRate · dw`. */
export function sgdStep(count: i32, w: usize, dw: usize, learningRate: f32): void {
  const rate = f32x4.splat(learningRate);
  for (const end = w + count * 4; w < end; w += 16, dw += 16) {
    v128.store(w, f32x4.sub(v128.load(w), f32x4.mul(rate, v128.load(dw))));
  }
}

/** `v = momentum·v - learningRate·dw; w += v`. */
export function momentumStep(
  count: i32,
  w: usize,
  v: usize,
  dw: usize,
  learningRate: f32,
  momentum: f32,
): void {
  const rate = f32x4.splat(learningRate);
  const decay = f32x4.splat(momentum);
  for (const end = w + count * 4; w < end; w += 16, v += 16, dw += 16) {
    const next = f32x4.sub(f32x4.mul(decay, v128.load(v)), f32x4.mul(rate, v128.load(dw)));
    v128.store(v, next);
    v128.store(w, f32x4.add(v128.load(w), next));
  }
}

/** `p = v; v = momentum·v - learningRate·dw; w += (1 + momentum)·v - momentum·p`. */
export function nesterovStep(
  count: i32,
  w: usize,
  v: usize,
  dw: usize,
  learningRate: f32,
  momentum: f32,
): void {
  const rate = f32x4.splat(learningRate);
  const decay = f32x4.splat(momentum);
  const ahead = f32x4.splat(1 + momentum);
  for (const end = w + count * 4; w < end; w += 16, v += 16, dw += 16) {
    const kept = f32x4.mul(decay, v128.load(v));
    const next = f32x4.sub(kept, f32x4.mul(rate, v128.load(dw)));
    v128.store(v, next);
    v128.store(w, f32x4.add(v128.load(w), f32x4.sub(f32x4.mul(ahead, next), kept)));
  }
}

/** `cache = decay·cache + rest·dw²; w -= learningRate·dw / (sqrt(cache) + epsilon)`. */
export function rmspropStep(
  count: i32,
  w: usize,
  cache: usize,
  dw: usize,
  learningRate: f32,
  decay: f32,
  rest: f32,
  epsilon: f32,
): void {
  const rate = f32x4.splat(learningRate);
  const old = f32x4.splat(decay);
  const fresh = f32x4.splat(rest);
  const least = f32x4.splat(epsilon);
  for (const end = w + count * 4; w < end; w += 16, cache += 16, dw += 16) {
    const gradient = v128.load(dw);
    const average = f32x4.add(
      f32x4.mul(old, v128.load(cache)),
      f32x4.mul(fresh, f32x4.mul(gradient, gradient)),
    );
    if (isLarge(average)) {
      rmspropWide(w, cache, dw, learningRate, decay, rest, epsilon);
      continue;
    }
    v128.store(cache, average);
    const step = f32x4.div(f32x4.mul(rate, gradient), f32x4.add(f32x4.sqrt(average), least));
    v128.store(w, f32x4.sub(v128.load(w), step));
  }
}

/**
 * `m = beta1·m + rest1·dw; v = beta2·v + rest2·dw²; w -= step·m / (sqrt(v·correction) + epsilon)`.
 */
export function adamStep(
  count: i32,
  w: usize,
  m: usize,
  v: usize,
  dw: usize,
  step: f32,
  beta1: f32,
  rest1: f32,
  beta2: f32,
  rest2: f32,
  correction: f32,
  epsilon: f32,
): void {
  const rate = f32x4.splat(step);
  const old1 = f32x4.splat(beta1);
  const fresh1 = f32x4.splat(rest1);
  const old2 = f32x4.splat(beta2);
  const fresh2 = f32x4.splat(rest2);
  const scale = f32x4.splat(correction);
  const least = f32x4.splat(epsilon);
  for (const end = w + count * 4; w < end; w += 16, m += 16, v += 16, dw += 16) {
    const gradient = v128.load(dw);
    const first = f32x4.add(f32x4.mul(old1, v128.load(m)), f32x4.mul(fresh1, gradient));
    const second = f32x4.add(
      f32x4.mul(old2, v128.load(v)),
      f32x4.mul(fresh2, f32x4.mul(gradient, gradient)),
    );
    const corrected = f32x4.mul(second, scale);
    if (isLarge(corrected)) {
      adamWide(w, m, v, dw, step, beta1, rest1, beta2, rest2, correction, epsilon);
      continue;
    }
    v128.store(m, first);
    v128.store(v, second);
    const root = f32x4.add(f32x4.sqrt(corrected), least);
    v128.store(w, f32x4.sub(v128.load(w), f32x4.div(f32x4.mul(rate, first), root)));
  }
}
