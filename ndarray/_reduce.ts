/**
 * Reductions: the array seen as (outer, n, inner), reduced over the middle.
 *
 * @module
 */
import { allocateFor, checkAxes, type Dense, showShape, sizeOf } from "./_dense.ts";
import { transpose } from "./_layout.ts";
import { type DType, floatOf, type TypedArray } from "./dtypes.ts";

/** Axes to reduce over: one, several, or all (`null` or left out). */
export type Axes = number | readonly number[] | null | undefined;

/** The reductions whose result is an array of numbers. */
export type ReduceName = "sum" | "prod" | "mean" | "var" | "std" | "max" | "min" | "any" | "all";

interface Plan {
  readonly data: TypedArray;
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
  /** Shape of the result. */
  readonly shape: readonly number[];
}

function plan(caller: string, x: Dense, axes: Axes, keepdims: boolean): Plan {
  const ndim = x.shape.length;
  const reduced = axes === null || axes === undefined
    ? x.shape.map((_, axis) => axis)
    : checkAxes(caller, axes, ndim);
  const isReduced = new Set(reduced);
  const shape = keepdims
    ? x.shape.map((length, axis) => isReduced.has(axis) ? 1 : length)
    : x.shape.filter((_, axis) => !isReduced.has(axis));
  const first = reduced[0] ?? ndim;
  const last = reduced[reduced.length - 1] ?? ndim - 1;
  const n = sizeOf(reduced.map((axis) => x.shape[axis]));
  const kept = x.shape.map((_, axis) => axis).filter((axis) => !isReduced.has(axis));
  const isBetween = (axis: number) => axis > first && axis < last && x.shape[axis] !== 1;
  if (kept.some(isBetween)) {
    const { data } = transpose(x, [...kept, ...reduced]);
    return { data, outer: sizeOf(shape), n, inner: 1, shape };
  }
  const outer = sizeOf(x.shape.slice(0, first));
  return { data: x.data, outer, n, inner: sizeOf(x.shape.slice(last + 1)), shape };
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

/** Sums over the middle axis, in float64. */
function sums({ data, outer, n, inner }: Plan): Float64Array {
  const out = new Float64Array(outer * inner);
  if (inner === 1) {
    for (let o = 0; o < outer; o++) out[o] = sumRun(data, o * n, n);
    return out;
  }
  for (let o = 0, place = 0; o < outer; o++) {
    const base = o * inner;
    for (let row = 0; row < n; row++, place += inner) {
      for (let i = 0; i < inner; i++) out[base + i] += data[place + i];
    }
  }
  return out;
}

/** Sums of squared distances from `centres`, in float64. */
function squaredDeviations({ data, outer, n, inner }: Plan, centres: Float64Array): Float64Array {
  const out = new Float64Array(outer * inner);
  if (inner === 1) {
    const chunk = new Float64Array(Math.min(n, 8192));
    for (let o = 0; o < outer; o++) {
      const centre = centres[o];
      for (let start = 0; start < n; start += chunk.length) {
        const length = Math.min(chunk.length, n - start);
        const from = o * n + start;
        for (let i = 0; i < length; i++) {
          const distance = data[from + i] - centre;
          chunk[i] = distance * distance;
        }
        out[o] += sumRun(chunk, 0, length);
      }
    }
    return out;
  }
  for (let o = 0, place = 0; o < outer; o++) {
    const base = o * inner;
    for (let row = 0; row < n; row++, place += inner) {
      for (let i = 0; i < inner; i++) {
        const distance = data[place + i] - centres[base + i];
        out[base + i] += distance * distance;
      }
    }
  }
  return out;
}

type Fold = (data: TypedArray, place: number, step: number, n: number) => number;

const product: Fold = (data, place, step, n) => {
  let total = 1;
  for (let i = 0; i < n; i++, place += step) total *= data[place];
  return total;
};

const largest: Fold = (data, place, step, n) => {
  let best = data[place];
  for (let i = 0; i < n; i++, place += step) best = Math.max(best, data[place]);
  return best;
};

const smallest: Fold = (data, place, step, n) => {
  let best = data[place];
  for (let i = 0; i < n; i++, place += step) best = Math.min(best, data[place]);
  return best;
};

const anyOf: Fold = (data, place, step, n) => {
  for (let i = 0; i < n; i++, place += step) if (data[place] !== 0) return 1;
  return 0;
};

const allOf: Fold = (data, place, step, n) => {
  for (let i = 0; i < n; i++, place += step) if (data[place] === 0) return 0;
  return 1;
};

const firstLargest: Fold = (data, place, step, n) => {
  let best = data[place];
  let found = 0;
  for (let i = 0; i < n; i++, place += step) {
    const value = data[place];
    if (value > best) {
      best = value;
      found = i;
    } else if (value !== value) {
      return i;
    }
  }
  return found;
};

const firstSmallest: Fold = (data, place, step, n) => {
  let best = data[place];
  let found = 0;
  for (let i = 0; i < n; i++, place += step) {
    const value = data[place];
    if (value < best) {
      best = value;
      found = i;
    } else if (value !== value) {
      return i;
    }
  }
  return found;
};

function fold({ data, outer, n, inner }: Plan, each: Fold, out: TypedArray): void {
  for (let o = 0, k = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) out[k++] = each(data, o * n * inner + i, inner, n);
  }
}

