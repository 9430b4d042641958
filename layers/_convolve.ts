/**
 * What the fast convolution, its composites and the naive one share.
 *
 * @module
 */
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { convGeometry } from "./_geometry.ts";
import type { ConvCache, ConvParam } from "./conv_param.ts";

/** The parts of a {@linkcode ConvCache}. */
export const convCacheParts = ["x", "w", "b", "geometry"] as const;

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
  const [images, filters, bias] = unifyOperands(x, w, b);
  const out = emptyArray([geometry.n, geometry.f, geometry.outH, geometry.outW], images.dtype);
  kernels.convForward(
    geometry,
    floats(images),
    floats(filters),
    bias && floats(bias),
    relu,
    floats(out),
  );
  return [out, { x: images, w: filters, b, geometry }];
}

/** Brings what a convolution takes to one float type. */
export function unifyOperands(
  x: NDArray,
  w: NDArray,
  b: NDArray | null,
): [x: NDArray, w: NDArray, b: NDArray | null] {
  return b === null ? [...unify(x, w), null] : unify(x, w, b);
}
