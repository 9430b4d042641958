/**
 * Update steps on the wasm module.
 *
 * @module
 */
import { reference } from "../reference/mod.ts";
import type { FloatArray, Kernels } from "../types.ts";
import type { Elements } from "./_machine.ts";
import { stream } from "./_stream.ts";

/** Elements below which the reference is done before operands are copied. */
const SMALL = 256;

type Entries = "sgdStep" | "momentumStep" | "nesterovStep" | "rmspropStep" | "adamStep";

/** Makes the update steps. */
export function createOptimizers({ exports, heap }: Elements): Pick<Kernels, Entries> {
  return {
    sgdStep(w: FloatArray, dw: FloatArray, learningRate: number): void {
      if (!isLarge(w)) return reference.sgdStep(w, dw, learningRate);
      stream(heap, [w, dw as Float32Array], [w], (count, start, step) => {
        exports.sgdStep(count, start, start + step, learningRate);
      });
    },

    momentumStep(
      w: FloatArray,
      dw: FloatArray,
      v: FloatArray,
      learningRate: number,
      momentum: number,
    ): void {
      if (!isLarge(w)) return reference.momentumStep(w, dw, v, learningRate, momentum);
      const state = [w, v as Float32Array];
      stream(heap, [...state, dw as Float32Array], state, (count, start, step) => {
        const [V, DW] = [start + step, start + 2 * step];
        exports.momentumStep(count, start, V, DW, learningRate, momentum);
      });
    },

    nesterovStep(
      w: FloatArray,
      dw: FloatArray,
      v: FloatArray,
      learningRate: number,
      momentum: number,
    ): void {
      if (!isLarge(w)) return reference.nesterovStep(w, dw, v, learningRate, momentum);
      const state = [w, v as Float32Array];
      stream(heap, [...state, dw as Float32Array], state, (count, start, step) => {
        const [V, DW] = [start + step, start + 2 * step];
        exports.nesterovStep(count, start, V, DW, learningRate, momentum);
      });
    },

    rmspropStep(
      w: FloatArray,
      dw: FloatArray,
      cache: FloatArray,
      learningRate: number,
      decayRate: number,
      epsilon: number,
    ): void {
      if (!isLarge(w)) {
        return reference.rmspropStep(w, dw, cache, learningRate, decayRate, epsilon);
      }
      const state = [w, cache as Float32Array];
      const rest = 1 - decayRate;
      stream(heap, [...state, dw as Float32Array], state, (count, start, step) => {
        const [CACHE, DW] = [start + step, start + 2 * step];
        exports.rmspropStep(count, start, CACHE, DW, learningRate, decayRate, rest, epsilon);
      });
    },

    adamStep(
      w: FloatArray,
      dw: FloatArray,
      m: FloatArray,
      v: FloatArray,
      learningRate: number,
      beta1: number,
      beta2: number,
      epsilon: number,
      t: number,
    ): void {
      if (!isLarge(w)) {
        return reference.adamStep(w, dw, m, v, learningRate, beta1, beta2, epsilon, t);
      }
      const rate = learningRate / (1 - Math.pow(beta1, t));
      const correction = 1 / (1 - Math.pow(beta2, t));
      const [rest1, rest2] = [1 - beta1, 1 - beta2];
      const state = [w, m as Float32Array, v as Float32Array];
      stream(heap, [...state, dw as Float32Array], state, (count, start, step) => {
        exports.adamStep(
          count,
          start,
          start + step,
          start + 2 * step,
          start + 3 * step,
          rate,
          beta1,
          rest1,
          beta2,
          rest2,
          correction,
          epsilon,
        );
      });
    },
  };
}

function isLarge(w: FloatArray): w is Float32Array {
  return w.length >= SMALL && w instanceof Float32Array;
}
