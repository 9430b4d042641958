/**
 * Group normalisation on the wasm module.
 *
 * @module
 */
import { reference } from "../reference/mod.ts";
import type { FloatArray, Kernels } from "../types.ts";
import type { Elements } from "./_machine.ts";
import { Sweep } from "./_sweep.ts";

/** Elements below which the reference is done before operands are copied. */
const SMALL = 128;

/** Makes both entries. */
export function createGroupnorm(
  { exports, heap }: Elements,
): Pick<Kernels, "groupnormForward" | "groupnormBackward"> {
  const put = (x: FloatArray) => heap.put(x as Float32Array);

  return {
    groupnormForward(
      n: number,
      g: number,
      cg: number,
      s: number,
      x: FloatArray,
      gamma: FloatArray,
      beta: FloatArray,
      eps: number,
      out: FloatArray,
      mean: FloatArray,
      variance: FloatArray,
    ): void {
      if (!isLarge(x)) {
        return reference.groupnormForward(n, g, cg, s, x, gamma, beta, eps, out, mean, variance);
      }
      heap.reset();
      const [GAMMA, BETA] = [put(gamma), put(beta)];
      const [MEAN, VARIANCE] = [heap.take(n * g), heap.take(n * g)];
      new Sweep(heap, n, g * cg * s, x).run((from, to, [X], OUT) => {
        const group = 4 * from * g;
        const statistics = [MEAN + group, VARIANCE + group];
        exports.groupnormForward(to - from, g, cg, s, X, GAMMA, BETA, eps, OUT, ...statistics);
      }, out);
      heap.read(MEAN, mean as Float32Array);
      heap.read(VARIANCE, variance as Float32Array);
    },

    groupnormBackward(
      n: number,
      g: number,
      cg: number,
      s: number,
      dout: FloatArray,
      x: FloatArray,
      gamma: FloatArray,
      mean: FloatArray,
      variance: FloatArray,
      eps: number,
      dx: FloatArray,
      dgamma: FloatArray,
      dbeta: FloatArray,
    ): void {
      if (!isLarge(x)) {
        const statistics = [gamma, mean, variance] as const;
        const outputs = [dx, dgamma, dbeta] as const;
        return reference.groupnormBackward(n, g, cg, s, dout, x, ...statistics, eps, ...outputs);
      }
      const c = g * cg;
      heap.reset();
      const [GAMMA, MEAN, VARIANCE] = [gamma, mean, variance].map(put);
      const sums = [heap.takeZeros(2 * c), heap.takeZeros(2 * c)];
      const [DGAMMA, DBETA] = [heap.take(c), heap.take(c)];
      new Sweep(heap, n, c * s, dout, x).run((from, to, [DOUT, X], DX) => {
        const group = 4 * from * g;
        const statistics = [GAMMA, MEAN + group, VARIANCE + group];
        exports.groupnormBackward(to - from, g, cg, s, DOUT, X, ...statistics, eps, DX, ...sums);
      }, dx);
      exports.roundSums(c, sums[0], DGAMMA);
      exports.roundSums(c, sums[1], DBETA);
      heap.read(DGAMMA, dgamma as Float32Array);
      heap.read(DBETA, dbeta as Float32Array);
    },
  };
}

function isLarge(x: FloatArray): x is Float32Array {
  return x.length >= SMALL && x instanceof Float32Array;
}
