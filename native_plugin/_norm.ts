/**
 * Batch and group normalisation.
 *
 * @module
 */
import type { Kernels } from "../kernels/mod.ts";
import { type Buffer, fail, need, size } from "./_call.ts";
import type { Library } from "./symbols.ts";

type Names =
  | "batchnormForward"
  | "batchnormApply"
  | "batchnormBackward"
  | "groupnormForward"
  | "groupnormBackward";

/**
 * Makes the kernels.
 *
 * @param library The library
 * @returns The entries of the kernel table
 */
export function norm(library: Library): Pick<Kernels, Names> {
  const {
    nndl_batchnorm_forward_f32,
    nndl_batchnorm_forward_f64,
    nndl_batchnorm_apply_f32,
    nndl_batchnorm_apply_f64,
    nndl_batchnorm_backward_f32,
    nndl_batchnorm_backward_f64,
    nndl_groupnorm_forward_f32,
    nndl_groupnorm_forward_f64,
    nndl_groupnorm_backward_f32,
    nndl_groupnorm_backward_f64,
  } = library;

  return {
    batchnormForward(n, c, s, x, gamma, beta, eps, out, mean, variance) {
      const bytes = out.BYTES_PER_ELEMENT;
      size("batchnormForward", n);
      size("batchnormForward", c);
      size("batchnormForward", s);
      const all = n * c * s * bytes;
      const channels = c * bytes;
      need("batchnormForward", "x", x, all);
      need("batchnormForward", "gamma", gamma, channels);
      need("batchnormForward", "beta", beta, channels);
      need("batchnormForward", "out", out, all);
      need("batchnormForward", "mean", mean, channels);
      need("batchnormForward", "variance", variance, channels);
      const status = bytes === 4
        ? nndl_batchnorm_forward_f32(
          n,
          c,
          s,
          x as Buffer,
          gamma as Buffer,
          beta as Buffer,
          eps,
          out as Buffer,
          mean as Buffer,
          variance as Buffer,
        )
        : nndl_batchnorm_forward_f64(
          n,
          c,
          s,
          x as Buffer,
          gamma as Buffer,
          beta as Buffer,
          eps,
          out as Buffer,
          mean as Buffer,
          variance as Buffer,
        );
      if (status !== 0) fail(library, "batchnormForward", status);
    },

    batchnormApply(n, c, s, x, gamma, beta, mean, variance, eps, out) {
      const bytes = out.BYTES_PER_ELEMENT;
      size("batchnormApply", n);
      size("batchnormApply", c);
      size("batchnormApply", s);
      const all = n * c * s * bytes;
      const channels = c * bytes;
      need("batchnormApply", "x", x, all);
      need("batchnormApply", "gamma", gamma, channels);
      need("batchnormApply", "beta", beta, channels);
      need("batchnormApply", "mean", mean, channels);
      need("batchnormApply", "variance", variance, channels);
      need("batchnormApply", "out", out, all);
      const status = bytes === 4
        ? nndl_batchnorm_apply_f32(
          n,
          c,
          s,
          x as Buffer,
          gamma as Buffer,
          beta as Buffer,
          mean as Buffer,
          variance as Buffer,
          eps,
          out as Buffer,
        )
        : nndl_batchnorm_apply_f64(
          n,
          c,
          s,
          x as Buffer,
          gamma as Buffer,
          beta as Buffer,
          mean as Buffer,
          variance as Buffer,
          eps,
          out as Buffer,
        );
      if (status !== 0) fail(library, "batchnormApply", status);
    },

    batchnormBackward(n, c, s, dout, x, gamma, mean, variance, eps, train, dx, dgamma, dbeta) {
      const bytes = dx.BYTES_PER_ELEMENT;
      size("batchnormBackward", n);
      size("batchnormBackward", c);
      size("batchnormBackward", s);
      const all = n * c * s * bytes;
      const channels = c * bytes;
      const flag = +train;
      need("batchnormBackward", "dout", dout, all);
      need("batchnormBackward", "x", x, all);
      need("batchnormBackward", "gamma", gamma, channels);
      need("batchnormBackward", "mean", mean, channels);
      need("batchnormBackward", "variance", variance, channels);
      need("batchnormBackward", "dx", dx, all);
      need("batchnormBackward", "dgamma", dgamma, channels);
      need("batchnormBackward", "dbeta", dbeta, channels);
      const status = bytes === 4
        ? nndl_batchnorm_backward_f32(
          n,
          c,
          s,
          dout as Buffer,
          x as Buffer,
          gamma as Buffer,
          mean as Buffer,
          variance as Buffer,
          eps,
          flag,
          dx as Buffer,
          dgamma as Buffer,
          dbeta as Buffer,
        )
        : nndl_batchnorm_backward_f64(
          n,
          c,
          s,
          dout as Buffer,
          x as Buffer,
          gamma as Buffer,
          mean as Buffer,
          variance as Buffer,
          eps,
          flag,
          dx as Buffer,
          dgamma as Buffer,
          dbeta as Buffer,
        );
      if (status !== 0) fail(library, "batchnormBackward", status);
    },

    groupnormForward(n, g, cg, s, x, gamma, beta, eps, out, mean, variance) {
      const bytes = out.BYTES_PER_ELEMENT;
      size("groupnormForward", n);
      size("groupnormForward", g);
      size("groupnormForward", cg);
      size("groupnormForward", s);
      const all = n * g * cg * s * bytes;
      const channels = g * cg * bytes;
      const groups = n * g * bytes;
      need("groupnormForward", "x", x, all);
      need("groupnormForward", "gamma", gamma, channels);
      need("groupnormForward", "beta", beta, channels);
      need("groupnormForward", "out", out, all);
      need("groupnormForward", "mean", mean, groups);
      need("groupnormForward", "variance", variance, groups);
      const status = bytes === 4
        ? nndl_groupnorm_forward_f32(
          n,
          g,
          cg,
          s,
          x as Buffer,
          gamma as Buffer,
          beta as Buffer,
          eps,
          out as Buffer,
          mean as Buffer,
          variance as Buffer,
        )
        : nndl_groupnorm_forward_f64(
          n,
          g,
          cg,
          s,
          x as Buffer,
          gamma as Buffer,
          beta as Buffer,
          eps,
          out as Buffer,
          mean as Buffer,
          variance as Buffer,
        );
      if (status !== 0) fail(library, "groupnormForward", status);
    },

    groupnormBackward(n, g, cg, s, dout, x, gamma, mean, variance, eps, dx, dgamma, dbeta) {
      const bytes = dx.BYTES_PER_ELEMENT;
      size("groupnormBackward", n);
      size("groupnormBackward", g);
      size("groupnormBackward", cg);
      size("groupnormBackward", s);
      const all = n * g * cg * s * bytes;
      const channels = g * cg * bytes;
      const groups = n * g * bytes;
      need("groupnormBackward", "dout", dout, all);
      need("groupnormBackward", "x", x, all);
      need("groupnormBackward", "gamma", gamma, channels);
      need("groupnormBackward", "mean", mean, groups);
      need("groupnormBackward", "variance", variance, groups);
      need("groupnormBackward", "dx", dx, all);
      need("groupnormBackward", "dgamma", dgamma, channels);
      need("groupnormBackward", "dbeta", dbeta, channels);
      const status = bytes === 4
        ? nndl_groupnorm_backward_f32(
          n,
          g,
          cg,
          s,
          dout as Buffer,
          x as Buffer,
          gamma as Buffer,
          mean as Buffer,
          variance as Buffer,
          eps,
          dx as Buffer,
          dgamma as Buffer,
          dbeta as Buffer,
        )
        : nndl_groupnorm_backward_f64(
          n,
          g,
          cg,
          s,
          dout as Buffer,
          x as Buffer,
          gamma as Buffer,
          mean as Buffer,
          variance as Buffer,
          eps,
          dx as Buffer,
          dgamma as Buffer,
          dbeta as Buffer,
        );
      if (status !== 0) fail(library, "groupnormBackward", status);
    },
  };
}
