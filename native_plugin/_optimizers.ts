/**
 * Steps of the update rules.
 *
 * @module
 */
import type { Kernels } from "../kernels/mod.ts";
import { type Buffer, fail, need, size } from "./_call.ts";
import type { Library } from "./symbols.ts";

type Names =
  | "sgdStep"
  | "momentumStep"
  | "nesterovStep"
  | "rmspropStep"
  | "adamStep";

/**
 * Makes the kernels.
 *
 * @param library The library
 * @returns The entries of the kernel table
 */
export function optimizers(library: Library): Pick<Kernels, Names> {
  const {
    nndl_sgd_step_f32,
    nndl_sgd_step_f64,
    nndl_momentum_step_f32,
    nndl_momentum_step_f64,
    nndl_nesterov_step_f32,
    nndl_nesterov_step_f64,
    nndl_rmsprop_step_f32,
    nndl_rmsprop_step_f64,
    nndl_adam_step_f32,
    nndl_adam_step_f64,
  } = library;

  return {
    sgdStep(w, dw, learningRate) {
      const bytes = w.BYTES_PER_ELEMENT;
      const n = w.length;
      size("sgdStep", n);
      need("sgdStep", "dw", dw, w.byteLength);
      const status = bytes === 4
        ? nndl_sgd_step_f32(n, w as Buffer, dw as Buffer, learningRate)
        : nndl_sgd_step_f64(n, w as Buffer, dw as Buffer, learningRate);
      if (status !== 0) fail(library, "sgdStep", status);
    },

    momentumStep(w, dw, v, learningRate, momentum) {
      const bytes = w.BYTES_PER_ELEMENT;
      const n = w.length;
      size("momentumStep", n);
      need("momentumStep", "dw", dw, w.byteLength);
      need("momentumStep", "v", v, w.byteLength);
      const status = bytes === 4
        ? nndl_momentum_step_f32(n, w as Buffer, dw as Buffer, v as Buffer, learningRate, momentum)
        : nndl_momentum_step_f64(n, w as Buffer, dw as Buffer, v as Buffer, learningRate, momentum);
      if (status !== 0) fail(library, "momentumStep", status);
    },

    nesterovStep(w, dw, v, learningRate, momentum) {
      const bytes = w.BYTES_PER_ELEMENT;
      const n = w.length;
      size("nesterovStep", n);
      need("nesterovStep", "dw", dw, w.byteLength);
      need("nesterovStep", "v", v, w.byteLength);
      const status = bytes === 4
        ? nndl_nesterov_step_f32(n, w as Buffer, dw as Buffer, v as Buffer, learningRate, momentum)
        : nndl_nesterov_step_f64(n, w as Buffer, dw as Buffer, v as Buffer, learningRate, momentum);
      if (status !== 0) fail(library, "nesterovStep", status);
    },

    rmspropStep(w, dw, cache, learningRate, decayRate, epsilon) {
      const bytes = w.BYTES_PER_ELEMENT;
      const n = w.length;
      size("rmspropStep", n);
      need("rmspropStep", "dw", dw, w.byteLength);
      need("rmspropStep", "cache", cache, w.byteLength);
      const status = bytes === 4
        ? nndl_rmsprop_step_f32(
          n,
          w as Buffer,
          dw as Buffer,
          cache as Buffer,
          learningRate,
          decayRate,
          epsilon,
        )
        : nndl_rmsprop_step_f64(
          n,
          w as Buffer,
          dw as Buffer,
          cache as Buffer,
          learningRate,
          decayRate,
          epsilon,
        );
      if (status !== 0) fail(library, "rmspropStep", status);
    },

    adamStep(w, dw, m, v, learningRate, beta1, beta2, epsilon, t) {
      const bytes = w.BYTES_PER_ELEMENT;
      const n = w.length;
      size("adamStep", n);
      need("adamStep", "dw", dw, w.byteLength);
      need("adamStep", "m", m, w.byteLength);
      need("adamStep", "v", v, w.byteLength);
      const status = bytes === 4
        ? nndl_adam_step_f32(
          n,
          w as Buffer,
          dw as Buffer,
          m as Buffer,
          v as Buffer,
          learningRate,
          beta1,
          beta2,
          epsilon,
          t,
        )
        : nndl_adam_step_f64(
          n,
          w as Buffer,
          dw as Buffer,
          m as Buffer,
          v as Buffer,
          learningRate,
          beta1,
          beta2,
          epsilon,
          t,
        );
      if (status !== 0) fail(library, "adamStep", status);
    },
  };
}
