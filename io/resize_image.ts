/**
 * Bilinear resizing.
 *
 * A pixel is a square with its value at the centre, so that output pixel `i` of `n` lies at
 * `(i + ½) · size / n - ½` in the input. It is a mean of the input pixels near there, weighted by a
 * triangle. To enlarge, the triangle is two pixels wide: linear interpolation. To shrink, it grows
 * with the factor, so that every input pixel counts (antialiasing). This is what Pillow's
 * `Image.resize(..., BILINEAR)` does, and with it SciPy's former `imresize`.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { type Taps, triangles } from "../internal/triangles.ts";
import { NDArray } from "../ndarray/mod.ts";
import { checkImage, checkPixels, type PixelData, pixelsLike } from "./_image_checks.ts";

/**
 * Options of {@linkcode resizeImage}.
 *
 * @category Files
 */
export interface ResizeOptions {
  /**
   * Whether every input pixel counts when an image is made smaller. Default true. Without, only the
   * four pixels around the point count, as in OpenCV and PyTorch.
   */
  readonly antialias?: boolean;
}

/**
 * Resizes an image by bilinear interpolation. Bytes give the same values as Pillow's
 * `resize((width, height), Image.BILINEAR)`: columns first, rounded to bytes, then rows. (Pillow 13
 * takes the rows first where that is faster, which can change a byte by 1.)
 *
 * @param image The image, (H, W, C) or (H, W)
 * @param height Rows of the result
 * @param width Columns of the result
 * @param options Whether to antialias
 * @returns The resized image, of the same type
 * @throws {TypeError} If the image is not uint8, float32 or float64
 * @throws {RangeError} If it is not of such a shape or has no pixels, or a size is not a whole
 * number from 1 up
 *
 * @example
 * ```ts
 * import { resizeImage } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const image = array([[0, 10], [20, 30]]);
 * assert.deepEqual(resizeImage(image, 1, 4).toArray(), [[10, 12.5, 17.5, 20]]);
 * ```
 *
 * @category Files
 */
export function resizeImage(
  image: NDArray,
  height: number,
  width: number,
  { antialias = true }: ResizeOptions = {},
): NDArray {
  const size = checkImage("resizeImage", image);
  const pixels = checkPixels("resizeImage", image);
  checkWhole("resizeImage", "height", height, 1);
  checkWhole("resizeImage", "width", width, 1);
  const { channels } = size;
  const wide = resample(pixels, size.height, size.width, channels, width, antialias);
  const data = resample(wide, 1, size.height, width * channels, height, antialias);
  return new NDArray(data, [height, width, ...image.shape.slice(2)]);
}

/** Resizes the middle axis of (outer, size, inner) to `target`. */
function resample(
  pixels: PixelData,
  outer: number,
  size: number,
  inner: number,
  target: number,
  antialias: boolean,
): PixelData {
  if (target === size) return pixels.slice();
  const bytes = pixels instanceof Uint8Array;
  const out = pixelsLike(pixels, outer * target * inner);
  const taps = triangles(size, target, antialias).map(bytes ? wholeWeights : (taps) => taps);
  for (let o = 0; o < outer; o++) {
    for (let t = 0; t < target; t++) {
      const { first, weights } = taps[t];
      const to = (o * target + t) * inner;
      const from = (o * size + first) * inner;
      for (let i = 0; i < inner; i++) {
        let sum = bytes ? half : 0;
        for (let k = 0; k < weights.length; k++) sum += weights[k] * pixels[from + k * inner + i];
        out[to + i] = bytes ? Math.min(255, Math.floor(sum / one)) : sum;
      }
    }
  }
  return out;
}

/** Pillow's fixed point for bytes: weights are whole numbers of 2^-22. */
const one = 2 ** 22;
const half = 2 ** 21;

function wholeWeights({ first, weights }: Taps): Taps {
  return { first, weights: weights.map((weight) => Math.floor(weight * one + 0.5)) };
}
