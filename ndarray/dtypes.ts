/**
 * Element types: their names, the typed arrays that hold them, and NumPy's promotion among them.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";

/**
 * The name of an element type.
 *
 * @category Arrays
 */
export type DType = "float32" | "float64" | "int32" | "uint8" | "bool";

/**
 * The arrays that hold elements. A bool array is a `Uint8Array` of zeros and ones.
 *
 * @category Arrays
 */
export type TypedArray = Float32Array | Float64Array | Int32Array | Uint8Array;

/** The constructors of the typed arrays. */
export type TypedArrayConstructor =
  | Float32ArrayConstructor
  | Float64ArrayConstructor
  | Int32ArrayConstructor
  | Uint8ArrayConstructor;

const constructors: Readonly<Record<DType, TypedArrayConstructor>> = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  uint8: Uint8Array,
  bool: Uint8Array,
};

/** Smallest and largest value of the integer types. */
const ranges: Readonly<Record<"int32" | "uint8" | "bool", readonly [number, number]>> = {
  int32: [-2147483648, 2147483647],
  uint8: [0, 255],
  bool: [0, 1],
};

const rank: Readonly<Record<DType, number>> = {
  bool: 0,
  uint8: 1,
  int32: 2,
  float32: 3,
  float64: 4,
};

/** Whether `value` names an element type. */
export function isDType(value: unknown): value is DType {
  return typeof value === "string" && Object.hasOwn(constructors, value);
}

/** Returns `dtype` if it names an element type, and throws a `TypeError` otherwise. */
export function checkDType(caller: string, dtype: unknown): DType {
  if (isDType(dtype)) return dtype;
  throw new TypeError(
    `${caller}: dtype must be "float32", "float64", "int32", "uint8" or "bool", got ${
      showValue(dtype)
    }${dtypeFix(caller, dtype)}`,
  );
}

/** What was probably meant by something that is no type. */
function dtypeFix(caller: string, dtype: unknown): string {
  if (typeof dtype === "number") return `; several numbers go in a list: ${caller}([2, 3])`;
  const named = (dtype as { dtype?: unknown } | null | undefined)?.dtype;
  return isDType(named) ? `; give the type itself, "${named}"` : "";
}

/** The typed array constructor of an element type. */
export function constructorOf(dtype: DType): TypedArrayConstructor {
  return constructors[dtype];
}

/** The element type that a typed array holds, or `undefined` for anything else. */
export function dtypeOf(data: unknown): Exclude<DType, "bool"> | undefined {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  if (data instanceof Int32Array) return "int32";
  if (data instanceof Uint8Array) return "uint8";
  return undefined;
}

/** Whether a type is float32 or float64. */
export function isFloat(dtype: DType): dtype is "float32" | "float64" {
  return dtype === "float32" || dtype === "float64";
}

/** The type in which two arrays meet: int32 and float32 give float64, otherwise the wider wins. */
export function promote(a: DType, b: DType): DType {
  if (a === b) return a;
  const [low, high] = rank[a] < rank[b] ? [a, b] : [b, a];
  return low === "int32" && high === "float32" ? "float64" : high;
}

/** The type in which an array meets a plain number: the array's, unless that cannot hold it. */
export function promoteScalar(dtype: DType, value: number): DType {
  if (isFloat(dtype)) return dtype;
  if (!Number.isInteger(value)) return "float64";
  return dtype === "bool" ? "int32" : dtype;
}

/** The float type a computation such as `exp` gives: integers and bools are computed in float64. */
export function floatOf(dtype: DType): "float32" | "float64" {
  return dtype === "float32" ? "float32" : "float64";
}

/** Throws a `RangeError` unless an integer type can hold the whole number `value`. */
export function checkFits(caller: string, value: number, dtype: DType): void {
  if (isFloat(dtype)) return;
  const [low, high] = ranges[dtype];
  if (value >= low && value <= high) return;
  throw new RangeError(
    `${caller}: ${dtype} holds ${low} to ${high}, got ${value}; convert with astype first`,
  );
}

/** A whole number, or the nearest one that an integer type can hold. */
export function nearestFit(value: number, dtype: DType): number {
  if (isFloat(dtype)) return value;
  const [low, high] = ranges[dtype];
  return Math.min(high, Math.max(low, value));
}

/** Throws a `RangeError` unless all bytes are zeros and ones. */
export function checkBools(caller: string, data: Uint8Array): void {
  // All bits of all bytes together: one pass without a branch, four bytes a step where they align.
  let bits = 0;
  const aligned = data.byteOffset % 4 === 0 ? data.length >> 2 : 0;
  const words = new Uint32Array(data.buffer, aligned ? data.byteOffset : 0, aligned);
  for (let i = 0; i < aligned; i++) bits |= words[i];
  for (let i = 4 * aligned; i < data.length; i++) bits |= data[i];
  if ((bits & 0xfefefefe) === 0) return;
  const at = data.findIndex((byte) => byte > 1);
  throw new RangeError(
    `${caller}: bools must be zeros and ones, got ${data[at]} at ${at}; ` +
      'without a dtype, astype("bool") turns all but 0 into true',
  );
}
