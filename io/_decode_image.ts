/** Telling image formats apart by their content, and decoding them. */
import { NDArray } from "../ndarray/mod.ts";
import { parseJpegHeader } from "./_jpeg_header.ts";
import { onDemand } from "../internal/packages.ts";
import { checkPngChunks } from "./_png_chunks.ts";
import { FileFormatError } from "./errors.ts";

/** Decodes for a caller who is named in errors. */
export async function decodeFor(
  caller: string,
  bytes: Uint8Array,
  file: string,
): Promise<NDArray> {
  const bad = (offset: number, problem: string) =>
    new FileFormatError(caller, file, offset, problem);
  const damaged = (error: unknown) => bad(0, `${(error as Error).message}; the file is damaged`);
  if (startsWith(bytes, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) {
    checkPngChunks(bytes, bad);
    const codec = await pngCodec(caller);
    try {
      const { data, height, width, channels } = codec.decodePng(bytes);
      return new NDArray(data, [height, width, channels]);
    } catch (error) {
      throw damaged(error);
    }
  }
  if (startsWith(bytes, [0xff, 0xd8])) {
    const { height, width, channels } = parseJpegHeader(bytes, bad);
    const codec = await jpegCodec(caller);
    try {
      const { data } = await codec.decodeJpeg(bytes);
      return new NDArray(fromRgba(data, channels), [height, width, channels]);
    } catch (error) {
      throw damaged(error);
    }
  }
  throw bad(0, `${unknownFormat(bytes)}; PNG and JPEG are read, convert it to one of them`);
}

/** Loads the PNG codec. */
export function pngCodec(caller: string) {
  return onDemand(caller, "the PNG codec", () => import("./_png_codec.ts"));
}

/** Loads the JPEG codec. */
export function jpegCodec(caller: string) {
  return onDemand(caller, "the JPEG codec", () => import("./_jpeg_codec.ts"));
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((value, i) => bytes[i] === value);
}

function unknownFormat(bytes: Uint8Array): string {
  if (bytes.length === 0) return "the file is empty";
  const text = new TextDecoder("latin1").decode(bytes.subarray(0, 12));
  const known = [["GIF8", "GIF"], ["BM", "BMP"], ["II*\0", "TIFF"], ["MM\0*", "TIFF"]]
    .find(([start]) => text.startsWith(start))?.[1] ??
    (/^RIFF....WEBP/s.test(text) ? "WebP" : /^....ftyp(avif|heic)/s.exec(text)?.[1].toUpperCase());
  const hex = Array.from(bytes.subarray(0, 4), (value) => value.toString(16).padStart(2, "0"));
  return `the image begins with ${hex.join(" ")}${known ? ` (${known})` : ""}`;
}

function fromRgba(rgba: Uint8ClampedArray, channels: number): Uint8Array {
  const data = new Uint8Array(rgba.length / 4 * channels);
  for (let from = 0, to = 0; to < data.length; from += 4, to += channels) {
    for (let c = 0; c < channels; c++) data[to + c] = rgba[from + c];
  }
  return data;
}
