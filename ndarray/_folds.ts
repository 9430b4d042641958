/**
 * Reductions that keep one value as they go: extremes and their positions, products, any and all.
 * Each loop makes one result from `n` elements, from `place` in steps of `step`.
 *
 * @module
 */
import { specialize } from "../internal/specialize.ts";
import type { View } from "./_sums.ts";
import type { TypedArray } from "./dtypes.ts";

function prod(data: TypedArray, place: number, step: number, n: number): number {
  let total = 1;
  for (let i = 0; i < n; i++, place = (place + step) | 0) total *= data[place];
  return total;
}

function max(data: TypedArray, place: number, step: number, n: number): number {
  let best = data[place];
  for (let i = 0; i < n; i++, place = (place + step) | 0) {
    const value = data[place];
    if (value > best) best = value;
    else if (value !== value) return value;
  }
  return best;
}

function min(data: TypedArray, place: number, step: number, n: number): number {
  let best = data[place];
  for (let i = 0; i < n; i++, place = (place + step) | 0) {
    const value = data[place];
    if (value < best) best = value;
    else if (value !== value) return value;
  }
  return best;
}

function any(data: TypedArray, place: number, step: number, n: number): number {
  for (let i = 0; i < n; i++, place = (place + step) | 0) if (data[place] !== 0) return 1;
  return 0;
}

function all(data: TypedArray, place: number, step: number, n: number): number {
  for (let i = 0; i < n; i++, place = (place + step) | 0) if (data[place] === 0) return 0;
  return 1;
}

/** Position of the first maximum; a NaN counts as one. */
function argmax(data: TypedArray, place: number, step: number, n: number): number {
  let best = data[place];
  let found = 0;
  for (let i = 0; i < n; i++, place = (place + step) | 0) {
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
  for (let i = 0; i < n; i++, place = (place + step) | 0) {
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

/** Raises `out` to the maximum of itself and `n` rows as long, which start at `place`. */
function maxRows(data: TypedArray, place: number, n: number, out: TypedArray): void {
  const inner = out.length;
  for (let row = 0; row < n; row++) {
    const from = (place + row * inner) | 0;
    for (let i = 0; i < inner; i++) {
      const value = data[(from + i) | 0];
      // Written so that a NaN comes in, and one that is there stays.
      if (!(value <= out[i]) && out[i] === out[i]) out[i] = value;
    }
  }
}

/** Lowers `out` to the minimum of itself and `n` rows as long, which start at `place`. */
function minRows(data: TypedArray, place: number, n: number, out: TypedArray): void {
  const inner = out.length;
  for (let row = 0; row < n; row++) {
    const from = (place + row * inner) | 0;
    for (let i = 0; i < inner; i++) {
      const value = data[(from + i) | 0];
      if (!(value >= out[i]) && out[i] === out[i]) out[i] = value;
    }
  }
}

/** The folds by name. */
const folds = { prod, max, min, any, all, argmax, argmin };

/** Those that go faster row by row than column by column. */
const rowFolds: { readonly [name: string]: typeof maxRows | undefined } = {
  max: maxRows,
  min: minRows,
};

/** The reductions that this file does. */
export type FoldName = keyof typeof folds;

/** Writes to `out` (outer, inner) what `name` makes of the middle axis. */
export function fold(name: FoldName, view: View, out: TypedArray): void {
  const { data, dtype, outer, n, inner } = view;
  const byRows = inner > 1 ? rowFolds[name] : undefined;
  if (byRows) {
    const loop = specialize(byRows, dtype);
    for (let o = 0; o < outer; o++) {
      const start = o * n * inner;
      const best = out.subarray(o * inner, (o + 1) * inner);
      best.set(data.subarray(start, start + inner));
      loop(data, start + inner, n - 1, best);
    }
    return;
  }
  const loop = specialize(folds[name], dtype);
  for (let o = 0, k = 0; o < outer; o++) {
    const start = o * n * inner;
    for (let i = 0; i < inner; i++) out[k++] = loop(data, start + i, inner, n);
  }
}
