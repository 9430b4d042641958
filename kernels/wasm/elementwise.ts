/**
 * Elementwise kernels and sums on the wasm module.
 *
 * @module
 */
import type { FastKernels } from "./_choice.ts";
import type { Elements } from "./_machine.ts";
import { stream } from "./_stream.ts";
import { Sweep } from "./_sweep.ts";

/** Elements from which copying operands pays. */
const least = 256;

/** Makes the entries that treat every element alike, and the sums. */
export function createElementwise({ exports, heap }: Elements): FastKernels {
  return {
    reluForward: {
      least,
      run(x, out) {
        stream(heap, [x], [out], exports.reluForward);
      },
    },

    reluBackward: {
      least,
      run(dout, x, dx) {
        stream(heap, [dout, x], [dx], (count, start, step) => {
          exports.reluBackward(count, start, start + step);
        });
      },
    },

    maskScale: {
      least,
      run(x, mask, scale, out) {
        let from = 0;
        stream(heap, [x], [out], (count, start, step) => {
          heap.writeBytes(mask.subarray(from, from + count), start + step);
          exports.maskScale(count, start, start + step, scale);
          from += count;
        });
      },
    },

    addScaled: {
      least,
      run(alpha, x, y) {
        stream(heap, [y, x], [y], (count, start, step) => {
          exports.addScaled(count, start, start + step, alpha);
        });
      },
    },

    sumSquares: {
      least,
      run(x) {
        let sum = 0;
        stream(heap, [x], [], (count, start) => {
          sum += exports.sumSquares(count, start);
        });
        return sum;
      },
    },

    sumRows: {
      least,
      run(n, m, x, out) {
        heap.reset();
        const [SUMS, OUT] = [heap.takeZeros(2 * m + 8), heap.take(m)];
        new Sweep(heap, n, m, x).run((from, to, [X]) => {
          exports.batchSums(to - from, m, 1, X, SUMS);
        });
        exports.roundSums(m, SUMS, OUT);
        heap.read(OUT, out);
      },
    },
  };
}
