/** Writing PNG files of 8 bits a channel. */
import { builtin } from "../internal/builtins.ts";
import { crc32 } from "../internal/crc32.ts";
import { concatenateBytes } from "./_bytes.ts";
import type { PngImage } from "./_png_pixels.ts";

/** The eight bytes that every PNG file begins with. */
export const pngSignature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Encodes an image. Rows are not filtered: that suits charts and small pictures. */
export function encodePngImage({ height, width, channels, data }: PngImage): Uint8Array {
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, [0, 4, 2, 6][channels - 1]);
  const length = width * channels;
  const rows = new Uint8Array(height * (1 + length));
  for (let y = 0; y < height; y++) {
    rows.set(data.subarray(y * length, (y + 1) * length), y * (1 + length) + 1);
  }
  return concatenateBytes([
    pngSignature,
    ...chunk("IHDR", new Uint8Array(header.buffer)),
    ...chunk("IDAT", builtin("node:zlib").deflateSync(rows)),
    ...chunk("IEND", new Uint8Array()),
  ]);
}

function chunk(type: string, content: Uint8Array): Uint8Array[] {
  const body = concatenateBytes([new TextEncoder().encode(type), content]);
  const ends = new DataView(new ArrayBuffer(8));
  ends.setUint32(0, content.length);
  ends.setUint32(4, crc32(body));
  return [new Uint8Array(ends.buffer, 0, 4), body, new Uint8Array(ends.buffer, 4)];
}
