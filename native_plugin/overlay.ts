/**
 * The native kernels as entries of the kernel table.
 *
 * @module
 */
import type { Kernels } from "../kernels/mod.ts";
import { convolution } from "./_convolution.ts";
import { dense } from "./_dense.ts";
import { losses } from "./_losses.ts";
import { norm } from "./_norm.ts";
import { optimizers } from "./_optimizers.ts";
import { random } from "./_random.ts";
import type { Library } from "./symbols.ts";

/**
 * Wraps the functions of a library as kernels.
 *
 * @param library The library
 * @returns The whole kernel table
 */
export function nativeKernels(library: Library): Kernels {
  return {
    ...dense(library),
    ...norm(library),
    ...losses(library),
    ...convolution(library),
    ...optimizers(library),
    ...random(library),
  };
}
