/** The chunks of a PNG file: whether all of them are there and whole. */
import { crc32 } from "node:zlib";

/**
 * Walks over the chunks up to the last one and checks their CRCs. Source: the PNG specification,
 * https://www.w3.org/TR/png-3/#5Chunk-layout
 *
 * @param bytes The file, which begins with the signature
 * @param bad Builds the error for a problem
 */
export function checkPngChunks(
  bytes: Uint8Array,
  bad: (offset: number, problem: string) => Error,
): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8, first = true;; first = false) {
    const end = at + 12 <= bytes.length ? at + 12 + view.getUint32(at) : Infinity;
    if (end > bytes.length) throw bad(bytes.length, "the PNG ends early; get the whole file");
    const type = new TextDecoder("latin1").decode(bytes.subarray(at + 4, at + 8));
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4)) {
      throw bad(at, `chunk ${JSON.stringify(type)} has a wrong CRC; the file is damaged`);
    }
    if (first && type !== "IHDR") throw bad(at, "the PNG header is missing; the file is damaged");
    if (first && (view.getUint32(at + 8) === 0 || view.getUint32(at + 12) === 0)) {
      throw bad(at + 8, "the image has no pixels; the file is damaged");
    }
    if (type === "IEND") return;
    at = end;
  }
}
