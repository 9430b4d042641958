/**
 * Arrays on their way to workers: copied once into memory that all of them share.
 *
 * @module
 */
import type { Json } from "../cache/mod.ts";
import { type DType, NDArray, type TypedArray } from "../ndarray/mod.ts";
import type { TrialData } from "./trial.ts";

/** An array without its class, which does not survive the way. */
interface PackedArray {
  readonly packed: TypedArray;
  readonly shape: readonly number[];
  readonly dtype: DType;
}

/** Data as it is sent: arrays and plain values apart, by name. */
export interface PackedData {
  readonly arrays: Readonly<Record<string, PackedArray>>;
  readonly values: Readonly<Record<string, Json>>;
}

/** Makes data ready to be sent to any number of workers. */
export function pack(data: TrialData): PackedData {
  const arrays: Record<string, PackedArray> = {};
  const values: Record<string, Json> = {};
  for (const [name, value] of Object.entries(data)) {
    if (value instanceof NDArray) arrays[name] = packArray(value);
    else values[name] = value;
  }
  return { arrays, values };
}

/** Undoes {@linkcode pack}, without a copy. */
export function unpack({ arrays, values }: PackedData): TrialData {
  const data: Record<string, NDArray | Json> = { ...values };
  for (const [name, { packed, shape, dtype }] of Object.entries(arrays)) {
    data[name] = new NDArray(packed, shape, dtype);
  }
  return data;
}

function packArray({ data, shape, dtype }: NDArray): PackedArray {
  const type = data.constructor as new (buffer: SharedArrayBuffer) => TypedArray;
  const packed = new type(new SharedArrayBuffer(data.byteLength));
  packed.set(data);
  return { packed, shape, dtype };
}
