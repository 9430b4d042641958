/**
 * Pooling: every window of an image plane becomes one value.
 *
 * @module
 */
import type { FloatArray, PoolGeometry } from "../types.ts";

/** Contracts of pooling. */
export const poolingContracts = {
  /**
   * Max pooling. `argmax` (n, c, outH, outW) gets, for every window, the position `row·w + column`
   * in its h × w plane of the first maximum in row-major order; a NaN counts as a maximum.
   */
  maxPoolForward: [
    "g: pool",
    "x: in float[g.n*g.c*g.h*g.w]",
    "out: out float[g.n*g.c*g.outH*g.outW]",
    "argmax: out int32[g.n*g.c*g.outH*g.outW]",
  ],

  /** Sends every entry of `dout` to its `argmax`, adding where windows overlap. */
  maxPoolBackward: [
    "g: pool",
    "dout: in float[g.n*g.c*g.outH*g.outW]",
    "argmax: in int32[g.n*g.c*g.outH*g.outW]",
    "dx: out float[g.n*g.c*g.h*g.w]",
  ],

  /** Average pooling. */
  avgPoolForward: [
    "g: pool",
    "x: in float[g.n*g.c*g.h*g.w]",
    "out: out float[g.n*g.c*g.outH*g.outW]",
  ],

  /** Gradient of average pooling. */
  avgPoolBackward: [
    "g: pool",
    "dout: in float[g.n*g.c*g.outH*g.outW]",
    "dx: out float[g.n*g.c*g.h*g.w]",
  ],
} as const;

/** Max pooling, see `Kernels.maxPoolForward`. */
export function maxPoolForward(
  g: PoolGeometry,
  x: FloatArray,
  out: FloatArray,
  argmax: Int32Array,
): void {
  const { h, w, kh, kw, strideH, strideW, outH, outW } = g;
  const planes = g.n * g.c;
  let q = 0;
  for (let plane = 0; plane < planes; plane++) {
    const base = plane * h * w;
    for (let i = 0; i < outH; i++) {
      for (let j = 0; j < outW; j++) {
        const corner = i * strideH * w + j * strideW;
        let where = corner;
        let max = x[base + corner];
        for (let u = 0; u < kh; u++) {
          const row = corner + u * w;
          for (let position = row; position < row + kw; position++) {
            const value = x[base + position];
            // The second half lets the first NaN win, and stay.
            if (value > max || (value !== value && max === max)) {
              max = value;
              where = position;
            }
          }
        }
        out[q] = max;
        argmax[q++] = where;
      }
    }
  }
}

/** Gradient of max pooling, see `Kernels.maxPoolBackward`. */
export function maxPoolBackward(
  g: PoolGeometry,
  dout: FloatArray,
  argmax: Int32Array,
  dx: FloatArray,
): void {
  const planes = g.n * g.c;
  const size = g.h * g.w;
  const outSize = g.outH * g.outW;
  dx.fill(0);
  for (let plane = 0; plane < planes; plane++) {
    const base = plane * size;
    const end = (plane + 1) * outSize;
    for (let q = plane * outSize; q < end; q++) dx[base + argmax[q]] += dout[q];
  }
}

/** Average pooling, see `Kernels.avgPoolForward`. */
export function avgPoolForward(g: PoolGeometry, x: FloatArray, out: FloatArray): void {
  const { h, w, kh, kw, strideH, strideW, outH, outW } = g;
  const planes = g.n * g.c;
  const area = kh * kw;
  let q = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < outH; i++) {
      for (let j = 0; j < outW; j++) {
        const corner = (plane * h + i * strideH) * w + j * strideW;
        let sum = 0;
        for (let u = 0; u < kh; u++) {
          const row = corner + u * w;
          for (let p = row; p < row + kw; p++) sum += x[p];
        }
        out[q++] = sum / area;
      }
    }
  }
}

/** Gradient of average pooling, see `Kernels.avgPoolBackward`. */
export function avgPoolBackward(g: PoolGeometry, dout: FloatArray, dx: FloatArray): void {
  const { h, w, kh, kw, strideH, strideW, outH, outW } = g;
  const planes = g.n * g.c;
  const area = kh * kw;
  dx.fill(0);
  let q = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < outH; i++) {
      for (let j = 0; j < outW; j++) {
        const corner = (plane * h + i * strideH) * w + j * strideW;
        const share = dout[q++] / area;
        for (let u = 0; u < kh; u++) {
          const row = corner + u * w;
          for (let p = row; p < row + kw; p++) dx[p] += share;
        }
      }
    }
  }
}
