/**
 * Reductions that keep one value as they go: extremes and their positions, products, any and all.
 * Each loop makes one result from `n` elements, from `place` in steps of `step`.
 *
 * @module
 */
import { specialize } from "./_specialize.ts";
import type { View } from "./_sums.ts";
import type { TypedArray } from "./dtypes.ts";

function prod(data: TypedArray, place: number, step: number, n: number): number {
  let total = 1;
  for (let i = 0; i < n; i++, place += step) total *= data[place];
  return total;
}

function max(data: TypedArray, place: number, step: number, n: number): number {
  let best = data[place];
  for (let i = 0; i < n; i++, place += step) best = Math.max(best, data[place]);
  return best;
}

function min(data: TypedArray, place: number, step: number, n: number): number {
  let best = data[place];
  for (let i = 0; i < n; i++, place += step) best = Math.min(best, data[place]);
  return best;
}

function any(data: TypedArray, place: number, step: number, n: number): number {
  for (let i = 0; i < n; i++, place += step) if (data[place] !== 0) return 1;
  return 0;
}

function all(data: TypedArray, place: number, step: number, n: number): number {
  for (let i = 0; i < n; i++, place += step) if (data[place] === 0) return 0;
  return 1;
}

/** Position of the first maximum; a NaN counts as one. */
function argmax(data: TypedArray, place: number, step: number, n: number): number {
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
}

/** Position of the first minimum; a NaN counts as one. */
function argmin(data: TypedArray, place: number, step: number, n: number): number {
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
}

const folds = { prod, max, min, any, all, argmax, argmin };

/** Writes to `out` (outer, inner) what `name` makes of the middle axis. */
export function fold(name: keyof typeof folds, view: View, out: TypedArray): void {
  const { data, dtype, outer, n, inner } = view;
  const loop = specialize(folds[name], dtype);
  for (let o = 0, k = 0; o < outer; o++) {
    const start = o * n * inner;
    for (let i = 0; i < inner; i++) out[k++] = loop(data, start + i, inner, n);
  }
}

/** `out = max(out, row)` for each of `n` rows, which is faster than column by column. */
function maxRows(
  data: TypedArray,
  place: number,
  n: number,
  out: TypedArray,
  base: number,
  inner: number,
): void {
  for (let row = 0; row < n; row++) {
    const from = place + row * inner;
    for (let i = 0; i < inner; i++) out[base + i] = Math.max(out[base + i], data[from + i]);
  }
}

/** `out = min(out, row)` for each of `n` rows. */
function minRows(
  data: TypedArray,
  place: number,
  n: number,
  out: TypedArray,
  base: number,
  inner: number,
): void {
  for (let row = 0; row < n; row++) {
    const from = place + row * inner;
    for (let i = 0; i < inner; i++) out[base + i] = Math.min(out[base + i], data[from + i]);
  }
}

/** Writes to `out` (outer, inner) the largest or smallest of the middle axis; `n` is at least 1. */
export function extreme(name: "max" | "min", view: View, out: TypedArray): void {
  const { data, dtype, outer, n, inner } = view;
  if (inner === 1) return fold(name, view, out);
  const rows = specialize(name === "max" ? maxRows : minRows, dtype);
  for (let o = 0; o < outer; o++) {
    const start = o * n * inner;
    out.set(data.subarray(start, start + inner), o * inner);
    rows(data, start, n, out, o * inner, inner);
  }
}
