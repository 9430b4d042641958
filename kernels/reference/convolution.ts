/**
 * Convolution as matrix products.
 *
 * A patch is what one output pixel sees of one group of input channels: K = (c / groups)·kh·kw
 * values. `im2col` writes the patches of a tile of output rows as the columns of a (K, P) matrix,
 * and then, for every image and group,
 * `out = W·patches`, `dW = Σ dout·patchesᵀ`, `dpatches = Wᵀ·dout`; `col2im` adds the last back to
 * where the patches came from. Tiles keep the matrix small however large the image is.
 *
 * @module
 */
import type { ConvGeometry, FloatArray } from "../types.ts";
import { Scratch } from "./_scratch.ts";
import { multiply } from "./gemm.ts";

/** Contracts of convolution. */
export const convolutionContracts = {
  /**
   * Convolution (cross-correlation, as everywhere in the field): x (n, c, h, w),
   * w (f, c / groups, kh, kw), b (f), out (n, f, outH, outW); then ReLU if `relu`.
   */
  convForward: [
    "g: conv",
    "x: in float[g.n*g.c*g.h*g.w]",
    "w: in float[g.f*g.c/g.groups*g.kh*g.kw]",
    "b: in float[g.f] or null",
    "relu: flag",
    "out: out float[g.n*g.f*g.outH*g.outW]",
  ],

  /** Gradient of convolution with respect to its input. */
  convBackwardData: [
    "g: conv",
    "dout: in float[g.n*g.f*g.outH*g.outW]",
    "w: in float[g.f*g.c/g.groups*g.kh*g.kw]",
    "dx: out float[g.n*g.c*g.h*g.w]",
  ],

  /** Gradient with respect to weights, and to the bias unless it is null. */
  convBackwardWeights: [
    "g: conv",
    "dout: in float[g.n*g.f*g.outH*g.outW]",
    "x: in float[g.n*g.c*g.h*g.w]",
    "dw: out float[g.f*g.c/g.groups*g.kh*g.kw]",
    "db: out float[g.f] or null",
  ],
} as const;

/** Elements that the matrix of patches of one tile should not exceed, unless one row does. */
const TILE_ELEMENTS = 1 << 16;

const scratch = new Scratch();

/** Convolution, see `Kernels.convForward`. */
export function convForward(
  g: ConvGeometry,
  x: FloatArray,
  w: FloatArray,
  b: FloatArray | null,
  relu: boolean,
  out: FloatArray,
): void {
  const { depth, filters, plane, tileRows } = sizes(g);
  const patches = scratch.like(x, depth * tileRows * g.outW);
  for (let image = 0; image < g.n; image++) {
    for (let group = 0; group < g.groups; group++) {
      const firstFilter = group * filters;
      const outStart = (image * g.f + firstFilter) * plane;
      for (let row = 0; row < g.outH; row += tileRows) {
        const pixels = Math.min(tileRows, g.outH - row) * g.outW;
        im2col(g, x, image, group, row, pixels, patches);
        multiply(
          filters,
          pixels,
          depth,
          { data: w, offset: firstFilter * depth, rowStep: depth, columnStep: 1 },
          { data: patches, offset: 0, rowStep: pixels, columnStep: 1 },
          0,
          { data: out, offset: outStart + row * g.outW, rowStep: plane, columnStep: 1 },
        );
      }
    }
  }
  if (b !== null || relu) addBias(g.n, g.f, plane, b, relu, out);
}

/** Gradient with respect to the input, see `Kernels.convBackwardData`. */
export function convBackwardData(
  g: ConvGeometry,
  dout: FloatArray,
  w: FloatArray,
  dx: FloatArray,
): void {
  const { depth, filters, plane, tileRows } = sizes(g);
  const patches = scratch.like(dx, depth * tileRows * g.outW);
  dx.fill(0);
  for (let image = 0; image < g.n; image++) {
    for (let group = 0; group < g.groups; group++) {
      const firstFilter = group * filters;
      const outStart = (image * g.f + firstFilter) * plane;
      for (let row = 0; row < g.outH; row += tileRows) {
        const pixels = Math.min(tileRows, g.outH - row) * g.outW;
        multiply(
          depth,
          pixels,
          filters,
          { data: w, offset: firstFilter * depth, rowStep: 1, columnStep: depth },
          { data: dout, offset: outStart + row * g.outW, rowStep: plane, columnStep: 1 },
          0,
          { data: patches, offset: 0, rowStep: pixels, columnStep: 1 },
        );
        col2im(g, patches, image, group, row, pixels, dx);
      }
    }
  }
}

