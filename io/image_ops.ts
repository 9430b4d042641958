/**
 * Changes to images pixel by pixel. An image is (H, W, C), or (H, W) for one channel; bytes stay
 * bytes and floats stay floats.
 *
 * @module
 */
import { checkWhole } from "../internal/numbers.ts";
import { NDArray } from "../ndarray/mod.ts";
import { checkImage, checkPixels, pixelsLike } from "./_image_checks.ts";

/**
 * The part of an image that {@linkcode cropImage} takes.
 *
 * @category Files
 */
export interface CropArea {
  /** The first row. Default 0. */
  readonly top?: number;
  /** The first column. Default 0. */
  readonly left?: number;
  /** How many rows. Default: all from `top` on. */
  readonly height?: number;
  /** How many columns. Default: all from `left` on. */
  readonly width?: number;
}

/**
 * Turns colours into grey: `0.299 R + 0.587 G + 0.114 B`, the luma of ITU-R BT.601. Bytes give the
 * same values as Pillow's `convert("L")`.
 *
 * @param image The image, (H, W, C) or (H, W); an alpha channel is dropped, grey stays as it is
 * @returns The grey image, (H, W, 1), of the same type
 * @throws {TypeError} If the image is not uint8, float32 or float64
 * @throws {RangeError} If it is not of such a shape, or has no pixels
 *
 * @example
 * ```ts
 * import { grayscale } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const grey = grayscale(array([[[255, 0, 0], [255, 255, 255]]], "uint8"));
 * assert.deepEqual(grey.toArray(), [[[76], [255]]]);
 * ```
 *
 * @category Files
 */
export function grayscale(image: NDArray): NDArray {
  const { height, width, channels } = checkImage("grayscale", image);
  const pixels = checkPixels("grayscale", image);
  const grey = pixelsLike(pixels, height * width);
  const [green, blue] = channels < 3 ? [0, 0] : [1, 2];
  // For bytes Pillow has whole weights over 2^16, and half a unit to round.
  const luma = pixels instanceof Uint8Array
    ? (at: number) =>
      (19595 * pixels[at] + 38470 * pixels[at + green] + 7471 * pixels[at + blue] + 32768) >> 16
    : (at: number) => 0.299 * pixels[at] + 0.587 * pixels[at + green] + 0.114 * pixels[at + blue];
  for (let i = 0; i < grey.length; i++) grey[i] = luma(i * channels);
  return new NDArray(grey, [height, width, 1]);
}

/**
 * Multiplies each channel by a factor, as `image * [1, 0.95, 0.9]` does in NumPy. Bytes are rounded
 * and kept from 0 to 255.
 *
 * @param image The image, (H, W, C) or (H, W)
 * @param factors One factor for each channel
 * @returns The tinted image, of the same shape and type
 * @throws {TypeError} If the image is not uint8, float32 or float64
 * @throws {RangeError} If it is not of such a shape or has no pixels, or there are more or fewer
 * factors than channels
 *
 * @example
 * ```ts
 * import { tint } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const image = array([[[200, 200, 200]]], "uint8");
 * assert.deepEqual(tint(image, [1, 0.95, 2]).toArray(), [[[200, 190, 255]]]);
 * ```
 *
 * @category Files
 */
export function tint(image: NDArray, factors: readonly number[]): NDArray {
  const { channels } = checkImage("tint", image);
  const pixels = checkPixels("tint", image);
  if (factors.length !== channels || !factors.every(Number.isFinite)) {
    throw new RangeError(
      `tint: factors must be ${channels} finite numbers, one for each channel, ` +
        `got [${factors.join(", ")}]`,
    );
  }
  const bytes = pixels instanceof Uint8Array;
  const tinted = bytes ? new Uint8ClampedArray(pixels.length) : pixelsLike(pixels, pixels.length);
  for (let i = 0; i < pixels.length; i++) tinted[i] = pixels[i] * factors[i % channels];
  const data = tinted instanceof Uint8ClampedArray ? new Uint8Array(tinted.buffer) : tinted;
  return new NDArray(data, image.shape);
}

/**
 * Cuts a rectangle out of an image.
 *
 * @param image The image, (H, W, C) or (H, W)
 * @param area The rectangle, in pixels; what is left out reaches to the edge
 * @returns The rectangle, a copy of the same type
 * @throws {TypeError} If the image is not uint8, float32 or float64
 * @throws {RangeError} If it is not of such a shape, or the rectangle is empty or not inside it
 *
 * @example
 * ```ts
 * import { cropImage } from "@nndl/nndl/io";
 * import { arange } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const image = arange(12).reshape([3, 4]);
 * const part = cropImage(image, { top: 1, left: 1, width: 2 });
 * assert.deepEqual(part.toArray(), [[5, 6], [9, 10]]);
 * ```
 *
 * @category Files
 */
export function cropImage(image: NDArray, area: CropArea): NDArray {
  const size = checkImage("cropImage", image);
  checkPixels("cropImage", image);
  const rows = range("top", area.top, "height", area.height, size.height);
  const columns = range("left", area.left, "width", area.width, size.width);
  return image.slice(rows, columns);
}

/**
 * Mirrors an image left to right.
 *
 * @param image The image, (H, W, C) or (H, W)
 * @returns The mirrored image, of the same shape and type
 * @throws {TypeError} If the image is not uint8, float32 or float64
 * @throws {RangeError} If it is not of such a shape, or has no pixels
 *
 * @example
 * ```ts
 * import { flipHorizontal } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * assert.deepEqual(flipHorizontal(array([[1, 2, 3], [4, 5, 6]])).toArray(), [[3, 2, 1], [6, 5, 4]]);
 * ```
 *
 * @category Files
 */
export function flipHorizontal(image: NDArray): NDArray {
  checkImage("flipHorizontal", image);
  checkPixels("flipHorizontal", image);
  return image.slice(":", "::-1");
}

function range(
  startName: string,
  start: number | undefined,
  lengthName: string,
  length: number | undefined,
  size: number,
): string {
  const first = start ?? 0;
  if (!Number.isInteger(first) || first < 0 || first >= size) {
    throw new RangeError(
      `cropImage: ${startName} must be a whole number from 0 to ${size - 1}, got ${first}`,
    );
  }
  const count = length ?? size - first;
  checkWhole("cropImage", lengthName, count, 1);
  if (first + count > size) {
    throw new RangeError(
      `cropImage: ${startName} + ${lengthName} must be at most ${size}, ` +
        `got ${first} + ${count} = ${first + count}`,
    );
  }
  return `${first}:${first + count}`;
}
