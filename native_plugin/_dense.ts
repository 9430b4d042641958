/**
 * Matrix products and what is done element by element.
 *
 * @module
 */
import type { Kernels } from "../kernels/mod.ts";
import { type Buffer, fail, need, size } from "./_call.ts";
import type { Library } from "./symbols.ts";

type Names =
  | "gemm"
  | "affine"
  | "sumRows"
  | "reluForward"
  | "reluBackward"
  | "maskScale"
  | "addScaled"
  | "sumSquares";

/** Where the library leaves a result that is a number. */
const result = new Float64Array(16);

/**
 * Makes the kernels.
 *
 * @param library The library
 * @returns The entries of the kernel table
 */
export function dense(library: Library): Pick<Kernels, Names> {
  // Each function gets its own constant: a call through one is compiled to a direct one.
  const {
    nndl_gemm_f32,
    nndl_gemm_f64,
    nndl_affine_f32,
    nndl_affine_f64,
    nndl_sum_rows_f32,
    nndl_sum_rows_f64,
    nndl_relu_forward_f32,
    nndl_relu_forward_f64,
    nndl_relu_backward_f32,
    nndl_relu_backward_f64,
    nndl_mask_scale_f32,
    nndl_mask_scale_f64,
    nndl_add_scaled_f32,
    nndl_add_scaled_f64,
    nndl_sum_squares_f32,
    nndl_sum_squares_f64,
  } = library;

  return {
    gemm(transA, transB, m, n, k, a, b, beta, c) {
      const bytes = c.BYTES_PER_ELEMENT;
      size("gemm", m);
      size("gemm", n);
      size("gemm", k);
      need("gemm", "a", a, m * k * bytes);
      need("gemm", "b", b, k * n * bytes);
      need("gemm", "c", c, m * n * bytes);
      const ta = +transA;
      const tb = +transB;
      const status = bytes === 4
        ? nndl_gemm_f32(ta, tb, m, n, k, a as Buffer, b as Buffer, beta, c as Buffer)
        : nndl_gemm_f64(ta, tb, m, n, k, a as Buffer, b as Buffer, beta, c as Buffer);
      if (status !== 0) fail(library, "gemm", status);
    },

    affine(n, d, m, x, w, b, relu, out) {
      const bytes = out.BYTES_PER_ELEMENT;
      size("affine", n);
      size("affine", d);
      size("affine", m);
      need("affine", "x", x, n * d * bytes);
      need("affine", "w", w, d * m * bytes);
      need("affine", "b", b, m * bytes);
      need("affine", "out", out, n * m * bytes);
      const status = bytes === 4
        ? nndl_affine_f32(n, d, m, x as Buffer, w as Buffer, b as Buffer, +relu, out as Buffer)
        : nndl_affine_f64(n, d, m, x as Buffer, w as Buffer, b as Buffer, +relu, out as Buffer);
      if (status !== 0) fail(library, "affine", status);
    },

    sumRows(n, m, x, out) {
      const bytes = out.BYTES_PER_ELEMENT;
      size("sumRows", n);
      size("sumRows", m);
      need("sumRows", "x", x, n * m * bytes);
      need("sumRows", "out", out, m * bytes);
      const status = bytes === 4
        ? nndl_sum_rows_f32(n, m, x as Buffer, out as Buffer)
        : nndl_sum_rows_f64(n, m, x as Buffer, out as Buffer);
      if (status !== 0) fail(library, "sumRows", status);
    },

    reluForward(x, out) {
      const n = x.length;
      size("reluForward", n);
      need("reluForward", "out", out, x.byteLength);
      const status = x.BYTES_PER_ELEMENT === 4
        ? nndl_relu_forward_f32(n, x as Buffer, out as Buffer)
        : nndl_relu_forward_f64(n, x as Buffer, out as Buffer);
      if (status !== 0) fail(library, "reluForward", status);
    },

    reluBackward(dout, x, dx) {
      const n = x.length;
      size("reluBackward", n);
      need("reluBackward", "dout", dout, x.byteLength);
      need("reluBackward", "dx", dx, x.byteLength);
      const status = x.BYTES_PER_ELEMENT === 4
        ? nndl_relu_backward_f32(n, dout as Buffer, x as Buffer, dx as Buffer)
        : nndl_relu_backward_f64(n, dout as Buffer, x as Buffer, dx as Buffer);
      if (status !== 0) fail(library, "reluBackward", status);
    },

    maskScale(x, mask, scale, out) {
      const n = x.length;
      size("maskScale", n);
      need("maskScale", "mask", mask, n);
      need("maskScale", "out", out, x.byteLength);
      const keep = mask as Uint8Array<ArrayBuffer>;
      const status = x.BYTES_PER_ELEMENT === 4
        ? nndl_mask_scale_f32(n, x as Buffer, keep, scale, out as Buffer)
        : nndl_mask_scale_f64(n, x as Buffer, keep, scale, out as Buffer);
      if (status !== 0) fail(library, "maskScale", status);
    },

    addScaled(alpha, x, y) {
      const n = x.length;
      size("addScaled", n);
      need("addScaled", "y", y, x.byteLength);
      const status = x.BYTES_PER_ELEMENT === 4
        ? nndl_add_scaled_f32(n, alpha, x as Buffer, y as Buffer)
        : nndl_add_scaled_f64(n, alpha, x as Buffer, y as Buffer);
      if (status !== 0) fail(library, "addScaled", status);
    },

    sumSquares(x) {
      const n = x.length;
      size("sumSquares", n);
      const status = x.BYTES_PER_ELEMENT === 4
        ? nndl_sum_squares_f32(n, x as Buffer, result)
        : nndl_sum_squares_f64(n, x as Buffer, result);
      if (status !== 0) fail(library, "sumSquares", status);
      return result[0];
    },
  };
}
