/**
 * How a contract is written, what it means to the compiler and at run time, and what is wrong with
 * arguments that do not keep it.
 *
 * A contract lists the arguments of a kernel in order, each as `"name: kind"`:
 *
 * | kind                        | argument                                                          |
 * | --------------------------- | ----------------------------------------------------------------- |
 * | `size`                      | a whole number from 0 to 2³² - 1                                  |
 * | `flag`, `bit`               | a boolean; 0 or 1                                                 |
 * | `number`                    | a float64                                                         |
 * | `conv`, `pool`              | a geometry                                                        |
 * | `in float[n*k]`             | an array that is read, of at least `n·k` elements                 |
 * | `out int32[g.n]`            | one that is fully overwritten                                     |
 * | `inout uint8[n]`            | one that is read and written                                      |
 * | `out float[n] may be x`     | one that may be the same array as the argument `x`                |
 * | `in float[n] or null`       | one that may be left out                                          |
 *
 * An array of `float` is a `Float32Array` or a `Float64Array`, and all of a call are of one type.
 * `"n = x.length"` names a size that is no argument but the length of one. `"returns number"` at the
 * end says what it says. A length is a product of sizes: `f*c/groups*kh*kw`.
 *
 * Contracts are texts, so that both the compiler and the program can read them.
 *
 * @module
 */
import type { ConvGeometry, FloatArray, PoolGeometry } from "./types.ts";
import type { Labelled } from "./_labels.ts";

/** A list of arguments, see the module documentation. */
export type Contract = readonly string[];

/** The types of arrays. */
interface Arrays {
  /** Float32 or float64. */
  readonly float: FloatArray;
  /** Labels, positions, words. */
  readonly int32: Int32Array;
  /** Masks of 0 and 1. */
  readonly uint8: Uint8Array;
}

/** The types of what is not an array. */
interface Scalars {
  /** A whole number from 0. */
  readonly size: number;
  /** Yes or no. */
  readonly flag: boolean;
  /** Yes or no, as a factor. */
  readonly bit: 0 | 1;
  /** Any number. */
  readonly number: number;
  /** The sizes of a convolution. */
  readonly conv: ConvGeometry;
  /** The sizes of a pooling layer. */
  readonly pool: PoolGeometry;
}

/** What an array is to a kernel. */
export type Role = "in" | "out" | "inout";

/** The type of an argument of some kind. */
type TypeOf<Kind> = Kind extends keyof Scalars ? Scalars[Kind]
  : Kind extends `${Role} ${infer Type extends keyof Arrays}[${string}]${infer Rest}`
    ? Arrays[Type] | (Rest extends " or null" ? null : never)
  : never;

/** The parameters that a contract describes. */
type ParametersOf<C> = C extends readonly [infer First, ...infer Rest]
  ? First extends `${infer Name}: ${infer Kind}`
    ? [...Labelled<Name, TypeOf<Kind>>, ...ParametersOf<Rest>]
  : ParametersOf<Rest>
  : [];

/** What a kernel returns. */
type ResultOf<C> = C extends readonly [...unknown[], "returns number"] ? number : void;

/** The function that a contract describes. */
type Kernel<C> = (...args: ParametersOf<C>) => ResultOf<C>;

/** The functions that contracts describe. */
export type Table<Contracts> = { [Name in keyof Contracts]: Kernel<Contracts[Name]> };

/** The numbers of each kind of geometry, in the order in which compiled kernels read them. */
export const geometries: {
  readonly conv: readonly (keyof ConvGeometry)[];
  readonly pool: readonly (keyof PoolGeometry)[];
} = {
  conv: [
    ...["n", "c", "h", "w", "f", "kh", "kw", "strideH", "strideW", "padH", "padW"] as const,
    ...["dilationH", "dilationW", "groups", "outH", "outW"] as const,
  ],
  pool: ["n", "c", "h", "w", "kh", "kw", "strideH", "strideW", "outH", "outW"],
};

/** One line of a contract, taken apart. */
export type Argument = ScalarArgument | ArrayArgument | LengthArgument;

/** A number, a flag or a geometry. */
export interface ScalarArgument {
  /** Which of them. */
  readonly kind: keyof Scalars;
  /** The name of the argument. */
  readonly name: string;
}

/** An array. */
export interface ArrayArgument {
  /** That it is an array. */
  readonly kind: "array";
  /** The name of the argument. */
  readonly name: string;
  /** Whether it is read, written or both. */
  readonly role: Role;
  /** The type of its elements. */
  readonly type: keyof Arrays;
  /** The least number of elements, as a product of sizes. */
  readonly length: string;
  /** The argument whose array it may be. */
  readonly alias?: string;
  /** Whether it may be null. */
  readonly optional: boolean;
}

/** A size that is no argument of the kernel but the length of one. */
export interface LengthArgument {
  /** That it is a length. */
  readonly kind: "length";
  /** The name of the size. */
  readonly name: string;
  /** The array whose length it is. */
  readonly of: string;
}

/** `name: role type[length]`, perhaps with `may be other` or `or null`. */
const ARRAY = /^(\w+): (\w+) (\w+)\[(.+)\](?: may be (\w+))?( or null)?$/;

/** A contract, taken apart. */
export interface ParsedContract {
  /** The arguments, in order. */
  readonly args: readonly Argument[];
  /** Whether the kernel returns a number. */
  readonly returns: boolean;
}

/**
 * Takes a contract apart.
 *
 * @param contract The contract
 * @returns Its arguments in order, and whether there is a result
 */
export function parseContract(contract: Contract): ParsedContract {
  const returns = contract.at(-1) === "returns number";
  const args = contract.slice(0, returns ? -1 : undefined).map((line): Argument => {
    const [, name, role, type, length, alias, optional] = ARRAY.exec(line) ?? [];
    if (name !== undefined) {
      return {
        kind: "array",
        name,
        role,
        type,
        length,
        alias,
        optional: !!optional,
      } as ArrayArgument;
    }
    const [size, of] = line.split(" = ");
    if (of !== undefined) return { kind: "length", name: size, of: of.replace(".length", "") };
    const [scalar, kind] = line.split(": ");
    return { kind, name: scalar } as ScalarArgument;
  });
  return { args, returns };
}

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
