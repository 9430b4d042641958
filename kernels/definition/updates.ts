/**
 * What the update steps compute.
 *
 * @module
 */
import type { Kernels } from "../types.ts";

/** What the update steps compute. */
export const updates = {
  sgdStep(w, dw, learningRate) {
    dw.forEach((gradient, i) => w[i] -= learningRate * gradient);
  },

  momentumStep(w, dw, v, learningRate, momentum) {
    dw.forEach((gradient, i) => {
      v[i] = momentum * v[i] - learningRate * gradient;
      w[i] += v[i];
    });
  },

  nesterovStep(w, dw, v, learningRate, momentum) {
    dw.forEach((gradient, i) => {
      const previous = v[i];
      v[i] = momentum * v[i] - learningRate * gradient;
      w[i] += -momentum * previous + (1 + momentum) * v[i];
    });
  },

  rmspropStep(w, dw, cache, learningRate, decayRate, epsilon) {
    dw.forEach((gradient, i) => {
      cache[i] = decayRate * cache[i] + (1 - decayRate) * gradient ** 2;
      w[i] -= learningRate * gradient / (Math.sqrt(cache[i]) + epsilon);
    });
  },

  adamStep(w, dw, m, v, learningRate, beta1, beta2, epsilon, t) {
    dw.forEach((gradient, i) => {
      m[i] = beta1 * m[i] + (1 - beta1) * gradient;
      v[i] = beta2 * v[i] + (1 - beta2) * gradient ** 2;
      const mean = m[i] / (1 - beta1 ** t);
      const spread = v[i] / (1 - beta2 ** t);
      w[i] -= learningRate * mean / (Math.sqrt(spread) + epsilon);
    });
  },
} satisfies Partial<Kernels>;
