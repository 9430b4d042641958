/**
 * PNG and JPEG files in memory.
 *
 * PNG is read and written here; JPEG by mozjpeg, an npm package (`@jsquash/jpeg`) that is loaded at
 * the first call. It needs no permission.
 *
 * @module
 */
import { checkOptionNames } from "../internal/options.ts";
import { showValue } from "../internal/show.ts";
import type { NDArray } from "../ndarray/mod.ts";
import { checkBytes, checkImage } from "./_image_checks.ts";
import type { ImageReadOptions } from "./_image_options.ts";
import { encodePngImage } from "./_png_encode.ts";

export type { ImageReadOptions } from "./_image_options.ts";

/**
 * Options of writing images.
 *
 * @category Files
 */
export interface ImageWriteOptions {
  /** Quality of a JPEG, 1 to 100. Default 90. PNG keeps every pixel and does not look at it. */
  quality?: number;
}

/** The most rows or columns that JPEG codecs accept. */
const jpegLimit = 65500;

/**
 * Encodes an image as PNG, which keeps every pixel.
 *
 * @param image The image, uint8, (H, W, C) with 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA)
 * channels, or (H, W)
 * @returns The content of the file
 * @throws {TypeError} If the image is not uint8
 * @throws {RangeError} If it is not of such a shape, or has no pixels
 *
 * @example
 * ```ts
 * import { decodeImage, encodePng } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const bytes = await encodePng(array([[0, 128, 255]], "uint8"));
 * assert.deepEqual((await decodeImage(bytes)).toArray(), [[[0], [128], [255]]]);
 * ```
 *
 * @category Files
 */
export function encodePng(image: NDArray): Promise<Uint8Array> {
  return Promise.try(() => {
    const size = checkImage("encodePng", image);
    return encodePngImage({ ...size, data: checkBytes("encodePng", image) });
  });
}

/**
 * Encodes an image as a progressive JPEG, which is small and blurs pixels a little.
 *
 * @param image The image, uint8, (H, W, C) with 1 (grey) or 3 (RGB) channels, or (H, W)
 * @param options The quality
 * @returns The content of the file
 * @throws {TypeError} If the image is not uint8
 * @throws {RangeError} If it is not of such a shape or has no pixels, or the quality is not from 1
 * to 100
 * @throws {Error} If the codec cannot be loaded
 *
 * @example
 * ```ts
 * import { decodeImage, encodeJpeg } from "@nndl/nndl/io";
 * import { full } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const bytes = await encodeJpeg(full([64, 64, 3], 200, "uint8"), { quality: 80 });
 * assert.ok(bytes.length < 1000);
 * assert.equal((await decodeImage(bytes)).at(5, 6, 0), 200);
 * ```
 *
 * @category Files
 */
export async function encodeJpeg(
  image: NDArray,
  options: ImageWriteOptions = {},
): Promise<Uint8Array> {
  checkOptionNames("encodeJpeg", options, ["quality"]);
  const { quality = 90 } = options;
  const { height, width, channels } = checkImage("encodeJpeg", image);
  const data = checkBytes("encodeJpeg", image);
  if (channels % 2 === 0) {
    throw new RangeError(
      `encodeJpeg: a JPEG has 1 or 3 channels, got ${channels}; ` +
        `drop the alpha channel with image.slice(":", ":", ":-1"), or write a PNG`,
    );
  }
  if (Math.max(height, width) > jpegLimit) {
    throw new RangeError(
      `encodeJpeg: a JPEG has at most ${jpegLimit} rows and columns, ` +
        `got ${height} and ${width}; write a PNG`,
    );
  }
  if (typeof quality !== "number" || !(quality >= 1 && quality <= 100)) {
    throw new RangeError(`encodeJpeg: quality must be from 1 to 100, got ${showValue(quality)}`);
  }
  const { jpegCodec } = await import("./_decode_image.ts");
  const codec = await jpegCodec("encodeJpeg");
  return codec.encodeJpeg({ height, width, data: toRgba(data, channels) }, channels, quality);
}

/**
 * Decodes a PNG or JPEG file, which it tells apart by their content.
 *
 * A JPEG gives the same pixels as Pillow. Images are turned as their Exif orientation says.
 * Palettes are looked up, and PNGs of 1, 2, 4 or 16 bits are brought to 8. A file that is damaged or
 * claims more pixels than `maxPixels` is an error before memory is taken for them.
 *
 * @param bytes The content of the file
 * @param options The file's name for errors, the most pixels, whether to turn the image, and
 * whether to take a damaged JPEG
 * @returns The image, uint8, (H, W, C): 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels
 * @throws {FileFormatError} If the file is of another format, truncated, damaged or of a kind that
 * is not read, such as a CMYK JPEG, or has too many pixels
 * @throws {TypeError} If `bytes` or an option is of the wrong kind
 * @throws {RangeError} If `maxPixels` is not a number from 1 up
 * @throws {Error} If the codec cannot be loaded
 *
 * @example
 * ```ts
 * import { decodeImage, encodePng } from "@nndl/nndl/io";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const image = await decodeImage(await encodePng(zeros([2, 5, 3], "uint8")));
 * assert.deepEqual([image.shape, image.dtype], [[2, 5, 3], "uint8"]);
 * ```
 *
 * @category Files
 */
export async function decodeImage(
  bytes: Uint8Array,
  options: ImageReadOptions = {},
): Promise<NDArray> {
  const { decodeFor } = await import("./_decode_image.ts");
  return await decodeFor("decodeImage", bytes, options);
}

function toRgba(data: Uint8Array, channels: number): Uint8ClampedArray {
  const rgba = new Uint8ClampedArray(data.length / channels * 4).fill(255);
  for (let from = 0, to = 0; from < data.length; from += channels, to += 4) {
    for (let c = 0; c < 3; c++) rgba[to + c] = data[from + c % channels];
  }
  return rgba;
}
