/** Element types as files store them, and their conversion to the types of NDArray. */
import { NDArray, type TypedArray } from "../ndarray/mod.ts";
import { brief } from "./_brief.ts";

/** How a file stores one element: NumPy's letter and the size in bytes; `bf` is bfloat16. */
export type ElementKind =
  | "b1"
  | "u1"
  | "u2"
  | "u4"
  | "u8"
  | "i1"
  | "i2"
  | "i4"
  | "i8"
  | "f2"
  | "f4"
  | "f8"
  | "bf2";

/** The size of one element, bytes. */
export function elementSize(kind: ElementKind): number {
  return Number(kind.at(-1));
}

/** NumPy's limit on the number of axes. */
const maxAxes = 64;

/** The limit of `NDArray` on the number of elements. */
const maxCount = 2 ** 31 - 1;

/** Checks a shape that a file states, and returns its number of elements or what is wrong. */
export function elementCount(shape: unknown): number | string {
  const isShape = Array.isArray(shape) &&
    shape.every((size) => Number.isSafeInteger(size) && size >= 0);
  if (!isShape) return `shape ${brief(shape)} is not a list of sizes; the file is damaged`;
  if (shape.length > maxAxes) {
    return `a shape of ${shape.length} axes has more than ${maxAxes}; the file is damaged`;
  }
  const count = shape.includes(0) ? 0 : shape.reduce((count, size) => count * size, 1);
  return count <= maxCount
    ? count
    : `an array of shape ${brief(shape)} has more than ${maxCount} ` +
      "elements; save it in parts";
}

/** The bytes of an array's elements, little-endian, without a copy. */
export function elementBytes(array: NDArray): Uint8Array {
  const { buffer, byteOffset, byteLength } = array.data;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Reports element `index` as bad. */
export type Fail = (index: number, problem: string) => Error;

/**
 * Builds an array from stored elements, in memory of its own. Narrow integers become int32 and
 * half floats float32; wide integers become int32 if all values fit, else float64 if all are
 * exact there.
 */
export function readElements(
  kind: ElementKind,
  stored: Uint8Array,
  bigEndian: boolean,
  shape: readonly number[],
  fail: Fail,
): NDArray {
  // Not slice(), which for Node's Buffer does not copy.
  const bytes = new Uint8Array(stored);
  if (bigEndian) swapBytes(bytes, elementSize(kind));
  if (kind === "b1") {
    const bad = bytes.findIndex((value) => value > 1);
    if (bad >= 0) throw fail(bad, `a bool must be 0 or 1, got ${bytes[bad]}; the file is damaged`);
    return new NDArray(bytes, shape, "bool");
  }
  return new NDArray(convert(kind, bytes, fail), shape);
}

function convert(kind: Exclude<ElementKind, "b1">, bytes: Uint8Array, fail: Fail): TypedArray {
  const { buffer } = bytes;
  switch (kind) {
    case "u1":
      return bytes;
    case "i4":
      return new Int32Array(buffer);
    case "f4":
      return new Float32Array(buffer);
    case "f8":
      return new Float64Array(buffer);
    case "i1":
      return Int32Array.from(new Int8Array(buffer));
    case "i2":
      return Int32Array.from(new Int16Array(buffer));
    case "u2":
      return Int32Array.from(new Uint16Array(buffer));
    case "u4":
      return narrow(Float64Array.from(new Uint32Array(buffer)));
    case "i8":
      return narrow(exactNumbers(new BigInt64Array(buffer), fail));
    case "u8":
      return narrow(exactNumbers(new BigUint64Array(buffer), fail));
    case "f2":
      return Float32Array.from(new Uint16Array(buffer), halfToNumber);
    case "bf2":
      return new Float32Array(Uint32Array.from(new Uint16Array(buffer), (x) => x << 16).buffer);
  }
}

function swapBytes(bytes: Uint8Array, size: number): void {
  for (let i = 0; i < bytes.length; i += size) bytes.subarray(i, i + size).reverse();
}

function exactNumbers(values: BigInt64Array | BigUint64Array, fail: Fail): Float64Array {
  const numbers = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    numbers[i] = Number(values[i]);
    if (!Number.isSafeInteger(numbers[i])) {
      throw fail(i, `${values[i]} has no exact number here; store the array as float64`);
    }
  }
  return numbers;
}

function narrow(numbers: Float64Array): Int32Array | Float64Array {
  return numbers.every((x) => x === (x | 0)) ? Int32Array.from(numbers) : numbers;
}

/** The value of an IEEE half: 1 sign bit, 5 exponent bits with bias 15, 10 fraction bits. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}
