/**
 * The windows of pooling layers, which may go past the edges of the image.
 *
 * @module
 */
import type { PaddedPoolGeometry } from "./conv_param.ts";

/** The part of a window that lies within the image; the ends are exclusive. */
export interface Window {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** Whether every window lies within the image, which is what kernels take. */
export function windowsFit(g: PaddedPoolGeometry): boolean {
  return g.padH === 0 && g.padW === 0 &&
    (g.outH - 1) * g.strideH + g.kh <= g.h && (g.outW - 1) * g.strideW + g.kw <= g.w;
}

/** The windows of a plane in row-major order. */
export function windowsOf(g: PaddedPoolGeometry): Window[] {
  const windows: Window[] = [];
  for (let i = 0; i < g.outH; i++) {
    for (let j = 0; j < g.outW; j++) {
      const [top, left] = [i * g.strideH - g.padH, j * g.strideW - g.padW];
      windows.push({
        top: Math.max(0, top),
        bottom: Math.min(g.h, top + g.kh),
        left: Math.max(0, left),
        right: Math.min(g.w, left + g.kw),
      });
    }
  }
  return windows;
}
