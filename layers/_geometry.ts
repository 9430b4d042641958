/**
 * Turns the settings of convolution and pooling layers into checked geometries.
 *
 * @module
 */
import { showValue } from "../internal/show.ts";
import { checkDivides } from "../internal/divisors.ts";
import { checkWhole } from "../internal/numbers.ts";
import { perAxis } from "../internal/per_axis.ts";
import { showShape } from "../internal/shapes.ts";
import type { ConvGeometry } from "../kernels/mod.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { checkArray, checkVector } from "./_shapes.ts";
import type { ConvParam, ConvTransposeParam, PaddedPoolGeometry, PoolParam } from "./conv_param.ts";

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
  if (b === undefined) throw new TypeError(`${caller}: b is undefined; for no bias pass null`);
  checkSettings(caller, "convParam", convParam, ["stride", "pad"]);
  const { stride, pad, dilation = 1, groups = 1 } = convParam;
  const [strideH, strideW] = perAxis(caller, "convParam.stride", stride, 1);
  const [padH, padW] = perAxis(caller, "convParam.pad", pad, 0);
  const [dilationH, dilationW] = perAxis(caller, "convParam.dilation", dilation, 1);
  checkWhole(caller, "convParam.groups", groups, 1);

  const [n, c, h, width] = x.shape;
  checkDivides(`${caller}: convParam.groups`, groups, c, "channels of x");
  const depth = c / groups;
  if (w.ndim !== 4 || w.shape[1] !== depth || w.size === 0) {
    throw new RangeError(
      `${caller}: w must have shape (F, ${depth}, HH, WW) for the ${c} channels of x ` +
        `${showShape(x.shape)}${groups > 1 ? ` in ${groups} groups` : ""}, got ` +
        showShape(w.shape) + channelFix(x.shape, w.shape, depth),
    );
  }
  const [f, , kh, kw] = w.shape;
  checkDivides(`${caller}: convParam.groups`, groups, f, "filters of w");
  if (b !== null) {
    checkArray(caller, "b", b);
    checkVector(caller, "b", b, f, "one bias for each filter of w", w);
  }
  const [spanH, spanW] = [dilationH * (kh - 1) + 1, dilationW * (kw - 1) + 1];
  const outH = places(h, padH, spanH, strideH);
  const outW = places(width, padW, spanW, strideW);
  if (outH < 1 || outW < 1) {
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

/**
 * The sizes of the convolution whose gradient a transposed convolution is, checked: its images are
 * the output, its filters' outputs the input.
 */
export function convTransposeGeometry(
  caller: string,
  x: NDArray,
  w: NDArray,
  b: NDArray | null,
  convParam: ConvTransposeParam,
): ConvGeometry {
  checkImages(caller, x);
  checkArray(caller, "w", w);
  if (b === undefined) throw new TypeError(`${caller}: b is undefined; for no bias pass null`);
  checkSettings(caller, "convParam", convParam, ["stride", "pad"]);
  const { stride, pad, dilation = 1, groups = 1, outputPad = 0 } = convParam;
  const [strideH, strideW] = perAxis(caller, "convParam.stride", stride, 1);
  const [padH, padW] = perAxis(caller, "convParam.pad", pad, 0);
  const [dilationH, dilationW] = perAxis(caller, "convParam.dilation", dilation, 1);
  const [restH, restW] = perAxis(caller, "convParam.outputPad", outputPad, 0);
  if (restH >= strideH || restW >= strideW) {
    throw new RangeError(
      `${caller}: convParam.outputPad must be below the stride ${strideH}×${strideW}, got ` +
        `${restH}×${restW}; it makes up for the pixels that a stride does not reach`,
    );
  }
  checkWhole(caller, "convParam.groups", groups, 1);
  const [n, f, outH, outW] = x.shape;
  if (w.ndim !== 4 || w.shape[0] !== f || w.size === 0) {
    const fix = w.ndim === 4 && w.shape[1] === f ? "; are the first two axes of w swapped?" : "";
    throw new RangeError(
      `${caller}: w must have shape (${f}, F, kh, kw) for the ${f} channels of x ` +
        `${showShape(x.shape)}, got ${showShape(w.shape)}${fix}`,
    );
  }
  checkDivides(`${caller}: convParam.groups`, groups, f, "channels of x");
  const [, depth, kh, kw] = w.shape;
  const c = depth * groups;
  if (b !== null) {
    checkArray(caller, "b", b);
    checkVector(caller, "b", b, c, "one bias for each channel of the output");
  }
  const h = (outH - 1) * strideH - 2 * padH + dilationH * (kh - 1) + 1 + restH;
  const width = (outW - 1) * strideW - 2 * padW + dilationW * (kw - 1) + 1 + restW;
  if (h < 1 || width < 1) {
    throw new RangeError(
      `${caller}: the output would have ${h}×${width} pixels; use a smaller pad or a larger filter`,
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
export function poolGeometry(
  caller: string,
  x: NDArray,
  poolParam: PoolParam,
): PaddedPoolGeometry {
  checkImages(caller, x);
  checkSettings(caller, "poolParam", poolParam, ["poolHeight", "poolWidth", "stride"]);
  const { poolHeight: kh, poolWidth: kw, stride, pad = 0, ceilMode = false } = poolParam;
  checkWhole(caller, "poolParam.poolHeight", kh, 1);
  checkWhole(caller, "poolParam.poolWidth", kw, 1);
  const [strideH, strideW] = perAxis(caller, "poolParam.stride", stride, 1);
  const [padH, padW] = perAxis(caller, "poolParam.pad", pad, 0);
  if (2 * padH > kh || 2 * padW > kw) {
    throw new RangeError(
      `${caller}: poolParam.pad must be at most half of the window ${kh}×${kw}, so that every ` +
        `window has a pixel, got ${padH}×${padW}`,
    );
  }
  if (typeof ceilMode !== "boolean") {
    throw new TypeError(
      `${caller}: poolParam.ceilMode must be true or false, got ${showValue(ceilMode)}`,
    );
  }
  const [n, c, h, w] = x.shape;
  const outH = windows(h, padH, kh, strideH, ceilMode);
  const outW = windows(w, padW, kw, strideW, ceilMode);
  if (outH < 1 || outW < 1) {
    const image = padH + padW > 0 ? "padded image" : "image";
    throw new RangeError(
      `${caller}: the window of ${kh}×${kw} pixels is larger than the ${image} of ` +
        `${h + 2 * padH}×${w + 2 * padW}; use a smaller window`,
    );
  }
  return { n, c, h, w, kh, kw, strideH, strideW, outH, outW, padH, padW };
}

/**
 * How many windows an axis has. With `ceil` there is a last one that goes past the end where pixels
 * would be left over, unless it would begin past the end.
 */
function windows(length: number, pad: number, span: number, stride: number, ceil: boolean): number {
  const whole = places(length, pad, span, stride);
  if (!ceil) return whole;
  const all = 1 + Math.ceil((length + 2 * pad - span) / stride);
  return (all - 1) * stride >= length + pad ? all - 1 : all;
}

/** How often a window of `span` pixels fits along an axis. What is left over is not looked at. */
function places(length: number, pad: number, span: number, stride: number): number {
  return 1 + Math.floor((length + 2 * pad - span) / stride);
}

/** What is probably wrong with filters that do not have `depth` channels. */
function channelFix(x: readonly number[], w: readonly number[], depth: number): string {
  if (w.length !== 4 || w.includes(0)) return "";
  if (w[1] === x[3]) return "; if x is (N, H, W, C), use x.transpose([0, 3, 1, 2])";
  if (w[2] === depth && w[0] === w[1]) {
    return "; if w is (HH, WW, C, F), use w.transpose([3, 2, 0, 1])";
  }
  return w[0] === depth ? "; are the first two axes of w swapped?" : "";
}

function checkSettings(
  caller: string,
  name: string,
  settings: unknown,
  needed: readonly string[],
): void {
  if (typeof settings !== "object" || settings === null) {
    throw new TypeError(
      `${caller}: ${name} must be an object { ${needed.join(", ")} }, got ${showValue(settings)}`,
    );
  }
  const missing = needed.filter((key) => (settings as Record<string, unknown>)[key] === undefined);
  if (missing.length === 0) return;
  throw new TypeError(
    `${caller}: ${name} needs ${missing.join(" and ")}; its keys are ` +
      (Object.keys(settings).join(", ") || "none"),
  );
}
