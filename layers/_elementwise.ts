/**
 * Activations that are no kernels: one function applied to every value.
 *
 * @module
 */
import { specialize } from "../internal/specialize.ts";
import type { FloatArray } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";

function one(f: (x: number) => number, x: FloatArray, out: FloatArray, n: number): void {
  for (let i = 0; i < n; i++) out[i] = f(x[i]);
}

function two(
  f: (d: number, x: number) => number,
  d: FloatArray,
  x: FloatArray,
  out: FloatArray,
  n: number,
): void {
  for (let i = 0; i < n; i++) out[i] = f(d[i], x[i]);
}

/** `f(x)` for every value; `name` is that of `f`. */
export function mapValues(name: string, f: (x: number) => number, x: NDArray): NDArray {
  const out = emptyArray(x.shape, x.dtype);
  specialize(one, `${name} ${x.dtype}`)(f, floats(x), floats(out), x.size);
  return out;
}

/** Replaces every value by `f(x)`; `name` is that of `f`. */
export function mapInPlace(name: string, f: (x: number) => number, x: FloatArray): void {
  specialize(one, `${name} ${x.BYTES_PER_ELEMENT}`)(f, x, x, x.length);
}

/** Replaces every upstream gradient by `f(dout, x)`. */
export function upstreamInPlace(
  name: string,
  f: (dout: number, x: number) => number,
  dout: FloatArray,
  x: FloatArray,
): void {
  specialize(two, `${name} ${x.BYTES_PER_ELEMENT}`)(f, dout, x, dout, x.length);
}

/** `f(dout, x)` for every pair of values, in the type in which the two meet. */
export function mapUpstream(
  name: string,
  f: (dout: number, x: number) => number,
  dout: NDArray,
  x: NDArray,
): NDArray {
  [dout, x] = unify(dout, x);
  const dx = emptyArray(x.shape, x.dtype);
  specialize(two, `${name} ${x.dtype}`)(f, floats(dout), floats(x), floats(dx), x.size);
  return dx;
}

/** `1 / (1 + e⁻ˣ)`, by an exponential that cannot overflow. */
export function sigmoid(x: number): number {
  const small = Math.exp(-Math.abs(x));
  return (x >= 0 ? 1 : small) / (1 + small);
}

/** The gradient of tanh, from its output. */
export function tanhSlope(dout: number, out: number): number {
  return dout * (1 - out * out);
}
