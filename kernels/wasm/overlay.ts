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

/** Imports the compiled module. */
export type ModuleImport = () => Promise<WebAssembly.Module>;

/** Compiles the module, by a source phase import. */
export async function importModule(): Promise<WebAssembly.Module> {
  return (await import("./_module.js")).default;
}

/**
 * Loads the module, and gives the loader that the registry asks for.
 *
 * @param load Where the module comes from
 * @returns The loader: an overlay, or why there is none
 */
export async function createLoader(load: ModuleImport): Promise<() => Overlay | string> {
  const found = await load().then(instantiate).then(overlay).catch(reasonOf);
  return () => found;
}

function overlay(machine: Machine): Overlay {
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
    threads: 1,
    features: ["simd128"],
  };
}

function reasonOf(error: unknown): string {
  return `this runtime cannot run the module: ${error instanceof Error ? error.message : error}`;
}
