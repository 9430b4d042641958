/**
 * Group normalisation on the wasm module.
 *
 * @module
 */
import type { FastKernels } from "./_choice.ts";
import type { Elements } from "./_machine.ts";
import { Sweep } from "./_sweep.ts";

/** Elements from which copying operands pays. */
const least = 128;

/** Makes both entries. */
export function createGroupnorm({ exports, heap }: Elements): FastKernels {
  const put = (x: Float32Array) => heap.put(x);

  return {
    groupnormForward: {
      least,
      run(n, g, cg, s, x, gamma, beta, eps, out, mean, variance) {
        heap.reset();
        const [GAMMA, BETA] = [put(gamma), put(beta)];
        const [MEAN, VARIANCE] = [heap.take(n * g), heap.take(n * g)];
        new Sweep(heap, n, g * cg * s, x).run((from, to, [X], OUT) => {
          const group = 4 * from * g;
          const statistics = [MEAN + group, VARIANCE + group];
          exports.groupnormForward(to - from, g, cg, s, X, GAMMA, BETA, eps, OUT, ...statistics);
        }, out);
        heap.read(MEAN, mean);
        heap.read(VARIANCE, variance);
      },
    },

    groupnormBackward: {
      least,
      run(n, g, cg, s, dout, x, gamma, mean, variance, eps, dx, dgamma, dbeta) {
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
        heap.read(DGAMMA, dgamma);
        heap.read(DBETA, dbeta);
      },
    },
  };
}
