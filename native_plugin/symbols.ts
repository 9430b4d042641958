/**
 * What the library exports: for every kernel one function for float32 and one for float64, or only
 * one where there is no array of floats.
 *
 * Sizes and flags are `u32` and arrays are `buffer`, which are the cheapest arguments to pass. The
 * numbers of a geometry are passed as an array of `u32`. A kernel returns a status, 0 if all went
 * well; the number that it computes, if any, goes to an array of one float64 at the end.
 *
 * @module
 */
import { contracts } from "../kernels/contracts.ts";
import { type Argument, parseContract, type ParsedContract } from "../kernels/notation.ts";
import type { KernelName } from "../kernels/types.ts";

/** The version of the binary interface that this loader speaks. */
export const ABI_VERSION = 4;

/** The exports beside the kernels. */
export const CONTROL = {
  nndl_abi_version: { parameters: [], result: "u32" },
  nndl_set_threads: { parameters: ["u32"], result: "u32" },
  nndl_limit_isa: { parameters: ["u32"], result: "u32" },
  nndl_set_strict: { parameters: ["u32"], result: "void" },
  nndl_features: { parameters: ["buffer", "u32"], result: "u32" },
  nndl_last_error: { parameters: ["buffer", "u32"], result: "u32" },
  nndl_test_panic: { parameters: [], result: "i32" },
} as const;

/** All exports, as functions; a kernel that the library lacks is null. */
export type Library =
  & Deno.DynamicLibrary<typeof CONTROL>["symbols"]
  & Readonly<Record<string, unknown>>;

/** A kernel, its arguments, and the names of its exports. */
export interface Export extends ParsedContract {
  readonly kernel: KernelName;
  /** The export for float32, and that for float64; the only one if there are no floats. */
  readonly symbols: readonly string[];
}

/** Lists the exports that the contracts ask for. */
export function exportsOf(): Export[] {
  return (Object.keys(contracts) as KernelName[]).map((kernel) => {
    const parsed = parseContract(contracts[kernel]);
    const name = `nndl_${kernel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}`;
    const floats = parsed.args.some((arg) => arg.kind === "array" && arg.type === "float");
    return { ...parsed, kernel, symbols: floats ? [`${name}_f32`, `${name}_f64`] : [name] };
  });
}

/**
 * Lists all exports for `Deno.dlopen`.
 *
 * @param exports The kernels
 * @returns Name, arguments and result of each
 */
export function librarySymbols(exports: readonly Export[]): Deno.ForeignLibraryInterface {
  const symbols: Record<string, Deno.ForeignFunction> = { ...CONTROL };
  for (const { args, returns, symbols: names } of exports) {
    const parameters = [...args.map(typeOf), ...(returns ? ["buffer" as const] : [])];
    for (const name of names) symbols[name] = { parameters, result: "i32", optional: true };
  }
  return symbols;
}

function typeOf({ kind }: Argument): Deno.NativeType {
  switch (kind) {
    case "number":
      return "f64";
    case "array":
    case "conv":
    case "pool":
      return "buffer";
    default:
      return "u32";
  }
}
