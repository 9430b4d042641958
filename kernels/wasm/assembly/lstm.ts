/** The cell of an LSTM, whose rows have a multiple of four units. */
import { sigmoid4, tanh4 } from "./activations";

/**
 * Turns the sums (rows, 4, units) into the gates i, f, o, g in place, and writes
 * `nextC = f·prevC + i·g`, its hyperbolic tangent, and `nextH = o·tanh nextC`.
 */
export function cellForward(
  rows: i32,
  units: i32,
  gates: usize,
  prevC: usize,
  nextC: usize,
  tanhC: usize,
  nextH: usize,
): void {
  const gate = units * 4;
  for (let row = 0; row < rows; row++, gates += 3 * gate) {
    for (const end = gates + gate; gates < end; gates += 16) {
      const i = sigmoid4(v128.load(gates));
      const f = sigmoid4(v128.load(gates + gate));
      const o = sigmoid4(v128.load(gates + 2 * gate));
      const g = tanh4(v128.load(gates + 3 * gate));
      const c = f32x4.add(f32x4.mul(f, v128.load(prevC)), f32x4.mul(i, g));
      const t = tanh4(c);
      v128.store(gates, i);
      v128.store(gates + gate, f);
      v128.store(gates + 2 * gate, o);
      v128.store(gates + 3 * gate, g);
      v128.store(nextC, c);
      v128.store(tanhC, t);
      v128.store(nextH, f32x4.mul(o, t));
      prevC += 16;
      nextC += 16;
      tanhC += 16;
      nextH += 16;
    }
  }
}

/** `x · (1 - x)`. */
// @ts-ignore: decorator
@inline
function slope(x: v128): v128 {
  return f32x4.mul(x, f32x4.sub(f32x4.splat(1), x));
}

/** `1 - x²`. */
// @ts-ignore: decorator
@inline
function rest(x: v128): v128 {
  return f32x4.sub(f32x4.splat(1), f32x4.mul(x, x));
}

/**
 * With `u = dc + dh·o·(1 - tanhC²)` the gates become `u·g·i·(1 - i)`, `u·prevC·f·(1 - f)`,
 * `dh·tanhC·o·(1 - o)` and `u·i·(1 - g²)`, and `dc` becomes `u·f`.
 */
export function cellBackward(
  rows: i32,
  units: i32,
  gates: usize,
  prevC: usize,
  tanhC: usize,
  dh: usize,
  dc: usize,
): void {
  const gate = units * 4;
  for (let row = 0; row < rows; row++, gates += 3 * gate) {
    for (const end = gates + gate; gates < end; gates += 16) {
      const i = v128.load(gates);
      const f = v128.load(gates + gate);
      const o = v128.load(gates + 2 * gate);
      const g = v128.load(gates + 3 * gate);
      const t = v128.load(tanhC);
      const d = v128.load(dh);
      const u = f32x4.add(v128.load(dc), f32x4.mul(f32x4.mul(d, o), rest(t)));
      v128.store(gates, f32x4.mul(f32x4.mul(u, g), slope(i)));
      v128.store(gates + gate, f32x4.mul(f32x4.mul(u, v128.load(prevC)), slope(f)));
      v128.store(gates + 2 * gate, f32x4.mul(f32x4.mul(d, t), slope(o)));
      v128.store(gates + 3 * gate, f32x4.mul(f32x4.mul(u, i), rest(g)));
      v128.store(dc, f32x4.mul(u, f));
      prevC += 16;
      tanhC += 16;
      dh += 16;
      dc += 16;
    }
  }
}
