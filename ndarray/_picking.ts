/**
 * Picking elements by position or by mask, and writing to what was picked.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { showShape } from "../internal/shapes.ts";
import { broadcastShapes, expandInto } from "./_broadcasting.ts";
import { allocateFor, checkAxis, checkIndex, type Dense, sizeOf } from "./_dense.ts";
import { specialize } from "../internal/specialize.ts";
import { valuesFor } from "./_values.ts";
import { dtypeOf, type TypedArray } from "./dtypes.ts";

/** Positions: one, a list, or an array of whole numbers. Negative ones count from the end. */
export type IndexSource = number | readonly number[] | TypedArray | Dense;

/** Reads positions given in any form. */
export function indexArray(caller: string, source: IndexSource): Dense {
  if (typeof source === "number") {
    return { data: Float64Array.of(source), shape: [], dtype: "float64" };
  }
  const dtype = dtypeOf(source);
  if (dtype) {
    const data = source as TypedArray;
    return { data, shape: [data.length], dtype };
  }
  if (Array.isArray(source)) {
    if (source.some((item) => typeof item !== "number")) {
      throw new TypeError(`${caller}: indices must be numbers; wrap nested lists in array(...)`);
    }
    return { data: Float64Array.from(source), shape: [source.length], dtype: "float64" };
  }
  if (typeof source !== "object" || source === null || !("dtype" in source)) {
    throw new TypeError(`${caller}: indices must be numbers or an array, got ${showValue(source)}`);
  }
  if (source.dtype === "bool") {
    throw new TypeError(`${caller}: indices must be numbers, got bools; use mask or compress`);
  }
  return source;
}

/** Copies, for each of `places`, `inner` neighbours from place `places[i] * inner`. */
function gather(data: TypedArray, places: Int32Array, inner: number, out: TypedArray): void {
  const n = places.length;
  if (inner === 1) {
    for (let i = 0; i < n; i++) out[i] = data[places[i]];
    return;
  }
  for (let i = 0; i < n; i++) {
    const from = places[i] * inner;
    const to = i * inner;
    if (inner < 32) { for (let k = 0; k < inner; k++) out[to + k] = data[from + k]; }
    else out.set(data.subarray(from, from + inner), to);
  }
}

function picked(x: Dense, places: Int32Array, inner: number, shape: readonly number[]): Dense {
  const data = allocateFor(x.dtype, places.length * inner);
  specialize(gather, x.dtype)(x.data, places, inner, data);
  return { data, shape, dtype: x.dtype };
}

/** Writes `values`, `inner` at a time, to the places they were picked from. */
function putAt(x: Dense, places: Int32Array, inner: number, values: TypedArray): void {
  const { data } = x;
  for (let i = 0; i < places.length; i++) {
    const to = places[i] * inner;
    for (let k = 0; k < inner; k++) data[to + k] = values[i * inner + k];
  }
}

/** Picks positions along an axis, or in the flattened array with `null`. */
export function take(x: Dense, source: IndexSource, axis: number | null): Dense {
  const indices = indexArray("take", source);
  const shape = axis === null ? [x.data.length] : x.shape;
  const along = axis === null ? 0 : checkAxis("take", axis, shape.length);
  const length = shape[along];
  const outer = sizeOf(shape.slice(0, along));
  const count = indices.data.length;
  const places = new Int32Array(outer * count);
  for (let i = 0; i < count; i++) places[i] = checkIndex("take", indices.data[i], length, along);
  for (let o = 1; o < outer; o++) {
    for (let i = 0; i < count; i++) places[o * count + i] = places[i] + o * length;
  }
  const rest = shape.slice(along + 1);
  return picked(x, outer === 0 ? new Int32Array(0) : places, sizeOf(rest), [
    ...shape.slice(0, along),
    ...indices.shape,
    ...rest,
  ]);
}

/** The places that index arrays, one for each leading axis, name together. */
function placesOf(
  caller: string,
  x: Dense,
  sources: readonly IndexSource[],
): { places: Int32Array; inner: number; shape: number[] } {
  if (sources.length === 0 || sources.length > x.shape.length) {
    throw new RangeError(
      `${caller}: shape ${showShape(x.shape)} takes 1 to ${x.shape.length} index arrays, ` +
        `got ${sources.length}`,
    );
  }
  const arrays = sources.map((source) => indexArray(caller, source));
  const lead = broadcastShapes(caller, ...arrays.map((indices) => indices.shape));
  const places = new Int32Array(sizeOf(lead));
  const column = new Float64Array(places.length);
  arrays.forEach((indices, axis) => {
    const length = x.shape[axis];
    expandInto(indices, lead, column);
    for (let i = 0; i < places.length; i++) {
      places[i] = places[i] * length + checkIndex(caller, column[i], length, axis);
    }
  });
  const rest = x.shape.slice(sources.length);
  return { places, inner: sizeOf(rest), shape: [...lead, ...rest] };
}

/** Picks the elements, or the parts behind them, that index arrays name together. */
export function pick(x: Dense, sources: readonly IndexSource[]): Dense {
  const { places, inner, shape } = placesOf("pick", x, sources);
  return picked(x, places, inner, shape);
}

/** Writes `value` to what {@linkcode pick} would give. */
export function assignPick(x: Dense, value: Dense | number, sources: readonly IndexSource[]): void {
  const { places, inner, shape } = placesOf("setPick", x, sources);
  putAt(x, places, inner, valuesFor("setPick", x, value, shape));
}

/** The places where `chosen`, a bool array over the leading axes of `x`, is true. */
function chosenPlaces(caller: string, x: Dense, chosen: Dense): Int32Array {
  if (chosen?.dtype !== "bool") {
    throw new TypeError(
      `${caller}: the mask must be an array of dtype bool, got ${chosen?.dtype ?? typeof chosen}`,
    );
  }
  const fits = chosen.shape.length <= x.shape.length &&
    chosen.shape.every((length, axis) => length === x.shape[axis]);
  if (!fits) {
    throw new RangeError(
      `${caller}: the mask must have the leading axes of shape ${showShape(x.shape)}, got ${
        showShape(chosen.shape)
      }`,
    );
  }
  const { data } = chosen;
  let count = 0;
  for (let i = 0; i < data.length; i++) count += data[i];
  const places = new Int32Array(count);
  for (let i = 0, to = 0; i < data.length; i++) if (data[i] !== 0) places[to++] = i;
  return places;
}

/** The elements, or the parts behind them, for which `chosen` is true. */
export function mask(x: Dense, chosen: Dense): Dense {
  const places = chosenPlaces("mask", x, chosen);
  const rest = x.shape.slice(chosen.shape.length);
  return picked(x, places, sizeOf(rest), [places.length, ...rest]);
}

/** Writes `value` to what {@linkcode mask} would give. */
export function assignMask(x: Dense, chosen: Dense, value: Dense | number): void {
  const places = chosenPlaces("putMask", x, chosen);
  const rest = x.shape.slice(chosen.shape.length);
  const values = valuesFor("putMask", x, value, [places.length, ...rest]);
  putAt(x, places, sizeOf(rest), values);
}
