/**
 * Convolution and pooling.
 *
 * @module
 */
import type { ConvGeometry, Kernels, PoolGeometry } from "../kernels/mod.ts";
import { type Buffer, fail, need, size } from "./_call.ts";
import type { Library } from "./symbols.ts";

type Names =
  | "convForward"
  | "convBackwardData"
  | "convBackwardWeights"
  | "maxPoolForward"
  | "maxPoolBackward"
  | "avgPoolForward"
  | "avgPoolBackward";

/** The numbers of a geometry, in the order the library reads them. */
const numbers = new Uint32Array(32);

/** Stands in for a bias that is not there. */
const NONE = null as unknown as Buffer;

/**
 * Makes the kernels.
 *
 * @param library The library
 * @returns The entries of the kernel table
 */
export function convolution(library: Library): Pick<Kernels, Names> {
  const {
    nndl_conv_forward_f32,
    nndl_conv_forward_f64,
    nndl_conv_backward_data_f32,
    nndl_conv_backward_data_f64,
    nndl_conv_backward_weights_f32,
    nndl_conv_backward_weights_f64,
    nndl_max_pool_forward_f32,
    nndl_max_pool_forward_f64,
    nndl_max_pool_backward_f32,
    nndl_max_pool_backward_f64,
    nndl_avg_pool_forward_f32,
    nndl_avg_pool_forward_f64,
    nndl_avg_pool_backward_f32,
    nndl_avg_pool_backward_f64,
  } = library;

  return {
    convForward(g, x, w, b, relu, out) {
      const bytes = out.BYTES_PER_ELEMENT;
      writeConv("convForward", g);
      need("convForward", "x", x, inputSize(g) * bytes);
      need("convForward", "w", w, weightSize(g) * bytes);
      if (b !== null) need("convForward", "b", b, g.f * bytes);
      need("convForward", "out", out, outputSize(g) * bytes);
      const bias = b === null ? NONE : b as Buffer;
      const flag = +relu;
      const status = bytes === 4
        ? nndl_conv_forward_f32(numbers, x as Buffer, w as Buffer, bias, flag, out as Buffer)
        : nndl_conv_forward_f64(numbers, x as Buffer, w as Buffer, bias, flag, out as Buffer);
      if (status !== 0) fail(library, "convForward", status);
    },

    convBackwardData(g, dout, w, dx) {
      const bytes = dx.BYTES_PER_ELEMENT;
      writeConv("convBackwardData", g);
      need("convBackwardData", "dout", dout, outputSize(g) * bytes);
      need("convBackwardData", "w", w, weightSize(g) * bytes);
      need("convBackwardData", "dx", dx, inputSize(g) * bytes);
      const status = bytes === 4
        ? nndl_conv_backward_data_f32(numbers, dout as Buffer, w as Buffer, dx as Buffer)
        : nndl_conv_backward_data_f64(numbers, dout as Buffer, w as Buffer, dx as Buffer);
      if (status !== 0) fail(library, "convBackwardData", status);
    },

    convBackwardWeights(g, dout, x, dw, db) {
      const bytes = dw.BYTES_PER_ELEMENT;
      writeConv("convBackwardWeights", g);
      need("convBackwardWeights", "dout", dout, outputSize(g) * bytes);
      need("convBackwardWeights", "x", x, inputSize(g) * bytes);
      need("convBackwardWeights", "dw", dw, weightSize(g) * bytes);
      if (db !== null) need("convBackwardWeights", "db", db, g.f * bytes);
      const sums = db === null ? NONE : db as Buffer;
      const [up, input, out] = [dout as Buffer, x as Buffer, dw as Buffer];
      const status = bytes === 4
        ? nndl_conv_backward_weights_f32(numbers, up, input, out, sums)
        : nndl_conv_backward_weights_f64(numbers, up, input, out, sums);
      if (status !== 0) fail(library, "convBackwardWeights", status);
    },

    maxPoolForward(g, x, out, argmax) {
      const bytes = x.BYTES_PER_ELEMENT;
      writePool("maxPoolForward", g);
      need("maxPoolForward", "x", x, g.n * g.c * g.h * g.w * bytes);
      need("maxPoolForward", "out", out, g.n * g.c * g.outH * g.outW * bytes);
      need("maxPoolForward", "argmax", argmax, g.n * g.c * g.outH * g.outW * 4);
      const places = argmax as Int32Array<ArrayBuffer>;
      const status = bytes === 4
        ? nndl_max_pool_forward_f32(numbers, x as Buffer, out as Buffer, places)
        : nndl_max_pool_forward_f64(numbers, x as Buffer, out as Buffer, places);
      if (status !== 0) fail(library, "maxPoolForward", status);
    },

    maxPoolBackward(g, dout, argmax, dx) {
      const bytes = dx.BYTES_PER_ELEMENT;
      writePool("maxPoolBackward", g);
      need("maxPoolBackward", "dout", dout, g.n * g.c * g.outH * g.outW * bytes);
      need("maxPoolBackward", "argmax", argmax, g.n * g.c * g.outH * g.outW * 4);
      need("maxPoolBackward", "dx", dx, g.n * g.c * g.h * g.w * bytes);
      const places = argmax as Int32Array<ArrayBuffer>;
      const status = bytes === 4
        ? nndl_max_pool_backward_f32(numbers, dout as Buffer, places, dx as Buffer)
        : nndl_max_pool_backward_f64(numbers, dout as Buffer, places, dx as Buffer);
      if (status !== 0) fail(library, "maxPoolBackward", status);
    },

    avgPoolForward(g, x, out) {
      const bytes = out.BYTES_PER_ELEMENT;
      writePool("avgPoolForward", g);
      need("avgPoolForward", "x", x, g.n * g.c * g.h * g.w * bytes);
      need("avgPoolForward", "out", out, g.n * g.c * g.outH * g.outW * bytes);
      const status = bytes === 4
        ? nndl_avg_pool_forward_f32(numbers, x as Buffer, out as Buffer)
        : nndl_avg_pool_forward_f64(numbers, x as Buffer, out as Buffer);
      if (status !== 0) fail(library, "avgPoolForward", status);
    },

    avgPoolBackward(g, dout, dx) {
      const bytes = dx.BYTES_PER_ELEMENT;
      writePool("avgPoolBackward", g);
      need("avgPoolBackward", "dout", dout, g.n * g.c * g.outH * g.outW * bytes);
      need("avgPoolBackward", "dx", dx, g.n * g.c * g.h * g.w * bytes);
      const status = bytes === 4
        ? nndl_avg_pool_backward_f32(numbers, dout as Buffer, dx as Buffer)
        : nndl_avg_pool_backward_f64(numbers, dout as Buffer, dx as Buffer);
      if (status !== 0) fail(library, "avgPoolBackward", status);
    },
  };
}

