/**
 * Batch normalisation on the wasm module.
 *
 * @module
 */
import { reference } from "../reference/mod.ts";
import type { FloatArray, Kernels } from "../types.ts";
import type { Elements } from "./_machine.ts";
import { Sweep } from "./_sweep.ts";

/** Elements below which the reference is done before operands are copied. */
const SMALL = 256;

type Entries = "batchnormForward" | "batchnormApply" | "batchnormBackward";

/** Makes the three entries. */
export function createBatchnorm({ exports, heap }: Elements): Pick<Kernels, Entries> {
  const put = (x: FloatArray) => heap.put(x as Float32Array);

  return {
    batchnormForward(
      n: number,
      c: number,
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
        return reference.batchnormForward(n, c, s, x, gamma, beta, eps, out, mean, variance);
      }
      heap.reset();
      const [GAMMA, BETA] = [put(gamma), put(beta)];
      const [MEAN, REST, VARIANCE, SCALE] = [c, c, c, c].map((length) => heap.take(length));
      const [SUMS, SQUARES] = [heap.takeZeros(2 * c + 8), heap.takeZeros(2 * c + 8)];
      const sweep = new Sweep(heap, n, c * s, x);

      sweep.run((from, to, [X]) => exports.batchSums(to - from, c, s, X, SUMS));
      exports.batchMeans(c, n * s, SUMS, MEAN, REST);
      sweep.run((from, to, [X]) => exports.batchSquares(to - from, c, s, X, MEAN, REST, SQUARES));
      exports.batchVariances(c, n * s, SQUARES, VARIANCE);
      exports.batchScales(c, GAMMA, VARIANCE, eps, SCALE);
      sweep.run((from, to, [X], OUT) => {
        exports.batchNormalize(to - from, c, s, X, MEAN, REST, SCALE, BETA, OUT);
      }, out);
      heap.read(MEAN, mean as Float32Array);
      heap.read(VARIANCE, variance as Float32Array);
    },

    batchnormApply(
      n: number,
      c: number,
      s: number,
      x: FloatArray,
      gamma: FloatArray,
      beta: FloatArray,
      mean: FloatArray,
      variance: FloatArray,
      eps: number,
      out: FloatArray,
    ): void {
      if (!isLarge(x)) {
        return reference.batchnormApply(n, c, s, x, gamma, beta, mean, variance, eps, out);
      }
      heap.reset();
      const [GAMMA, BETA, MEAN, VARIANCE] = [gamma, beta, mean, variance].map(put);
      const [REST, SCALE] = [heap.takeZeros(c), heap.take(c)];
      exports.batchScales(c, GAMMA, VARIANCE, eps, SCALE);
      new Sweep(heap, n, c * s, x).run((from, to, [X], OUT) => {
        exports.batchNormalize(to - from, c, s, X, MEAN, REST, SCALE, BETA, OUT);
      }, out);
    },

    batchnormBackward(
      n: number,
      c: number,
      s: number,
      dout: FloatArray,
      x: FloatArray,
      gamma: FloatArray,
      mean: FloatArray,
      variance: FloatArray,
      eps: number,
      train: boolean,
      dx: FloatArray,
      dgamma: FloatArray,
      dbeta: FloatArray,
    ): void {
      if (!isLarge(x)) {
        const statistics = [gamma, mean, variance] as const;
        const outputs = [dx, dgamma, dbeta] as const;
        return reference.batchnormBackward(n, c, s, dout, x, ...statistics, eps, train, ...outputs);
      }
      heap.reset();
      const [GAMMA, MEAN, VARIANCE] = [gamma, mean, variance].map(put);
      const [DGAMMA, DBETA] = [heap.take(c), heap.take(c)];
      const terms = [c, c, c].map((length) => heap.take(length));
      const [SUMS, PRODUCTS] = [heap.takeZeros(2 * c + 8), heap.takeZeros(2 * c + 8)];
      const sweep = new Sweep(heap, n, c * s, dout, x);

      sweep.run((from, to, [DOUT, X]) => {
        exports.batchSums(to - from, c, s, DOUT, SUMS);
        exports.batchProducts(to - from, c, s, DOUT, X, MEAN, PRODUCTS);
      });
      const count = n * s;
      const outputs = [DGAMMA, DBETA, ...terms];
      exports.batchTerms(c, count, SUMS, PRODUCTS, GAMMA, VARIANCE, eps, train, ...outputs);
      sweep.run((from, to, [DOUT, X], DX) => {
        exports.batchGradient(to - from, c, s, DOUT, X, MEAN, ...terms, DX);
      }, dx);
      heap.read(DGAMMA, dgamma as Float32Array);
      heap.read(DBETA, dbeta as Float32Array);
    },
  };
}

function isLarge(x: FloatArray): x is Float32Array {
  return x.length >= SMALL && x instanceof Float32Array;
}
