/** What follows a product: the bias, and ReLU if asked. */

/** Adds `b` (m) to every row of `out` (n, m). */
export function addBias(n: i32, m: i32, b: usize, relu: bool, out: usize): void {
  const least: f32 = relu ? 0 : -Infinity;
  const floor = f32x4.splat(least);
  for (let i = 0; i < n; i++) {
    let j = 0;
    for (; j + 4 <= m; j += 4) {
      const sum = f32x4.add(v128.load(out), v128.load(b + j * 4));
      v128.store(out, f32x4.pmax(sum, floor));
      out += 16;
    }
    for (; j < m; j++) {
      const sum = load<f32>(out) + load<f32>(b + j * 4);
      store<f32>(out, sum < least ? least : sum);
      out += 4;
    }
  }
}

/** Adds one number to `count` neighbours. */
export function addNumber(count: i32, value: f32, relu: bool, out: usize): void {
  const least: f32 = relu ? 0 : -Infinity;
  const floor = f32x4.splat(least);
  const shift = f32x4.splat(value);
  const end = out + count * 4;
  for (; out + 16 <= end; out += 16) {
    v128.store(out, f32x4.pmax(f32x4.add(v128.load(out), shift), floor));
  }
  for (; out < end; out += 4) {
    const sum = load<f32>(out) + value;
    store<f32>(out, sum < least ? least : sum);
  }
}
