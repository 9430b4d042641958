/**
 * The wasm kernel table: SIMD kernels for float32. Float64, small problems, and entries that
 * would not be faster are left to the reference.
 *
 * @module
 */
import { usableCores } from "../../internal/cores.ts";
import { messageOf } from "../../internal/message_of.ts";
import { threadsOfEnvironment } from "../../internal/threads.ts";
import type { Overlay } from "../registry.ts";
import type { Kernels } from "../types.ts";
import { complete } from "./_choice.ts";
import { compileModules } from "./_compile.ts";
import { createElements, createProducts, type Modules } from "./_machine.ts";
import { MAX_THREADS } from "./_team.ts";
import { createActivations } from "./activations.ts";
import { createBatchnorm } from "./batchnorm.ts";
import { createConvolution } from "./convolution.ts";
import { createElementwise } from "./elementwise.ts";
import { createGemm } from "./gemm.ts";
import { createGroupnorm } from "./groupnorm.ts";
import { createKeepMask } from "./keep_mask.ts";
import { createLstm } from "./lstm.ts";
import { createOptimizers } from "./optimizers.ts";
import { createPooling } from "./pooling.ts";

/** How {@linkcode createLoader} makes the table. */
export interface LoaderOptions {
  /**
   * How many threads to use. Default: what `NNDL_THREADS` says if it may be read without asking, else
   * one for each core that the process may use; at most as many as the module has room for.
   */
  readonly threads?: number;
  /** Whether the products are relaxed. */
  readonly relaxed?: boolean;
}

/**
 * Compiles the modules, and gives the loader that the registry asks for.
 *
 * @param products The bytes of the products, strict or relaxed, in hexadecimal
 * @param options How many threads, and whether the products are relaxed
 * @returns The loader: an overlay, or why there is none
 */
export function createLoader(
  products: string,
  options: LoaderOptions = {},
): () => Overlay | string {
  const { count, complaint } = threadsOfEnvironment();
  const threads = options.threads ?? Math.min(count ?? usableCores(), MAX_THREADS);
  try {
    const kernels = createKernels(compileModules(products), threads);
    const [features, kind] = options.relaxed
      ? [["simd128", "relaxed-simd"], "relaxed SIMD"]
      : [["simd128"], "SIMD"];
    const reason = `WebAssembly with ${kind}${complaint && `; ${complaint}`}`;
    const overlay = { kernels, reason, threads, features };
    return () => overlay;
  } catch (error) {
    const reason = messageOf(error);
    return () => `this runtime cannot run the modules: ${reason}`;
  }
}

function createKernels(modules: Modules, threads: number): Partial<Kernels> {
  const products = createProducts(modules.products, threads);
  const elements = createElements(modules.elements);
  const gemm = createGemm(products);
  return complete({
    ...gemm,
    ...createConvolution(products),
    ...createElementwise(elements),
    ...createActivations(elements),
    ...createLstm(elements, gemm.gemm.run as Kernels["gemm"]),
    ...createKeepMask(elements),
    ...createBatchnorm(elements),
    ...createGroupnorm(elements),
    ...createPooling(elements),
    ...createOptimizers(elements),
  });
}
