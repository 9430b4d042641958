/**
 * PNG by fast-png, to and from 8 bits a channel. Import this file on demand: it loads the package.
 */
import { importPackage } from "../internal/packages.ts";

/** Pixels with 1 to 4 channels. */
export interface PngImage {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

interface DecodedPng {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly depth: number;
  readonly data: Uint8Array | Uint16Array;
  readonly palette?: readonly (readonly number[])[];
}

interface FastPng {
  readonly decode: (file: Uint8Array) => DecodedPng;
  readonly encode: (image: PngImage & { readonly depth: number }) => Uint8Array;
  readonly convertIndexedToRgb: (image: DecodedPng) => Uint8Array;
}

const { decode, encode, convertIndexedToRgb } = await importPackage<FastPng>(
  "npm:fast-png@^8.0.0",
);

/** Encodes an image. */
export function encodePng(image: PngImage): Uint8Array {
  return encode({ ...image, depth: 8 });
}

/** Decodes a whole file. Palettes are looked up, other depths brought to 8 bits. */
export function decodePng(file: Uint8Array): PngImage {
  const png = decode(file);
  const { width, height, depth } = png;
  const palette = png.palette ?? (depth < 8 ? greyLevels(depth) : undefined);
  if (palette) {
    const data = convertIndexedToRgb({ ...png, palette });
    return { width, height, channels: palette[0].length, data };
  }
  const data = png.data instanceof Uint16Array
    ? Uint8Array.from(png.data, (value) => Math.round(value / 257))
    : png.data;
  return { width, height, channels: png.channels, data };
}

/** What the values of a grey image of 1, 2 or 4 bits stand for. */
function greyLevels(depth: number): number[][] {
  const top = 2 ** depth - 1;
  return Array.from({ length: top + 1 }, (_, value) => [value * 255 / top]);
}
