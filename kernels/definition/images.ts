/**
 * What convolution and pooling compute.
 *
 * @module
 */
import type { ConvGeometry, Kernels, PoolGeometry } from "../types.ts";
import { average, range } from "./numbers.ts";

/** Calls `visit` for every product of a convolution, with the three positions it involves. */
function forEachTap(
  g: ConvGeometry,
  visit: (out: number, x: number, w: number) => void,
): void {
  const inGroup = g.c / g.groups;
  const outGroup = g.f / g.groups;
  for (let n = 0; n < g.n; n++) {
    for (let f = 0; f < g.f; f++) {
      for (let i = 0; i < g.outH; i++) {
        for (let j = 0; j < g.outW; j++) {
          const out = ((n * g.f + f) * g.outH + i) * g.outW + j;
          for (let c = 0; c < inGroup; c++) {
            const channel = Math.floor(f / outGroup) * inGroup + c;
            for (let u = 0; u < g.kh; u++) {
              for (let v = 0; v < g.kw; v++) {
                const row = i * g.strideH + u * g.dilationH - g.padH;
                const column = j * g.strideW + v * g.dilationW - g.padW;
                if (row < 0 || row >= g.h || column < 0 || column >= g.w) continue;
                const x = ((n * g.c + channel) * g.h + row) * g.w + column;
                visit(out, x, ((f * inGroup + c) * g.kh + u) * g.kw + v);
              }
            }
          }
        }
      }
    }
  }
}

/** Calls `visit` for every window of a pooling layer, with the positions it covers. */
function forEachWindow(
  g: PoolGeometry,
  visit: (out: number, plane: number, positions: number[]) => void,
): void {
  for (let plane = 0; plane < g.n * g.c; plane++) {
    for (let i = 0; i < g.outH; i++) {
      for (let j = 0; j < g.outW; j++) {
        const positions = range(g.kh).flatMap((u) =>
          range(g.kw).map((v) => (i * g.strideH + u) * g.w + j * g.strideW + v)
        );
        visit((plane * g.outH + i) * g.outW + j, plane * g.h * g.w, positions);
      }
    }
  }
}

/** What convolution and pooling compute. */
export const images = {
  convForward(g, x, w, b, relu, out) {
    const plane = g.outH * g.outW;
    out.forEach((_, i) => out[i] = b === null ? 0 : b[Math.floor(i / plane) % g.f]);
    forEachTap(g, (o, i, t) => out[o] += x[i] * w[t]);
    if (relu) out.forEach((value, i) => out[i] = Math.max(0, value));
  },

  convBackwardData(g, dout, w, dx) {
    dx.fill(0);
    forEachTap(g, (o, i, t) => dx[i] += dout[o] * w[t]);
  },

  convBackwardWeights(g, dout, x, dw, db) {
    dw.fill(0);
    forEachTap(g, (o, i, t) => dw[t] += dout[o] * x[i]);
    if (db === null) return;
    db.fill(0);
    const plane = g.outH * g.outW;
    dout.forEach((value, i) => db[Math.floor(i / plane) % g.f] += value);
  },

  maxPoolForward(g, x, out, argmax) {
    forEachWindow(g, (o, plane, positions) => {
      const max = Math.max(...positions.map((p) => x[plane + p]));
      argmax[o] = positions.find((p) => Object.is(x[plane + p], max) || x[plane + p] === max)!;
      out[o] = max;
    });
  },

  maxPoolBackward(g, dout, argmax, dx) {
    dx.fill(0);
    forEachWindow(g, (o, plane) => dx[plane + argmax[o]] += dout[o]);
  },

  avgPoolForward(g, x, out) {
    forEachWindow(g, (o, plane, positions) => {
      out[o] = average(positions.map((p) => x[plane + p]));
    });
  },

  avgPoolBackward(g, dout, dx) {
    dx.fill(0);
    forEachWindow(g, (o, plane, positions) => {
      for (const p of positions) dx[plane + p] += dout[o] / positions.length;
    });
  },
} satisfies Partial<Kernels>;
