/**
 * The forward pass of convolution that the layer and its composites share.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { castTo, emptyArray, floats, unify } from "./_arrays.ts";
import { convGeometry } from "./_geometry.ts";
import type { ConvCache, ConvParam } from "./conv_param.ts";

/** Convolves, optionally with ReLU in the same pass over the output. */
export function convolve<Bias extends NDArray | null>(
  caller: string,
  x: NDArray,
  w: NDArray,
  b: Bias,
  convParam: ConvParam,
  relu: boolean,
): [out: NDArray, cache: ConvCache<Bias>] {
  const geometry = convGeometry(caller, x, w, b, convParam);
  [x, w] = unify(x, w);
  const bias = b === null ? null : floats(castTo(b, x.dtype));
  const out = emptyArray([geometry.n, geometry.f, geometry.outH, geometry.outW], x.dtype);
  kernels.convForward(geometry, floats(x), floats(w), bias, relu, floats(out));
  return [out, { x, w, b, geometry }];
}
