/**
 * Batch normalisation on the wasm module.
 *
 * @module
 */
import type { FastKernels } from "./_choice.ts";
import type { Elements } from "./_machine.ts";
import { Sweep } from "./_sweep.ts";

/** Elements from which copying operands pays. */
const least = 256;

/** Makes the three entries. */
export function createBatchnorm({ exports, heap }: Elements): FastKernels {
  const put = (x: Float32Array) => heap.put(x);

  return {
    batchnormForward: {
      least,
      run(n, c, s, x, gamma, beta, eps, out, mean, variance) {
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
        heap.read(MEAN, mean);
        heap.read(VARIANCE, variance);
      },
    },

    batchnormApply: {
      least,
      run(n, c, s, x, gamma, beta, mean, variance, eps, out) {
        heap.reset();
        const [GAMMA, BETA, MEAN, VARIANCE] = [gamma, beta, mean, variance].map(put);
        const [REST, SCALE] = [heap.takeZeros(c), heap.take(c)];
        exports.batchScales(c, GAMMA, VARIANCE, eps, SCALE);
        new Sweep(heap, n, c * s, x).run((from, to, [X], OUT) => {
          exports.batchNormalize(to - from, c, s, X, MEAN, REST, SCALE, BETA, OUT);
        }, out);
      },
    },

    batchnormBackward: {
      least,
      run(n, c, s, dout, x, gamma, mean, variance, eps, train, dx, dgamma, dbeta) {
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
        heap.read(DGAMMA, dgamma);
        heap.read(DBETA, dbeta);
      },
    },
  };
}
