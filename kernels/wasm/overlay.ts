/**
 * The wasm kernel table: SIMD kernels for float32. Float64, small problems, and entries that
 * would not be faster are left to the reference.
 *
 * @module
 */
import type { Overlay } from "../registry.ts";
import { instantiate, type Machine } from "./_machine.ts";
import { createBatchnorm } from "./batchnorm.ts";
import { createConvolution } from "./convolution.ts";
import { createElementwise } from "./elementwise.ts";
import { createGemm } from "./gemm.ts";
import { createGroupnorm } from "./groupnorm.ts";
import { createOptimizers } from "./optimizers.ts";
import { createPooling } from "./pooling.ts";
import { MAX_THREADS } from "./_team.ts";

/** Compiles the module, by a source phase import. */
export async function importModule(): Promise<WebAssembly.Module> {
  return (await import("./_module.js")).default;
}

/**
 * How many threads to use: what `NNDL_THREADS` says if it may be read without asking, else one for
 * each core; at most as many as the module has room for.
 */
export function defaultThreads(): number {
  const cores = globalThis.navigator?.hardwareConcurrency ?? 1;
  const wanted = Number(environment("NNDL_THREADS"));
  return Math.min(MAX_THREADS, Number.isInteger(wanted) && wanted >= 1 ? wanted : cores);
}

/**
 * Loads the module, and gives the loader that the registry asks for.
 *
 * @param load Where the module comes from
 * @param threads How many threads to use
 * @returns The loader: an overlay, or why there is none
 */
export async function createLoader(
  load: () => Promise<WebAssembly.Module>,
  threads: number,
): Promise<() => Overlay | string> {
  try {
    const found = overlay(instantiate(await load(), threads), threads);
    return () => found;
  } catch (error) {
    const reason = error instanceof Error ? error.message : error;
    return () => `this runtime cannot run the module: ${reason}`;
  }
}

/** Makes the table of an instance. */
export function overlay(machine: Machine, threads: number): Overlay {
  return {
    kernels: {
      ...createGemm(machine),
      ...createElementwise(machine),
      ...createBatchnorm(machine),
      ...createGroupnorm(machine),
      ...createConvolution(machine),
      ...createPooling(machine),
      ...createOptimizers(machine),
    },
    reason: "WebAssembly with SIMD",
    threads,
    features: ["simd128"],
  };
}

function environment(name: string): string | undefined {
  const permission = globalThis.Deno?.permissions?.querySync({ name: "env", variable: name });
  return permission?.state === "granted" ? Deno.env.get(name) : undefined;
}
