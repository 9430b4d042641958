/** The affine layer. */
import { gemm } from "./gemm";

/** `out = x·w + b`, then ReLU if asked: x (n, d), w (d, m), b (m), out (n, m). */
export function affine(
  n: i32,
  d: i32,
  m: i32,
  x: usize,
  w: usize,
  b: usize,
  relu: bool,
  out: usize,
): void {
  gemm(false, false, n, m, d, x, w, false, out);
  const floor = f32x4.splat(relu ? 0 : -Infinity);
  const least: f32 = relu ? 0 : -Infinity;
  for (let i = 0; i < n; i++) {
    let j = 0;
    for (; j + 4 <= m; j += 4) {
      const sum = f32x4.add(v128.load(out), v128.load(b + j * 4));
      v128.store(out, f32x4.pmax(sum, floor));
      out += 16;
    }
    for (; j < m; j++) {
      const sum = load<f32>(out) + load<f32>(b + j * 4);
      store<f32>(out, max(sum, least));
      out += 4;
    }
  }
}
