/**
 * Pooling on the wasm module, some planes at a time.
 *
 * @module
 */
import type { PoolGeometry } from "../types.ts";
import type { FastKernels } from "./_choice.ts";
import type { Elements } from "./_machine.ts";

/** Elements from which copying operands pays. */
const least = 256;
/** Floats of the planes that are copied at a time, unless one has more. */
const PIECE = 1 << 14;

/** Makes the forward passes. The gradients only move values, which the reference does as fast. */
export function createPooling({ exports, heap }: Elements): FastKernels {
  return {
    maxPoolForward: {
      least,
      run(g, x, out, argmax) {
        const { most, size, outSize } = begin(g);
        const [X, OUT, ARGMAX] = [size, outSize, outSize].map((length) => heap.take(most * length));
        for (let from = 0; from < g.n * g.c; from += most) {
          const to = Math.min(g.n * g.c, from + most);
          heap.write(x.subarray(from * size, to * size), X);
          exports.maxPoolForward(to - from, ...sizes(g), X, OUT, ARGMAX);
          heap.read(OUT, out.subarray(from * outSize, to * outSize));
          heap.readInts(ARGMAX, argmax.subarray(from * outSize, to * outSize));
        }
      },
    },

    avgPoolForward: {
      least,
      run(g, x, out) {
        const { most, size, outSize } = begin(g);
        const [X, OUT] = [heap.take(most * size), heap.take(most * outSize)];
        for (let from = 0; from < g.n * g.c; from += most) {
          const to = Math.min(g.n * g.c, from + most);
          heap.write(x.subarray(from * size, to * size), X);
          exports.avgPoolForward(to - from, ...sizes(g), X, OUT);
          heap.read(OUT, out.subarray(from * outSize, to * outSize));
        }
      },
    },
  };

  /** Empties the heap; how many planes are copied at a time, and the sizes of one. */
  function begin(g: PoolGeometry): { most: number; size: number; outSize: number } {
    heap.reset();
    const size = g.h * g.w;
    const most = Math.min(g.n * g.c, Math.max(1, Math.floor(PIECE / size)));
    return { most, size, outSize: g.outH * g.outW };
  }
}

function sizes(g: PoolGeometry): number[] {
  return [g.h, g.w, g.kh, g.kw, g.strideH, g.strideW, g.outH, g.outW];
}
