/**
 * Sums, always accumulated in float64: over 49,000 float32 values a running float32 sum would
 * lose the digits that a mean image needs.
 *
 * @module
 */
import { allocateFor } from "./_dense.ts";
import { specialize } from "../internal/specialize.ts";
import type { DType, TypedArray } from "./dtypes.ts";

/** An array seen as (outer, n, inner), to be reduced over the middle. */
export interface View {
  /** The elements. */
  readonly data: TypedArray;
  /** Their type. */
  readonly dtype: DType;
  /** Length before the reduced axis. */
  readonly outer: number;
  /** Length of the reduced axis. */
  readonly n: number;
  /** Length behind the reduced axis. */
  readonly inner: number;
}

/**
 * Sum of `n` neighbours by halves, in blocks of 128 with eight running sums: the error grows with
 * the logarithm of `n`, and the order of additions is NumPy's, so float64 sums agree to the bit.
 */
function sumRun(x: TypedArray, start: number, n: number): number {
  if (n < 8) {
    let total = n > 0 ? x[start] : 0;
    for (let i = start + 1; i < start + n; i++) total += x[i];
    return total;
  }
  if (n > 128) {
    const half = (n >> 1) - (n >> 1) % 8;
    return sumRun(x, start, half) + sumRun(x, start + half, n - half);
  }
  let s0 = x[start], s1 = x[start + 1], s2 = x[start + 2], s3 = x[start + 3];
  let s4 = x[start + 4], s5 = x[start + 5], s6 = x[start + 6], s7 = x[start + 7];
  const end = start + n - n % 8;
  let i = start + 8;
  for (; i < end; i += 8) {
    s0 += x[i];
    s1 += x[i + 1];
    s2 += x[i + 2];
    s3 += x[i + 3];
    s4 += x[i + 4];
    s5 += x[i + 5];
    s6 += x[i + 6];
    s7 += x[i + 7];
  }
  let total = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
  for (; i < start + n; i++) total += x[i];
  return total;
}

/**
 * Adds `n` rows, as long as `out`, which start at `place`. Four at a time, in order, so that `out`
 * is read and written a quarter as often. (`| 0` tells the compiler that places stay int32.)
 */
function addRows(x: TypedArray, place: number, n: number, out: Float64Array): void {
  const inner = out.length;
  let row = 0;
  for (; row + 3 < n; row += 4) {
    const a = (place + row * inner) | 0;
    const b = (a + inner) | 0;
    const c = (b + inner) | 0;
    const d = (c + inner) | 0;
    for (let i = 0; i < inner; i++) {
      out[i] = out[i] + x[(a + i) | 0] + x[(b + i) | 0] + x[(c + i) | 0] + x[(d + i) | 0];
    }
  }
  for (; row < n; row++) {
    const from = (place + row * inner) | 0;
    for (let i = 0; i < inner; i++) out[i] += x[(from + i) | 0];
  }
}

/** Adds the squared distances of `n` rows from the row `centres`. */
function addSquaredRows(
  x: TypedArray,
  place: number,
  n: number,
  centres: Float64Array,
  out: Float64Array,
): void {
  const inner = out.length;
  for (let row = 0; row < n; row++) {
    const from = (place + row * inner) | 0;
    for (let i = 0; i < inner; i++) {
      const distance = x[(from + i) | 0] - centres[i];
      out[i] += distance * distance;
    }
  }
}

/** Writes the squared distances of `n` neighbours from `centre` to `out`. */
function squareRun(x: TypedArray, start: number, n: number, centre: number, out: Float64Array) {
  for (let i = 0; i < n; i++) {
    const distance = x[(start + i) | 0] - centre;
    out[i] = distance * distance;
  }
}

function zeros(size: number): Float64Array {
  return allocateFor("float64", size).fill(0) as Float64Array;
}

/** The sums over the middle axis, (outer, inner). */
export function sums({ data, dtype, outer, n, inner }: View): Float64Array {
  const out = zeros(outer * inner);
  if (inner === 1) {
    const run = specialize(sumRun, dtype);
    for (let o = 0; o < outer; o++) out[o] = run(data, o * n, n);
  } else {
    const add = specialize(addRows, dtype);
    for (let o = 0; o < outer; o++) {
      add(data, o * n * inner, n, out.subarray(o * inner, (o + 1) * inner));
    }
  }
  return out;
}

/** The sums of squared distances from `centres`, both (outer, inner). */
export function squaredDeviations(
  { data, dtype, outer, n, inner }: View,
  centres: Float64Array,
): Float64Array {
  const out = zeros(outer * inner);
  if (inner === 1) {
    const square = specialize(squareRun, dtype);
    const chunk = new Float64Array(Math.min(n, 8192));
    for (let o = 0; o < outer; o++) {
      for (let start = 0; start < n; start += chunk.length) {
        const length = Math.min(chunk.length, n - start);
        square(data, o * n + start, length, centres[o], chunk);
        out[o] += sumRun(chunk, 0, length);
      }
    }
  } else {
    const add = specialize(addSquaredRows, dtype);
    for (let o = 0; o < outer; o++) {
      const row = [o * inner, (o + 1) * inner] as const;
      add(data, o * n * inner, n, centres.subarray(...row), out.subarray(...row));
    }
  }
  return out;
}
