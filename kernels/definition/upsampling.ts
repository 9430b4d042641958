/**
 * What upsampling computes.
 *
 * @module
 */
import type { Kernels } from "../types.ts";

/** The share of input pixel `p` of `length` in output pixel `i`, along one axis. */
function shareOf(p: number, i: number, length: number, scale: number, bilinear: boolean): number {
  if (!bilinear) return p === Math.floor(i / scale) ? 1 : 0;
  // Pixels have their full share at their centre, and none at the centres of their neighbours.
  const place = Math.min(Math.max((i + 0.5) / scale - 0.5, 0), length - 1);
  return Math.max(0, 1 - Math.abs(place - p));
}

/** Calls `visit` for every pair of pixels of which one has a share in the other. */
function forEachShare(
  [planes, h, w, scaleH, scaleW, bilinear]: readonly [
    ...sizes: [number, number, number, number, number],
    bilinear: boolean,
  ],
  visit: (x: number, out: number, share: number) => void,
): void {
  for (let plane = 0; plane < planes; plane++) {
    for (let i = 0; i < h * scaleH; i++) {
      for (let j = 0; j < w * scaleW; j++) {
        for (let p = 0; p < h; p++) {
          for (let q = 0; q < w; q++) {
            const share = shareOf(p, i, h, scaleH, bilinear) * shareOf(q, j, w, scaleW, bilinear);
            const out = (plane * h * scaleH + i) * w * scaleW + j;
            if (share > 0) visit((plane * h + p) * w + q, out, share);
          }
        }
      }
    }
  }
}

/** What upsampling computes. */
export const upsampling = {
  upsampleForward(planes, h, w, scaleH, scaleW, bilinear, x, out) {
    out.fill(0);
    forEachShare([planes, h, w, scaleH, scaleW, bilinear], (at, to, share) => {
      out[to] += share * x[at];
    });
  },

  upsampleBackward(planes, h, w, scaleH, scaleW, bilinear, dout, dx) {
    dx.fill(0);
    forEachShare([planes, h, w, scaleH, scaleW, bilinear], (at, from, share) => {
      dx[at] += share * dout[from];
    });
  },
} satisfies Partial<Kernels>;