function inputSize(g: ConvGeometry): number {
  return g.n * g.c * g.h * g.w;
}

function weightSize(g: ConvGeometry): number {
  return g.f * (g.c / g.groups) * g.kh * g.kw;
}

function outputSize(g: ConvGeometry): number {
  return g.n * g.f * g.outH * g.outW;
}

function writeConv(kernel: string, g: ConvGeometry): void {
  numbers[0] = g.n;
  numbers[1] = g.c;
  numbers[2] = g.h;
  numbers[3] = g.w;
  numbers[4] = g.f;
  numbers[5] = g.kh;
  numbers[6] = g.kw;
  numbers[7] = g.strideH;
  numbers[8] = g.strideW;
  numbers[9] = g.padH;
  numbers[10] = g.padW;
  numbers[11] = g.dilationH;
  numbers[12] = g.dilationW;
  numbers[13] = g.groups;
  numbers[14] = g.outH;
  numbers[15] = g.outW;
  checkSizes(kernel, g.n, g.c, g.h, g.w, g.outH, g.outW);
  checkSizes(kernel, g.f, g.kh, g.kw, g.groups, 0, 0);
}

function writePool(kernel: string, g: PoolGeometry): void {
  numbers[0] = g.n;
  numbers[1] = g.c;
  numbers[2] = g.h;
  numbers[3] = g.w;
  numbers[4] = g.kh;
  numbers[5] = g.kw;
  numbers[6] = g.strideH;
  numbers[7] = g.strideW;
  numbers[8] = g.outH;
  numbers[9] = g.outW;
  checkSizes(kernel, g.n, g.c, g.h, g.w, g.outH, g.outW);
}

/** The numbers that lengths are made of must reach the library as they are. */
function checkSizes(
  kernel: string,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
): void {
  size(kernel, a);
  size(kernel, b);
  size(kernel, c);
  size(kernel, d);
  size(kernel, e);
  size(kernel, f);
}
