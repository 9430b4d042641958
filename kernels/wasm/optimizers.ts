/**
 * Update steps on the wasm module.
 *
 * @module
 */
import type { FastKernels } from "./_choice.ts";
import type { Elements } from "./_machine.ts";
import { stream } from "./_stream.ts";

/** Elements from which copying operands pays. */
const least = 256;

/** Makes the update steps. */
export function createOptimizers({ exports, heap }: Elements): FastKernels {
  return {
    sgdStep: {
      least,
      run(w, dw, learningRate) {
        stream(heap, [w, dw], [w], (count, start, step) => {
          exports.sgdStep(count, start, start + step, learningRate);
        });
      },
    },

    momentumStep: {
      least,
      run(w, dw, v, learningRate, momentum) {
        stream(heap, [w, v, dw], [w, v], (count, start, step) => {
          const [V, DW] = [start + step, start + 2 * step];
          exports.momentumStep(count, start, V, DW, learningRate, momentum);
        });
      },
    },

    nesterovStep: {
      least,
      run(w, dw, v, learningRate, momentum) {
        stream(heap, [w, v, dw], [w, v], (count, start, step) => {
          const [V, DW] = [start + step, start + 2 * step];
          exports.nesterovStep(count, start, V, DW, learningRate, momentum);
        });
      },
    },

    rmspropStep: {
      least,
      run(w, dw, cache, learningRate, decayRate, epsilon) {
        const rest = 1 - decayRate;
        stream(heap, [w, cache, dw], [w, cache], (count, start, step) => {
          const [CACHE, DW] = [start + step, start + 2 * step];
          exports.rmspropStep(count, start, CACHE, DW, learningRate, decayRate, rest, epsilon);
        });
      },
    },

    adamStep: {
      least,
      run(w, dw, m, v, learningRate, beta1, beta2, epsilon, t) {
        const rate = learningRate / (1 - Math.pow(beta1, t));
        const correction = 1 / (1 - Math.pow(beta2, t));
        const decays = [beta1, 1 - beta1, beta2, 1 - beta2];
        stream(heap, [w, m, v, dw], [w, m, v], (count, start, step) => {
          const [M, V, DW] = [start + step, start + 2 * step, start + 3 * step];
          exports.adamStep(count, start, M, V, DW, rate, ...decays, correction, epsilon);
        });
      },
    },
  };
}
