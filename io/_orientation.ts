/**
 * The Exif orientation of an image, and turning it upright. Source: CIPA DC-008 (Exif 2.32),
 * section 4.6.4, tag 0x0112.
 */
import type { NDArray } from "../ndarray/mod.ts";

const orientationTag = 0x0112;

/** The orientation in an APP1 segment that begins with its length; 1 unless it is Exif and says. */
export function exifOrientation(segment: Uint8Array): number {
  const name = [..."Exif\0\0"].every((letter, i) => segment[2 + i] === letter.charCodeAt(0));
  return name ? tiffOrientation(segment.subarray(8)) : 1;
}

/** The orientation in Exif data, which are laid out as a TIFF file; 1 unless they say. */
export function tiffOrientation(tiff: Uint8Array): number {
  if (tiff.length < 8) return 1;
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  const folder = view.getUint32(4, little);
  if (folder + 2 > tiff.length) return 1;
  const count = view.getUint16(folder, little);
  for (let i = 0; i < count; i++) {
    const entry = folder + 2 + 12 * i;
    if (entry + 12 > tiff.length) return 1;
    if (view.getUint16(entry, little) !== orientationTag) continue;
    const value = view.getUint16(entry + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** Turns and mirrors (H, W, C) as an orientation from 1 to 8 says. */
export function turnUpright(image: NDArray, orientation: number): NDArray {
  const sides = orientation > 4 ? image.transpose([1, 0, 2]) : image;
  // Where the stored first row and first column are to be.
  const fromBottom = [3, 4, 7, 8].includes(orientation);
  const fromRight = [2, 3, 6, 7].includes(orientation);
  if (!fromBottom && !fromRight) return sides;
  return sides.slice(fromBottom ? "::-1" : ":", fromRight ? "::-1" : ":");
}
