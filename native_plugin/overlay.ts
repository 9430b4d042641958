/**
 * The native kernels as entries of the kernel table: for every contract a function that checks its
 * arguments, calls the library and reads the status.
 *
 * This is the border of trust. Behind it the library believes that every array has the type of the
 * export and the length that the sizes imply, so each function checks the class and the bytes of
 * each array first: whatever a caller passes, no kernel reads or writes outside the arrays. That
 * written arrays do not overlap, and that labels and positions point into their rows and planes, the
 * library checks itself.
 *
 * The functions are made as text, one for each kernel, as `Deno.dlopen` makes those that it returns:
 * going over a contract at every call, or calling through a variable, takes as long as a small kernel.
 *
 * @module
 */
import { contracts } from "../kernels/contracts.ts";
import {
  type ArrayArgument,
  geometries,
  lengthOf,
  parseContract,
  refuse,
} from "../kernels/notation.ts";
import { isMostlyPadding } from "../kernels/padding.ts";
import { reference } from "../kernels/reference/mod.ts";
import type { ConvGeometry, FloatArray, Kernels } from "../kernels/types.ts";
import type { Export, Library } from "./symbols.ts";

/** The class of an array and the bytes of an element; of `float` in the export for float32. */
const ARRAYS = { float: ["Float32Array", 4], int32: ["Int32Array", 4], uint8: ["Uint8Array", 1] };
const FLOAT64 = { ...ARRAYS, float: ["Float64Array", 8] };

/**
 * Wraps the functions of a library as kernels.
 *
 * @param library The library
 * @param exports The kernels that it may have
 * @returns Those that it has
 */
export function nativeKernels(library: Library, exports: readonly Export[]): Partial<Kernels> {
  const present = exports.filter(({ symbols }) => symbols.every((symbol) => library[symbol]));
  // Each function of the library gets its own constant: V8 compiles a call through one to a direct one.
  const text = `"use strict";
    const { ${present.flatMap(({ symbols }) => symbols).join(", ")} } = library;
    return { ${present.map(textOf).join(",\n")} };`;
  const make = new Function("library", "numbers", "result", "refuse", "fail", text);
  const argumentsOf = new Map<string, Export["args"]>(present.map((e) => [e.kernel, e.args]));
  // For the numbers of a geometry, and the number that a kernel computes.
  const [numbers, result] = [new Uint32Array(32), new Float64Array(16)];
  const kernels: Partial<Kernels> = make(
    library,
    numbers,
    result,
    (kernel: string, values: unknown[]) => refuse(kernel, argumentsOf.get(kernel)!, values),
    (kernel: string, status: number) => fail(library, kernel, status),
  );
  return { ...kernels, ...unpadded(kernels) };
}

/** Convolutions that leave images that are mostly padding to the reference. */
function unpadded(native: Partial<Kernels>): Partial<Kernels> {
  const entries = (["convForward", "convBackwardData", "convBackwardWeights"] as const)
    .filter((name) => native[name])
    .map((name) => {
      const compiled = native[name] as (...given: unknown[]) => void;
      const portable = reference[name] as (...given: unknown[]) => void;
      const kernel = (...given: unknown[]) => {
        const g = given[0] as ConvGeometry;
        // What does not fit together goes to the library, which refuses it.
        const padded = isMostlyPadding(g) && g.c % g.groups === 0 && haveLengths(name, given);
        return padded ? portable(...given) : compiled(...given);
      };
      return [name, kernel];
    });
  return Object.fromEntries(entries);
}

/**
 * Whether sizes are whole numbers and the arrays of a call as long as they say, and none is empty:
 * then the loops of the reference are no longer than the arrays.
 */
function haveLengths(name: keyof typeof contracts, given: readonly unknown[]): boolean {
  const { args } = parseContract(contracts[name]);
  const g = given[0] as ConvGeometry;
  if (geometries.conv.some((field) => g[field] >>> 0 !== g[field])) return false;
  const values = Object.fromEntries(args.map((arg, i) => [arg.name, given[i]]));
  return args.every((arg) => {
    const value = values[arg.name] as FloatArray | null;
    if (arg.kind !== "array" || value === null) return true;
    const length = lengthOf(arg.length, values);
    return length > 0 && value.length >= length;
  });
}

/** Reads the message of the last failure and throws it. */
function fail(library: Library, kernel: string, status: number): never {
  const bytes = new Uint8Array(1000);
  const length = library.nndl_last_error(bytes, bytes.length);
  const message = new TextDecoder().decode(bytes.subarray(0, length));
  throw new Error(`${kernel}: native kernel failed with status ${status}: ${message}`);
}

/** The text of one kernel, as a method. */
function textOf(entry: Export): string {
  const { kernel, args, symbols: [single, double] } = entry;
  const values = args.filter(({ kind }) => kind !== "length").map(({ name }) => name).join(", ");
  const before = args.flatMap((arg) => {
    if (arg.kind === "length") return `const ${arg.name} = ${arg.of}.length;`;
    return fieldsOf(arg).map((field, i) => `numbers[${i}] = ${field};`);
  });
  const first = args.find((arg) => arg.kind === "array" && arg.type === "float")?.name;
  const branch = first === undefined
    ? branchOf(entry, single, ARRAYS)
    : `if (${first} instanceof Float32Array) { ${branchOf(entry, single, ARRAYS)} }
      else ${branchOf(entry, double, FLOAT64)}`;
  return `${kernel}(${values}) { ${before.join(" ")} ${branch} refuse("${kernel}", [${values}]); }`;
}

/** Calls an export if the arguments are what it believes them to be. */
function branchOf(
  { kernel, args, returns }: Export,
  symbol: string,
  arrays: typeof ARRAYS,
): string {
  const checks = args.flatMap((arg) => {
    if (arg.kind === "array") return checkOf(arg, arrays);
    const sizes = arg.kind === "size" || arg.kind === "length" ? [arg.name] : fieldsOf(arg);
    return sizes.map((size) => `${size} >>> 0 === ${size}`);
  });
  const passed = args.map(({ kind, name }) => {
    return kind === "flag" ? `+${name}` : kind in geometries ? "numbers" : name;
  });
  if (returns) passed.push("result");
  return `if (${checks.join(" && ")}) {
    const status = ${symbol}(${passed.join(", ")});
    if (status !== 0) fail("${kernel}", status);
    return${returns ? " result[0]" : ""};
  }`;
}

function checkOf({ name, type, length, optional }: ArrayArgument, arrays: typeof ARRAYS): string {
  const [Array, bytes] = arrays[type];
  const check = `${name} instanceof ${Array} && ${name}.byteLength >= ${bytes} * ${length}`;
  return optional ? `(${name} === null || ${check})` : check;
}

/** The numbers of a geometry; none if the argument is none. */
function fieldsOf({ kind, name }: { kind: string; name: string }): string[] {
  return (geometries[kind as keyof typeof geometries] ?? []).map((field) => `${name}.${field}`);
}
