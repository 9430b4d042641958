/**
 * Arguments held against a contract.
 *
 * @module
 */
import { type Argument, geometries } from "./notation.ts";

/** The classes of arrays. */
const CLASSES = {
  float: { names: ["Float32Array", "Float64Array"], text: "a Float32Array or a Float64Array" },
  int32: { names: ["Int32Array"], text: "an Int32Array" },
  uint8: { names: ["Uint8Array"], text: "a Uint8Array" },
};

/**
 * Computes the length that a contract gives an array.
 *
 * @param length A product of sizes, such as `"f*c/groups"`
 * @param values The arguments by name
 * @returns The number of elements
 */
export function lengthOf(length: string, values: Readonly<Record<string, unknown>>): number {
  return length.split(/(?=[*/])/).reduce((product, factor) => {
    const [, over, name, field] = /^([*/]?)(\w+)(?:\.(\w+))?$/.exec(factor)!;
    const value = /^\d/.test(name) ? name : values[name];
    const size = Number(field ? (value as Record<string, unknown>)[field] : value);
    return over === "/" ? product / size : product * size;
  }, 1);
}

/**
 * Says what is wrong with the arguments of a kernel.
 *
 * @param kernel Its name
 * @param args The arguments of its contract
 * @param given The values, in order
 * @throws {TypeError} If an array is of the wrong class, or the floats of two
 * @throws {RangeError} If a size is no whole number, or an array is too short
 */
export function refuse(
  kernel: string,
  args: readonly Argument[],
  given: readonly unknown[],
): never {
  const values: Record<string, unknown> = {};
  let next = 0;
  for (const arg of args) if (arg.kind !== "length") values[arg.name] = given[next++];
  const arrays = args.filter((arg) => arg.kind === "array")
    .filter(({ name, optional }) => !optional || values[name] !== null)
    .map((arg) => ({ ...arg, array: values[arg.name] as ArrayBufferView }));

  for (const { name, type, array } of arrays) {
    const { names, text } = CLASSES[type];
    if (names.includes(classOf(array))) continue;
    throw new TypeError(`${kernel}: ${name} must be ${text}, got ${classOf(array)}; convert it`);
  }
  for (const { kind, name, ...arg } of args) {
    if (kind === "length") values[name] = (values[(arg as { of: string }).of] as []).length;
    if (kind === "size" || kind === "length") checkSize(kernel, name, values[name]);
    for (const field of geometries[kind as keyof typeof geometries] ?? []) {
      checkSize(kernel, `${name}.${field}`, (values[name] as Record<string, unknown>)[field]);
    }
  }
  const first = arrays.find(({ type }) => type === "float");
  for (const { name, type, length, array } of arrays) {
    const one = (type === "float" ? first!.array : array) as Float64Array;
    const bytes = one.BYTES_PER_ELEMENT * lengthOf(length, values);
    if (array.byteLength >= bytes) continue;
    throw new RangeError(
      `${kernel}: ${name} must have ${bytes} bytes for the sizes given, ` +
        `got ${array.byteLength}; a wrong size, type or length?`,
    );
  }
  const wanted = classOf(first?.array);
  const other = arrays.find(({ type, array }) => type === "float" && classOf(array) !== wanted);
  throw new TypeError(
    `${kernel}: the float arrays of a call must have one type, got a ${wanted} for ` +
      `${first?.name} and a ${classOf(other?.array)} for ${other?.name}; convert one with astype()`,
  );
}

function checkSize(kernel: string, name: string, size: unknown): void {
  if (typeof size === "number" && size >>> 0 === size) return;
  throw new RangeError(
    `${kernel}: ${name} must be a whole number from 0 to 2^32 - 1, got ${size}`,
  );
}

/** The class of an array, or what else a value is. */
function classOf(value: unknown): string {
  return ArrayBuffer.isView(value)
    ? Object.prototype.toString.call(value).slice(8, -1)
    : value === null
    ? "null"
    : Array.isArray(value)
    ? "an array of numbers"
    : typeof value;
}
