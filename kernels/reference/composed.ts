/**
 * Entries of a table that are made of its other entries, until something faster is worth it: they
 * are as fast as what they are made of.
 *
 * @module
 */
import { allocate } from "../memory.ts";
import type { FloatArray, Kernels } from "../types.ts";
import { composedLstm } from "./lstm.ts";

/** The entries that are made of others. */
type Composed =
  | "gemmBatched"
  | "lstmForward"
  | "lstmBackward"
  | "batchnormReluForward"
  | "batchnormReluBackward"
  | "batchnormReluMaxPoolForward"
  | "batchnormReluMaxPoolBackward";

/**
 * Makes them.
 *
 * @param table Whose other entries they call
 */
export function composed(table: Omit<Kernels, Composed>): Pick<Kernels, Composed> {
  return {
    ...composedLstm(table),

    gemmBatched(transA, transB, planes, planesA, planesB, m, n, k, a, b, beta, c) {
      for (let i = 0; i < planes; i++) {
        const [atA, atB, atC] = [i % planesA * m * k, i % planesB * k * n, i * m * n];
        const left = a.subarray(atA, atA + m * k);
        const right = b.subarray(atB, atB + k * n);
        table.gemm(transA, transB, m, n, k, left, right, beta, c.subarray(atC, atC + m * n));
      }
    },

    batchnormReluForward(n, c, s, x, gamma, beta, eps, out, mean, variance) {
      table.batchnormForward(n, c, s, x, gamma, beta, eps, out, mean, variance);
      const written = out.subarray(0, n * c * s);
      table.reluForward(written, written);
    },

    batchnormReluBackward(n, c, s, dout, out, x, gamma, mean, variance, eps, train, ...gradients) {
      const upstream = like(dout, n * c * s);
      table.reluBackward(dout, out, upstream);
      table.batchnormBackward(
        n,
        c,
        s,
        upstream,
        x,
        gamma,
        mean,
        variance,
        eps,
        train,
        ...gradients,
      );
    },

    batchnormReluMaxPoolForward(g, x, gamma, beta, eps, out, argmax, mean, variance) {
      const active = like(x, g.n * g.c * g.h * g.w);
      table.batchnormForward(g.n, g.c, g.h * g.w, x, gamma, beta, eps, active, mean, variance);
      table.reluForward(active, active);
      table.maxPoolForward(g, active, out, argmax);
    },

    batchnormReluMaxPoolBackward(
      g,
      dout,
      out,
      argmax,
      x,
      gamma,
      mean,
      variance,
      eps,
      train,
      ...gradients
    ) {
      const [n, c, s] = [g.n, g.c, g.h * g.w];
      const pooled = like(dout, n * c * g.outH * g.outW);
      table.reluBackward(dout, out, pooled);
      const upstream = like(x, n * c * s);
      table.maxPoolBackward(g, pooled, argmax, upstream);
      table.batchnormBackward(
        n,
        c,
        s,
        upstream,
        x,
        gamma,
        mean,
        variance,
        eps,
        train,
        ...gradients,
      );
    },
  };
}

/** Memory of the step that is running, of arbitrary content. */
function like(model: FloatArray, length: number): FloatArray {
  return allocate(model instanceof Float32Array ? Float32Array : Float64Array, length);
}