/** Running maximum over rows: for `n` rows of many columns, faster than column by column. */
function foldRows({ data, outer, n, inner }: Plan, sign: 1 | -1, out: TypedArray): void {
  for (let o = 0; o < outer; o++) {
    const base = o * inner;
    let place = o * n * inner;
    for (let i = 0; i < inner; i++) out[base + i] = data[place + i];
    for (let row = 1; row < n; row++) {
      place += inner;
      if (sign > 0) {
        for (let i = 0; i < inner; i++) out[base + i] = Math.max(out[base + i], data[place + i]);
      } else {
        for (let i = 0; i < inner; i++) out[base + i] = Math.min(out[base + i], data[place + i]);
      }
    }
  }
}

/** Reduces over `axes`; `ddof` is taken off the divisor of a variance. */
export function reduce(
  name: ReduceName,
  x: Dense,
  axes: Axes,
  keepdims = false,
  ddof = 0,
): Dense {
  const seen = plan(name, x, axes, keepdims);
  const { shape, n, outer, inner } = seen;
  const size = outer * inner;
  const finish = (dtype: DType, fill: (out: TypedArray) => void): Dense => {
    const data = allocateFor(dtype, size);
    fill(data);
    return { data, shape, dtype };
  };
  switch (name) {
    case "sum":
      return finish(resultType(x.dtype, axes), (out) => out.set(sums(seen)));
    case "mean":
      return finish(resultType(x.dtype, axes), (out) => {
        const totals = sums(seen);
        for (let i = 0; i < size; i++) out[i] = totals[i] / n;
      });
    case "var":
    case "std":
      return finish(resultType(x.dtype, axes), (out) => {
        const centres = sums(seen);
        for (let i = 0; i < size; i++) centres[i] /= n;
        const totals = squaredDeviations(seen, centres);
        const divisor = Math.max(n - ddof, 0);
        for (let i = 0; i < size; i++) {
          out[i] = name === "var" ? totals[i] / divisor : Math.sqrt(totals[i] / divisor);
        }
      });
    case "prod":
      return finish(resultType(x.dtype, axes), (out) => fold(seen, product, out));
    case "any":
      return finish("bool", (out) => fold(seen, anyOf, out));
    case "all":
      return finish("bool", (out) => fold(seen, allOf, out));
    case "max":
    case "min":
      checkSome(name, x, n, size);
      return finish(x.dtype, (out) => {
        if (inner > 1) foldRows(seen, name === "max" ? 1 : -1, out);
        else fold(seen, name === "max" ? largest : smallest, out);
      });
  }
}

/** A result over all axes becomes a number, which need not be rounded to float32. */
function resultType(dtype: DType, axes: Axes): DType {
  return axes === null || axes === undefined ? "float64" : floatOf(dtype);
}

/** Positions of the first largest or smallest element along one axis, or in the flattened array. */
export function argReduce(
  name: "argmax" | "argmin",
  x: Dense,
  axis: number | null | undefined,
  keepdims = false,
): Dense {
  const seen = plan(name, x, axis, keepdims);
  const size = seen.outer * seen.inner;
  checkSome(name, x, seen.n, size);
  const data = allocateFor("int32", size);
  fold(seen, name === "argmax" ? firstLargest : firstSmallest, data);
  return { data, shape: seen.shape, dtype: "int32" };
}

function checkSome(caller: string, x: Dense, n: number, size: number): void {
  if (n > 0 || size === 0) return;
  throw new RangeError(
    `${caller}: an empty array has no ${caller.slice(-3)}imum, got shape ${showShape(x.shape)}`,
  );
}
