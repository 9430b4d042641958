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

/** What the codec made of a file. */
export interface DecodedJpeg extends RgbaImage {
  /** What it found wrong with the compressed data, if anything. */
  readonly complaint?: string;
}

/** Starts a module of Emscripten. */
type Start<F> = (options: {
  readonly noInitialRun: true;
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ) => WebAssembly.Exports;
  readonly print: (line: string) => void;
  readonly printErr: (line: string) => void;
}) => Promise<F>;

interface Decoder {
  readonly HEAPU8: Uint8Array;
  readonly decode: (file: Uint8Array, upright: boolean) => RgbaImage | null;
}
interface Encoder {
  readonly HEAPU8: Uint8Array;
  readonly encode: (
    pixels: Uint8ClampedArray,
    width: number,
    height: number,
    options: object,
  ) => Uint8Array | null;
}

/** A codec whose memory is past this many bytes is not kept. */
const largest = 2 ** 26;

const name = "npm:@jsquash/jpeg@^1.6.0";
const { defaultOptions } = await importPackage<{ defaultOptions: object }>(`${name}/meta.js`);
const decoder = await codec<Decoder>("dec/mozjpeg_dec");
const encoder = await codec<Encoder>("enc/mozjpeg_enc");

/** Decodes a whole file. */
export function decodeJpeg(file: Uint8Array): Promise<DecodedJpeg> {
  return decoder(({ decode }, complaints) => {
    const image = decode(file, false);
    if (image === null) return null;
    const { data, width, height } = image;
    return { data, width, height, complaint: complaints[0] };
  });
}

/** Encodes an image, in grey if `channels` is 1. */
export function encodeJpeg(
  { data, width, height }: RgbaImage,
  channels: number,
  quality: number,
): Promise<Uint8Array> {
  const options = { ...defaultOptions, quality, color_space: channels === 1 ? 1 : 3 };
  return encoder(({ encode }) => {
    const bytes = encode(data, width, height, options);
    return bytes && new Uint8Array(bytes);
  });
}

/**
 * Compiles a codec, and returns what runs work on an instance of it. An instance serves until it
 * fails or complains or has grown large: what it was doing then stays in its memory, and goes with
 * it. The work is done in one go, so that complaints are of this work.
 */
async function codec<F extends { readonly HEAPU8: Uint8Array }>(
  path: string,
): Promise<<T>(work: (codec: F, complaints: readonly string[]) => T | null) => Promise<T>> {
  const start = (await importPackage<{ default: Start<F> }>(`${name}/codec/${path}.js`)).default;
  const module = await importWasm(`${name}/codec/${path}.wasm`);
  const complaints: string[] = [];
  let idle: F | undefined;
  const fresh = () =>
    start({
      noInitialRun: true,
      instantiateWasm(imports, done) {
        const instance = new WebAssembly.Instance(module, imports);
        done(instance);
        return instance.exports;
      },
      print: () => {},
      printErr: (line) => complaints.push(line),
    });
  return async (work) => {
    const instance = idle ?? await fresh();
    idle = undefined;
    complaints.length = 0;
    let result;
    try {
      result = work(instance, complaints);
    } catch (cause) {
      throw new Error(complaints.join(", ") || "the codec gave up", { cause });
    }
    if (result === null) throw new Error(complaints.join(", ") || "the codec gave up");
    if (complaints.length === 0 && instance.HEAPU8.length <= largest) idle = instance;
    return result;
  };
}
