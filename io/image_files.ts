/**
 * Image files on disk.
 *
 * @module
 */
import type { NDArray } from "../ndarray/mod.ts";
import { fileName, readBytes } from "./_files.ts";
import { writeFileAtomic } from "./atomic.ts";
import {
  encodeJpeg,
  encodePng,
  type ImageReadOptions,
  type ImageWriteOptions,
} from "./image_codecs.ts";

/**
 * Reads a PNG or JPEG image. The content decides, not the name. See `decodeImage`.
 *
 * @param source The file, or its content
 * @param options The most pixels, whether to turn the image upright, and whether to take a damaged
 * JPEG
 * @returns The image, uint8, (H, W, C): 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGBA) channels
 * @throws {FileFormatError} If the file is of another format, truncated or damaged, or has too many
 * pixels
 * @throws {Error} If the file cannot be read (it needs `--allow-read`), or the codec not loaded
 *
 * @example
 * ```ts
 * import { readImage, writeImage } from "@nndl/nndl/io";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".png" });
 * await writeImage(path, array([[[255, 0, 0], [0, 0, 255]]], "uint8"));
 * const image = await readImage(path);
 * assert.deepEqual(image.shape, [1, 2, 3]);
 * assert.equal(image.at(0, 1, 2), 255);
 * await Deno.remove(path);
 * ```
 *
 * @category Files
 */
export async function readImage(
  source: string | URL | Uint8Array,
  options: ImageReadOptions = {},
): Promise<NDArray> {
  const { decodeFor } = await import("./_decode_image.ts");
  if (source instanceof Uint8Array) return await decodeFor("readImage", source, options);
  const bytes = await readBytes("readImage", source);
  return await decodeFor("readImage", bytes, { file: fileName(source), ...options });
}

/**
 * Writes an image, whole or not at all, in the format that the name ends in.
 *
 * @param path The file, which ends in `.png`, `.jpg` or `.jpeg`; an existing one is replaced
 * @param image The image, uint8, (H, W, C) or (H, W); see `encodePng` and `encodeJpeg`
 * @param options The quality of a JPEG
 * @throws {TypeError} If the image is not uint8
 * @throws {RangeError} If the name ends in something else, or the image is not of a shape that
 * the format takes
 * @throws {Error} If the file cannot be written (it needs `--allow-write`)
 *
 * @example
 * ```ts
 * import { readImage, writeImage } from "@nndl/nndl/io";
 * import { full } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const path = await Deno.makeTempFile({ suffix: ".jpg" });
 * await writeImage(path, full([8, 8, 3], 90, "uint8"), { quality: 95 });
 * assert.equal((await readImage(path)).at(4, 4, 1), 90);
 * await Deno.remove(path);
 * ```
 *
 * @category Files
 */
export async function writeImage(
  path: string | URL,
  image: NDArray,
  options: ImageWriteOptions = {},
): Promise<void> {
  const extension = /\.(png|jpe?g)$/i.exec(fileName(path))?.[1].toLowerCase();
  if (extension === undefined) {
    throw new RangeError(
      `writeImage: path must end in .png, .jpg or .jpeg, got ${fileName(path)}`,
    );
  }
  const bytes = extension === "png" ? await encodePng(image) : await encodeJpeg(image, options);
  await writeFileAtomic(path, bytes);
}
