/**
 * Convolution on the wasm module, image by image.
 *
 * @module
 */
import { reference } from "../reference/mod.ts";
import type { ConvGeometry, FloatArray, Kernels } from "../types.ts";
import type { Machine } from "./_machine.ts";

/** Multiplications below which the reference is done before operands are copied. */
const SMALL = 4000;
/** Floats that the patches of one tile should not exceed, unless one row does. */
const TILE = 1 << 16;

type Entries = "convForward" | "convBackwardData" | "convBackwardWeights";

/** Makes the three entries. */
export function createConvolution({ exports, heap }: Machine): Pick<Kernels, Entries> {
  /** Empties the heap and tells the module the geometry. */
  function begin(g: ConvGeometry): void {
    heap.reset();
    const { c, h, w, f, kh, kw, strideH, strideW, padH, padW, dilationH, dilationW } = g;
    const sizes = [c, h, w, f, kh, kw, strideH, strideW, padH, padW, dilationH, dilationW];
    const taps = heap.take(depthOf(g));
    exports.setConvolution(...sizes, g.groups, g.outH, g.outW, taps);
  }

  /** Calls `work` for each image, with the address of a padded copy. */
  function eachImage(
    g: ConvGeometry,
    x: FloatArray,
    work: (image: number, address: number) => void,
  ): void {
    const size = g.c * g.h * g.w;
    const bare = heap.take(size);
    const padded = g.padH + g.padW > 0 ? heap.takeZeros(paddedSize(g)) : bare;
    for (let image = 0; image < g.n; image++) {
      heap.write(part(x, image, size), bare);
      if (padded !== bare) exports.padImage(bare, padded);
      work(image, padded);
    }
  }

  return {
    convForward(
      g: ConvGeometry,
      x: FloatArray,
      w: FloatArray,
      b: FloatArray | null,
      relu: boolean,
      out: FloatArray,
    ): void {
      if (!isLarge(g, out)) return reference.convForward(g, x, w, b, relu, out);
      begin(g);
      const packed = heap.take(packedSize(g.groups, g.f / g.groups, depthOf(g)));
      exports.packWeights(heap.put(w as Float32Array), packed);
      const B = b ? heap.put(b as Float32Array) : 0;
      const size = g.f * g.outH * g.outW;
      const OUT = heap.take(size);
      eachImage(g, x, (image, X) => {
        exports.convForward(X, packed, B, relu, OUT);
        heap.read(OUT, part(out, image, size));
      });
    },

    convBackwardData(g: ConvGeometry, dout: FloatArray, w: FloatArray, dx: FloatArray): void {
      if (!isLarge(g, dout)) return reference.convBackwardData(g, dout, w, dx);
      begin(g);
      const depth = depthOf(g);
      const packed = heap.take(packedSize(g.groups, depth, g.f / g.groups));
      exports.packWeightsBack(heap.put(w as Float32Array), packed);
      const rows = Math.min(g.outH, Math.max(1, Math.floor(TILE / (depth * g.outW))));
      const patches = heap.take(depth * rows * g.outW);
      const [size, outSize] = [g.c * g.h * g.w, g.f * g.outH * g.outW];
      const [DOUT, DX] = [heap.take(outSize), heap.take(size)];
      const padded = g.padH + g.padW > 0 ? heap.take(paddedSize(g)) : DX;
      for (let image = 0; image < g.n; image++) {
        heap.write(part(dout, image, outSize), DOUT);
        heap.clear(padded, paddedSize(g));
        exports.convBackwardData(DOUT, packed, rows, patches, padded);
        if (padded !== DX) exports.cropImage(padded, DX);
        heap.read(DX, part(dx, image, size));
      }
    },

    convBackwardWeights(
      g: ConvGeometry,
      dout: FloatArray,
      x: FloatArray,
      dw: FloatArray,
      db: FloatArray | null,
    ): void {
      if (!isLarge(g, dout)) return reference.convBackwardWeights(g, dout, x, dw, db);
      begin(g);
      const size = g.f * g.outH * g.outW;
      const [DW, DB] = [heap.takeZeros(dw.length), heap.take(g.f)];
      const [DOUT, SUMS] = [heap.take(size), heap.takeZeros(2 * g.f)];
      eachImage(g, x, (image, X) => {
        heap.write(part(dout, image, size), DOUT);
        exports.convBackwardWeights(DOUT, X, DW);
        if (db) exports.convSums(DOUT, SUMS);
      });
      heap.read(DW, dw as Float32Array);
      if (!db) return;
      exports.roundSums(g.f, SUMS, DB);
      heap.read(DB, db as Float32Array);
    },
  };
}

function isLarge(g: ConvGeometry, out: FloatArray): out is Float32Array {
  return out.length * depthOf(g) >= SMALL && out instanceof Float32Array;
}

/** Taps of a filter. */
function depthOf(g: ConvGeometry): number {
  return (g.c / g.groups) * g.kh * g.kw;
}

/** Floats of an image with its padding. */
function paddedSize(g: ConvGeometry): number {
  return g.c * (g.h + 2 * g.padH) * (g.w + 2 * g.padW);
}

/** Floats of packed weights: rows come in fours, steps in twos. */
function packedSize(groups: number, rows: number, steps: number): number {
  return groups * (rows + 3) * (steps + Math.ceil(steps / 256));
}

/** The values of one image. */
function part(x: FloatArray, image: number, size: number): Float32Array {
  return x.subarray(image * size, (image + 1) * size) as Float32Array;
}
