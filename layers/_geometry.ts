/**
 * Turns the settings of convolution and pooling layers into checked geometries.
 *
 * @module
 */
import type { ConvGeometry, PoolGeometry } from "../kernels/mod.ts";
import { showShape } from "../ndarray/_dense.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { checkArray, checkVector } from "./_shapes.ts";
import type { ConvParam, PerAxis, PoolParam } from "./conv_param.ts";

/** Throws unless `x` is a non-empty batch of images (N, C, H, W). */
export function checkImages(caller: string, x: NDArray): void {
  checkArray(caller, "x", x);
  if (x.ndim !== 4) {
    throw new RangeError(
      `${caller}: x must be a batch of images of shape (N, C, H, W), got ${showShape(x.shape)}` +
        (x.ndim === 3 ? `; for one image reshape it to (1, ${x.shape.join(", ")})` : ""),
    );
  }
  if (x.size > 0) return;
  throw new RangeError(
    `${caller}: x must hold at least one image with at least one pixel, got shape ` +
      `${showShape(x.shape)}; is the batch or slice empty?`,
  );
}

/** The sizes of a convolution, checked. */
export function convGeometry(
  caller: string,
  x: NDArray,
  w: NDArray,
  b: NDArray | null,
  convParam: ConvParam,
): ConvGeometry {
  checkImages(caller, x);
  checkArray(caller, "w", w);
  checkObject(caller, "convParam", convParam, "{ stride, pad }");
  const { stride, pad, dilation = 1, groups = 1 } = convParam;
  const [strideH, strideW] = perAxis(caller, "convParam.stride", stride, 1);
  const [padH, padW] = perAxis(caller, "convParam.pad", pad, 0);
  const [dilationH, dilationW] = perAxis(caller, "convParam.dilation", dilation, 1);
  checkWhole(caller, "convParam.groups", groups, 1);

  const [n, c, h, width] = x.shape;
  if (c % groups !== 0) {
    throw new RangeError(`${caller}: groups must divide the ${c} channels of x, got ${groups}`);
  }
  const depth = c / groups;
  if (w.ndim !== 4 || w.shape[1] !== depth || w.size === 0) {
    throw new RangeError(
      `${caller}: w must have shape (F, ${depth}, HH, WW) for the ${c} channels of x ` +
        `${showShape(x.shape)}${groups > 1 ? ` in ${groups} groups` : ""}, got ` +
        showShape(w.shape) +
        (w.ndim === 4 && w.shape[0] === depth ? "; are the first two axes of w swapped?" : ""),
    );
  }
  const [f, , kh, kw] = w.shape;
  if (f % groups !== 0) {
    throw new RangeError(`${caller}: groups must divide the ${f} filters of w, got ${groups}`);
  }
  if (b !== null) {
    checkArray(caller, "b", b);
    checkVector(caller, "b", b, f, `one bias for each filter of w ${showShape(w.shape)}`);
  }
  const outH = places(h, padH, dilationH * (kh - 1) + 1, strideH);
  const outW = places(width, padW, dilationW * (kw - 1) + 1, strideW);
  if (outH < 1 || outW < 1) {
    const [spanH, spanW] = [dilationH * (kh - 1) + 1, dilationW * (kw - 1) + 1];
    const needed = Math.ceil(Math.max(spanH - h, spanW - width) / 2);
    throw new RangeError(
      `${caller}: the filter covers ${spanH}×${spanW} pixels, more than the padded image of ` +
        `${h + 2 * padH}×${width + 2 * padW}; use a smaller filter or a pad of at least ${needed}`,
    );
  }
  return {
    n,
    c,
    h,
    w: width,
    f,
    kh,
    kw,
    strideH,
    strideW,
    padH,
    padW,
    dilationH,
    dilationW,
    groups,
    outH,
    outW,
  };
}

/** The sizes of a pooling layer, checked. */
export function poolGeometry(caller: string, x: NDArray, poolParam: PoolParam): PoolGeometry {
  checkImages(caller, x);
  checkObject(caller, "poolParam", poolParam, "{ poolHeight, poolWidth, stride }");
  const { poolHeight, poolWidth, stride } = poolParam;
  checkWhole(caller, "poolParam.poolHeight", poolHeight, 1);
  checkWhole(caller, "poolParam.poolWidth", poolWidth, 1);
  const [strideH, strideW] = perAxis(caller, "poolParam.stride", stride, 1);
  const [n, c, h, w] = x.shape;
  const outH = places(h, 0, poolHeight, strideH);
  const outW = places(w, 0, poolWidth, strideW);
  if (outH < 1 || outW < 1) {
    throw new RangeError(
      `${caller}: the window of ${poolHeight}×${poolWidth} pixels is larger than the image of ` +
        `${h}×${w}; use a smaller window`,
    );
  }
  return { n, c, h, w, kh: poolHeight, kw: poolWidth, strideH, strideW, outH, outW };
}

/** How often a window of `span` pixels fits along an axis. What is left over is not looked at. */
function places(length: number, pad: number, span: number, stride: number): number {
  return 1 + Math.floor((length + 2 * pad - span) / stride);
}

function checkObject(caller: string, name: string, value: unknown, form: string): void {
  if (typeof value === "object" && value !== null) return;
  throw new TypeError(`${caller}: ${name} must be an object ${form}, got ${value}`);
}

function perAxis(caller: string, name: string, value: PerAxis, least: number): [number, number] {
  const pair: readonly number[] = typeof value === "object" && value !== null
    ? value
    : [value, value];
  if (pair.length !== 2) {
    throw new RangeError(
      `${caller}: ${name} must be one number or a pair [vertical, horizontal], got ` +
        `${pair.length} numbers`,
    );
  }
  for (const number of pair) checkWhole(caller, name, number, least);
  return [pair[0], pair[1]];
}

function checkWhole(caller: string, name: string, value: unknown, least: number): void {
  if (Number.isInteger(value) && (value as number) >= least) return;
  throw new RangeError(`${caller}: ${name} must be a whole number from ${least} up, got ${value}`);
}