/** Gradient with respect to weights and bias, see `Kernels.convBackwardWeights`. */
export function convBackwardWeights(
  g: ConvGeometry,
  dout: FloatArray,
  x: FloatArray,
  dw: FloatArray,
  db: FloatArray | null,
): void {
  const { depth, filters, plane, tileRows } = sizes(g);
  const patches = scratch.like(x, depth * tileRows * g.outW);
  dw.fill(0);
  for (let image = 0; image < g.n; image++) {
    for (let group = 0; group < g.groups; group++) {
      const firstFilter = group * filters;
      const outStart = (image * g.f + firstFilter) * plane;
      for (let row = 0; row < g.outH; row += tileRows) {
        const pixels = Math.min(tileRows, g.outH - row) * g.outW;
        im2col(g, x, image, group, row, pixels, patches);
        multiply(
          filters,
          depth,
          pixels,
          { data: dout, offset: outStart + row * g.outW, rowStep: plane, columnStep: 1 },
          { data: patches, offset: 0, rowStep: 1, columnStep: pixels },
          1,
          { data: dw, offset: firstFilter * depth, rowStep: depth, columnStep: 1 },
        );
      }
    }
  }
  if (db !== null) sumPlanes(g.n, g.f, plane, dout, db);
}

/** Sizes that all three share. */
function sizes(g: ConvGeometry): {
  depth: number;
  filters: number;
  plane: number;
  tileRows: number;
} {
  const depth = (g.c / g.groups) * g.kh * g.kw;
  const rows = Math.floor(TILE_ELEMENTS / Math.max(1, depth * g.outW));
  return {
    depth,
    filters: g.f / g.groups,
    plane: g.outH * g.outW,
    tileRows: Math.min(g.outH, Math.max(1, rows)),
  };
}

/**
 * Writes the patches of `pixels` output pixels, from output row `firstRow` on, as columns of
 * `patches`. A row of it is one filter tap: the image, shifted by the tap, with zeros outside.
 */
function im2col(
  g: ConvGeometry,
  x: FloatArray,
  image: number,
  group: number,
  firstRow: number,
  pixels: number,
  patches: FloatArray,
): void {
  const { h, w, kh, kw, strideH, strideW, padH, padW, dilationH, dilationW, outW } = g;
  const channels = g.c / g.groups;
  const endRow = firstRow + pixels / outW;
  let q = 0;
  for (let channel = 0; channel < channels; channel++) {
    const base = (image * g.c + group * channels + channel) * h * w;
    for (let u = 0; u < kh; u++) {
      for (let v = 0; v < kw; v++) {
        const shift = v * dilationW - padW;
        const [from, to] = inside(shift, strideW, w, outW);
        for (let i = firstRow; i < endRow; i++) {
          const row = i * strideH + u * dilationH - padH;
          if (row < 0 || row >= h) {
            for (const end = q + outW; q < end; q++) patches[q] = 0;
            continue;
          }
          const start = base + row * w + shift;
          let j = 0;
          for (; j < from; j++) patches[q++] = 0;
          for (; j < to; j++) patches[q++] = x[start + j * strideW];
          for (; j < outW; j++) patches[q++] = 0;
        }
      }
    }
  }
}

/** The transpose of `im2col`: adds every value of `patches` to the pixel it was copied from. */
function col2im(
  g: ConvGeometry,
  patches: FloatArray,
  image: number,
  group: number,
  firstRow: number,
  pixels: number,
  dx: FloatArray,
): void {
  const { h, w, kh, kw, strideH, strideW, padH, padW, dilationH, dilationW, outW } = g;
  const channels = g.c / g.groups;
  const endRow = firstRow + pixels / outW;
  let q = 0;
  for (let channel = 0; channel < channels; channel++) {
    const base = (image * g.c + group * channels + channel) * h * w;
    for (let u = 0; u < kh; u++) {
      for (let v = 0; v < kw; v++) {
        const shift = v * dilationW - padW;
        const [from, to] = inside(shift, strideW, w, outW);
        for (let i = firstRow; i < endRow; i++, q += outW) {
          const row = i * strideH + u * dilationH - padH;
          if (row < 0 || row >= h) continue;
          const start = base + row * w + shift;
          for (let j = from; j < to; j++) dx[start + j * strideW] += patches[q + j];
        }
      }
    }
  }
}

/** The range of `j` in 0..count for which `shift + j·stride` is in 0..size. */
function inside(
  shift: number,
  stride: number,
  size: number,
  count: number,
): [from: number, to: number] {
  const from = Math.min(count, Math.max(0, Math.ceil(-shift / stride)));
  const to = Math.min(count, Math.max(from, Math.ceil((size - shift) / stride)));
  return [from, to];
}

function addBias(
  n: number,
  f: number,
  plane: number,
  b: FloatArray | null,
  relu: boolean,
  out: FloatArray,
): void {
  for (let i = 0; i < n * f; i++) {
    const bias = b === null ? 0 : b[i % f];
    for (let p = i * plane; p < (i + 1) * plane; p++) {
      const value = out[p] + bias;
      out[p] = relu && value <= 0 ? 0 : value;
    }
  }
}

function sumPlanes(
  n: number,
  f: number,
  plane: number,
  dout: FloatArray,
  db: FloatArray,
): void {
  for (let filter = 0; filter < f; filter++) {
    let sum = 0;
    for (let image = 0; image < n; image++) {
      const start = (image * f + filter) * plane;
      for (let p = start; p < start + plane; p++) sum += dout[p];
    }
    db[filter] = sum;
  }
}
