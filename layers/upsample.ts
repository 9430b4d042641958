/**
 * Enlarges images by whole factors.
 *
 * `"nearest"` repeats every pixel. `"bilinear"` takes pixels for squares whose values stand in their
 * middles: the value of an output pixel is interpolated between the four nearest middles, at
 * `(i + ½) / scale - ½` rows and likewise columns, and beyond the outermost middles the image goes on
 * as it is there (PyTorch's `align_corners=False`).
 *
 * Backward: a pixel's gradient is shared out by the weights with which its value was made.
 *
 * @module
 */
import { perAxis } from "../internal/per_axis.ts";
import { kernels } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { emptyArray, floats, unify } from "./_arrays.ts";
import { checkCache } from "./_backward.ts";
import { checkImages } from "./_geometry.ts";
import { checkUpstream } from "./_shapes.ts";
import type { PerAxis } from "./conv_param.ts";

/**
 * Settings of an upsampling layer.
 *
 * @category Layers
 */
export interface UpsampleParam {
  /** How many times as many rows and columns the output has, whole numbers from 1 up. */
  scale: PerAxis;
  /** How the values between pixels come about. */
  mode: "nearest" | "bilinear";
}

/**
 * What {@linkcode upsampleBackward} needs from the forward pass.
 *
 * @category Layers
 */
export interface UpsampleCache {
  /** Shape of the input, (N, C, H, W). */
  readonly shape: readonly number[];
  /** How many times as many rows and columns the output has. */
  readonly scale: readonly [vertical: number, horizontal: number];
  /** How the values between pixels came about. */
  readonly mode: "nearest" | "bilinear";
}

/**
 * Computes the forward pass of upsampling.
 *
 * @param x Input, (N, C, H, W), integers count as float64
 * @param upsampleParam Scale and mode
 * @returns `out` (N, C, H·scale, W·scale), and the cache of the backward pass
 * @throws {RangeError} If a shape or setting is wrong
 *
 * @example
 * ```ts
 * import { upsampleForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const x = array([[[[0, 8]]]]);
 * const [nearest] = upsampleForward(x, { scale: [1, 2], mode: "nearest" });
 * assert.deepEqual(nearest.toArray(), [[[[0, 0, 8, 8]]]]);
 * const [bilinear] = upsampleForward(x, { scale: [1, 2], mode: "bilinear" });
 * assert.deepEqual(bilinear.toArray(), [[[[0, 2, 6, 8]]]]);
 * ```
 *
 * @category Layers
 */
export function upsampleForward(
  x: NDArray,
  upsampleParam: UpsampleParam,
): [out: NDArray, cache: UpsampleCache] {
  checkImages("upsampleForward", x);
  const { scale, mode } = checkParam("upsampleForward", upsampleParam);
  [x] = unify(x);
  const [n, c, h, w] = x.shape;
  const out = emptyArray([n, c, h * scale[0], w * scale[1]], x.dtype);
  kernels.upsampleForward(n * c, h, w, ...scale, mode === "bilinear", floats(x), floats(out));
  return [out, { shape: x.shape, scale, mode }];
}

/**
 * Computes the backward pass of upsampling.
 *
 * @param dout Upstream gradient, (N, C, H·scale, W·scale)
 * @param cache The cache of {@linkcode upsampleForward}
 * @returns `dx` (N, C, H, W)
 * @throws {TypeError} If the cache is that of another layer
 * @throws {RangeError} If `dout` has another shape than the output
 *
 * @example
 * ```ts
 * import { upsampleBackward, upsampleForward } from "@nndl/nndl/layers";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const [, cache] = upsampleForward(array([[[[0, 8]]]]), { scale: [1, 2], mode: "bilinear" });
 * const dx = upsampleBackward(array([[[[1, 4, 0, 0]]]]), cache);
 * assert.deepEqual(dx.toArray(), [[[[4, 1]]]]);
 * ```
 *
 * @category Layers
 */
export function upsampleBackward(dout: NDArray, cache: UpsampleCache): NDArray {
  const parts = ["shape", "scale", "mode"] as const;
  const { shape, scale, mode } = checkCache("upsampleBackward", dout, cache, parts);
  const [n, c, h, w] = shape;
  checkUpstream("upsampleBackward", dout, [n, c, h * scale[0], w * scale[1]]);
  [dout] = unify(dout);
  const dx = emptyArray(shape, dout.dtype);
  kernels.upsampleBackward(n * c, h, w, ...scale, mode === "bilinear", floats(dout), floats(dx));
  return dx;
}

function checkParam(
  caller: string,
  param: UpsampleParam,
): { scale: [number, number]; mode: "nearest" | "bilinear" } {
  if (typeof param !== "object" || param === null) {
    throw new TypeError(
      `${caller}: upsampleParam must be an object { scale, mode }, got ${param}`,
    );
  }
  const { scale, mode } = param;
  if (mode !== "nearest" && mode !== "bilinear") {
    const got = typeof mode === "string" ? `"${mode}"` : mode;
    throw new RangeError(
      `${caller}: upsampleParam.mode must be "nearest" or "bilinear", got ${got}`,
    );
  }
  return { scale: perAxis(caller, "upsampleParam.scale", scale, 1), mode };
}
