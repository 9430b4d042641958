/**
 * Losses.
 *
 * @module
 */
import type { Kernels } from "../kernels/mod.ts";
import { type Buffer, fail, need, size } from "./_call.ts";
import type { Library } from "./symbols.ts";

type Names =
  | "softmaxLoss"
  | "svmLoss";

/** Where the library leaves the loss. */
const result = new Float64Array(16);

/**
 * Makes the kernels.
 *
 * @param library The library
 * @returns The entries of the kernel table
 */
export function losses(library: Library): Pick<Kernels, Names> {
  const {
    nndl_softmax_loss_f32,
    nndl_softmax_loss_f64,
    nndl_svm_loss_f32,
    nndl_svm_loss_f64,
  } = library;

  return {
    softmaxLoss(n, c, x, y, dx) {
      const bytes = dx.BYTES_PER_ELEMENT;
      size("softmaxLoss", n);
      size("softmaxLoss", c);
      const labels = y as Int32Array<ArrayBuffer>;
      need("softmaxLoss", "x", x, n * c * bytes);
      need("softmaxLoss", "y", y, n * 4);
      need("softmaxLoss", "dx", dx, n * c * bytes);
      const status = bytes === 4
        ? nndl_softmax_loss_f32(n, c, x as Buffer, labels, dx as Buffer, result)
        : nndl_softmax_loss_f64(n, c, x as Buffer, labels, dx as Buffer, result);
      if (status !== 0) fail(library, "softmaxLoss", status);
      return result[0];
    },

    svmLoss(n, c, x, y, dx) {
      const bytes = dx.BYTES_PER_ELEMENT;
      size("svmLoss", n);
      size("svmLoss", c);
      const labels = y as Int32Array<ArrayBuffer>;
      need("svmLoss", "x", x, n * c * bytes);
      need("svmLoss", "y", y, n * 4);
      need("svmLoss", "dx", dx, n * c * bytes);
      const status = bytes === 4
        ? nndl_svm_loss_f32(n, c, x as Buffer, labels, dx as Buffer, result)
        : nndl_svm_loss_f64(n, c, x as Buffer, labels, dx as Buffer, result);
      if (status !== 0) fail(library, "svmLoss", status);
      return result[0];
    },
  };
}
