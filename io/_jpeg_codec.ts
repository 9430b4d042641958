/**
 * JPEG by mozjpeg, compiled to wasm. Decodes to the very pixels of libjpeg and so of Pillow.
 * Import this file on demand: it loads the package.
 */
import { importPackage, importWasm } from "../internal/packages.ts";

/** Pixels with red, green, blue and alpha. */
export interface RgbaImage {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

interface Codec<F> {
  readonly init: (wasm: WebAssembly.Module, options: object) => Promise<void>;
  readonly default: F;
}
type Decode = (file: Uint8Array) => Promise<RgbaImage>;
type Encode = (image: RgbaImage, options: object) => Promise<ArrayBuffer>;

const name = "npm:@jsquash/jpeg@^1.6.0";
/** What the codecs print before they give up. */
const complaints: string[] = [];
const decoder = await start<Decode>("decode.js", "codec/dec/mozjpeg_dec.wasm");
const encoder = await start<Encode>("encode.js", "codec/enc/mozjpeg_enc.wasm");

async function start<F>(script: string, wasm: string): Promise<F> {
  const codec = await importPackage<Codec<F>>(`${name}/${script}`);
  const printErr = (line: string) => complaints.push(line);
  await codec.init(await importWasm(`${name}/${wasm}`), { printErr });
  return codec.default;
}

/** Decodes a whole file. */
export function decodeJpeg(file: Uint8Array): Promise<RgbaImage> {
  return attempt(() => decoder(file));
}

/** Encodes an image, in grey if `channels` is 1. */
export async function encodeJpeg(
  image: RgbaImage,
  channels: number,
  quality: number,
): Promise<Uint8Array> {
  const colorSpace = channels === 1 ? 1 : 3;
  const bytes = await attempt(() => encoder(image, { quality, color_space: colorSpace }));
  return new Uint8Array(bytes);
}

async function attempt<T>(work: () => Promise<T>): Promise<T> {
  complaints.length = 0;
  try {
    return await work();
  } catch (cause) {
    throw new Error(complaints.join(", ") || "the codec gave up", { cause });
  }
}
