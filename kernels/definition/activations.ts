/**
 * What the activations compute.
 *
 * @module
 */
import { erfc } from "../../internal/erf.ts";
import type { Kernels } from "../types.ts";

/** The normal distribution. */
export const normal = (x: number): number => erfc(-x / Math.SQRT2) / 2;

/** Its density. */
export const density = (x: number): number => Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);

/** What the activations compute. */
export const activations = {
  tanhForward(x, out) {
    x.forEach((value, i) => out[i] = Math.tanh(value));
  },

  tanhBackward(dout, out, dx) {
    out.forEach((value, i) => dx[i] = dout[i] * (1 - value ** 2));
  },

  sigmoidForward(x, out) {
    x.forEach((value, i) => out[i] = 1 / (1 + Math.exp(-value)));
  },

  sigmoidBackward(dout, out, dx) {
    out.forEach((value, i) => dx[i] = dout[i] * value * (1 - value));
  },

  geluForward(x, out) {
    x.forEach((value, i) => out[i] = value === -Infinity ? 0 : value * normal(value));
  },

  geluBackward(dout, x, dx) {
    x.forEach((value, i) => {
      const slope = Math.abs(value) === Infinity ? 0 : value * density(value);
      dx[i] = dout[i] * (normal(value) + slope);
    });
  },

  leakyReluForward(alpha, x, out) {
    x.forEach((value, i) => out[i] = value > 0 ? value : alpha * value);
  },

  leakyReluBackward(alpha, dout, x, dx) {
    x.forEach((value, i) => dx[i] = value > 0 ? dout[i] : alpha * dout[i]);
  },
} satisfies Partial<Kernels>;
