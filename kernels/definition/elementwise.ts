/**
 * What the elementwise kernels compute.
 *
 * @module
 */
import type { Kernels } from "../types.ts";

/** What the elementwise kernels compute. */
export const elementwise = {
  reluForward(x, out) {
    x.forEach((value, i) => out[i] = Math.max(0, value));
  },

  reluBackward(dout, x, dx) {
    x.forEach((value, i) => dx[i] = value > 0 ? dout[i] : 0);
  },

  maskScale(x, mask, scale, out) {
    mask.forEach((keep, i) => out[i] = keep ? x[i] * scale : 0);
  },

  keepMask(key, position, p, mask) {
    const word = () => {
      if (position === 624) {
        for (let i = 0; i < 624; i++) {
          const y = (key[i] & 0x80000000) | (key[(i + 1) % 624] & 0x7fffffff);
          key[i] = key[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
        }
        position = 0;
      }
      let y = key[position++];
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      return (y ^ (y >>> 18)) >>> 0;
    };
    for (let i = 0; i < mask.length; i++) {
      const high = word() >>> 5;
      mask[i] = (high * 2 ** 26 + (word() >>> 6)) / 2 ** 53 < p ? 1 : 0;
    }
    return position;
  },

  addScaled(alpha, x, y) {
    x.forEach((value, i) => y[i] += alpha * value);
  },

  scale(factor, x) {
    x.forEach((value, i) => x[i] = factor * value);
  },

  sumSquares(x) {
    // With what each addition rounds off (Knuth): squares of float32 round the same way too often.
    let sum = 0;
    let lost = 0;
    for (const value of x) {
      const square = value ** 2;
      const next = sum + square;
      const added = next - sum;
      lost += (sum - (next - added)) + (square - added);
      sum = next;
    }
    return sum + lost;
  },
} satisfies Partial<Kernels>;
