/** Telling image formats apart by their content, and decoding them. */
import { NDArray } from "../ndarray/mod.ts";
import { checkContent } from "./_bytes.ts";
import { whatItIs } from "./_file_kinds.ts";
import {
  checkPixelCount,
  type ImageReading,
  imageReading,
  type ImageReadOptions,
} from "./_image_options.ts";
import { parseJpegHeader } from "./_jpeg_header.ts";
import { turnUpright } from "./_orientation.ts";
import { onDemand } from "../internal/packages.ts";
import { parsePngChunks } from "./_png_chunks.ts";
import { pngSignature } from "./_png_encode.ts";
import { pngPixels } from "./_png_pixels.ts";
import { FileFormatError } from "./errors.ts";

/** Decodes for a caller who is named in errors. */
export async function decodeFor(
  caller: string,
  bytes: Uint8Array,
  options: ImageReadOptions,
): Promise<NDArray> {
  checkContent(caller, bytes, "readImage");
  const reading = imageReading(caller, options);
  const bad = (offset: number, problem: string) =>
    new FileFormatError(caller, reading.file, offset, problem);
  if (startsWith(bytes, pngSignature)) return decodePng(bytes, reading, bad);
  if (startsWith(bytes, [0xff, 0xd8])) return await decodeJpeg(caller, bytes, reading, bad);
  throw bad(0, whatItIs(bytes, "a PNG or JPEG image"));
}

type Bad = (offset: number, problem: string) => FileFormatError;

function decodePng(bytes: Uint8Array, { maxPixels, upright }: ImageReading, bad: Bad): NDArray {
  const png = parsePngChunks(bytes, bad);
  checkPixelCount(png.height, png.width, maxPixels, (problem) => bad(16, problem));
  let image;
  try {
    const { data, height, width, channels } = pngPixels(png);
    image = new NDArray(data, [height, width, channels]);
  } catch (error) {
    throw bad(0, `${(error as Error).message}; the file is damaged`);
  }
  return upright ? turnUpright(image, png.orientation) : image;
}

async function decodeJpeg(
  caller: string,
  bytes: Uint8Array,
  reading: ImageReading,
  bad: Bad,
): Promise<NDArray> {
  const { height, width, channels, orientation } = parseJpegHeader(bytes, reading, bad);
  const codec = await jpegCodec(caller);
  let decoded;
  try {
    decoded = await codec.decodeJpeg(bytes);
  } catch (error) {
    throw bad(0, `${(error as Error).message}; the file is damaged`);
  }
  if (decoded.complaint && !reading.acceptDamage) {
    throw bad(0, `${decoded.complaint}; get the file anew, or read what is left with acceptDamage`);
  }
  const image = new NDArray(fromRgba(decoded.data, channels), [height, width, channels]);
  return reading.upright ? turnUpright(image, orientation) : image;
}

/** Loads the JPEG codec. */
export function jpegCodec(caller: string) {
  return onDemand(caller, "the JPEG codec", () => import("./_jpeg_codec.ts"));
}

function startsWith(bytes: Uint8Array, start: ArrayLike<number>): boolean {
  return Array.from(start).every((value, i) => bytes[i] === value);
}

function fromRgba(rgba: Uint8ClampedArray, channels: number): Uint8Array {
  const data = new Uint8Array(rgba.length / 4 * channels);
  for (let from = 0, to = 0; to < data.length; from += 4, to += channels) {
    for (let c = 0; c < channels; c++) data[to + c] = rgba[from + c];
  }
  return data;
}
