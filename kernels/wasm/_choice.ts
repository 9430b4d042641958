/**
 * The choice between a fast kernel and the reference, from the kernel's contract.
 *
 * @module
 */
import { contracts } from "../contracts.ts";
import { parseContract, refuse } from "../notation.ts";
import { reference } from "../reference/mod.ts";
import type { FloatArray, KernelName, Kernels } from "../types.ts";
import { HeapFull } from "./_heap.ts";

/** The arguments of a kernel, all floats of them float32. */
export type Narrow<Args extends readonly unknown[]> = {
  [I in keyof Args]: FloatArray extends Args[I] ? Float32Array | Exclude<Args[I], FloatArray>
    : Args[I];
};

/** A kernel that works on float32. */
interface FastKernel<Name extends KernelName> {
  /** The work below which the reference is done before operands are copied. */
  readonly least: number;
  /** The work of a call: elements of the first array of floats, unless this says something else. */
  work?(...args: Narrow<Parameters<Kernels[Name]>>): number;
  /** The kernel. */
  run(...args: Narrow<Parameters<Kernels[Name]>>): ReturnType<Kernels[Name]>;
}

/** Kernels that work on float32, and when they are worth a call. */
export type FastKernels = { readonly [Name in KernelName]?: FastKernel<Name> };

type AnyKernel = (...args: unknown[]) => unknown;

/**
 * Makes fast kernels whole: each leaves what it is not worth, and float64, to the reference, and
 * refuses arrays that neither computes with.
 */
export function complete(fast: FastKernels): Partial<Kernels> {
  const entries = Object.entries(fast) as [KernelName, FastKernel<KernelName>][];
  return Object.fromEntries(entries.map(([name, kernel]) => [name, choose(name, kernel)]));
}

function choose(name: KernelName, kernel: FastKernel<KernelName>): AnyKernel {
  // Read at the first call, not when the table is built: programs use few kernels.
  let floats: number[] | undefined;
  const { least } = kernel;
  const work = kernel.work as AnyKernel | undefined;
  const [fast, portable] = [kernel.run as AnyKernel, reference[name] as AnyKernel];
  return (...given) => {
    floats ??= floatsOf(name);
    // The first array has the say; a kernel without arrays of floats is always fast.
    let Type: Float32ArrayConstructor | Float64ArrayConstructor | undefined;
    for (let i = 0; i < floats.length; i++) {
      const array = given[floats[i]];
      if (array === null) continue;
      Type ??= array instanceof Float32Array ? Float32Array : Float64Array;
      if (!(array instanceof Type)) refuse(name, parseContract(contracts[name]).args, given);
    }
    if (Type === Float64Array) return portable(...given);
    const size = work ? work(...given) : (given[floats[0]] as Float32Array).length;
    if (size as number < least) return portable(...given);
    try {
      return fast(...given);
    } catch (error) {
      // Memory is taken before anything is written.
      if (error instanceof HeapFull) return portable(...given);
      throw error;
    }
  };
}

/** Which arguments are arrays of floats. */
function floatsOf(name: KernelName): number[] {
  return parseContract(contracts[name]).args.filter(({ kind }) => kind !== "length")
    .flatMap((arg, i) => arg.kind === "array" && arg.type === "float" ? [i] : []);
}
