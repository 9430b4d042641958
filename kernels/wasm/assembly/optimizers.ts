/** Update steps, in place on copies that have room up to a multiple of four. */

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
    v128.store(m, first);
    const second = f32x4.add(
      f32x4.mul(old2, v128.load(v)),
      f32x4.mul(fresh2, f32x4.mul(gradient, gradient)),
    );
    v128.store(v, second);
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(second, scale)), least);
    v128.store(w, f32x4.sub(v128.load(w), f32x4.div(f32x4.mul(rate, first), root)));
  }
}
