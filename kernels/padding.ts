/**
 * When padding outgrows the images.
 *
 * @module
 */
import type { ConvGeometry } from "./types.ts";

/** Floats of padded images that are never too many. */
const FEW = 1 << 16;

/**
 * Whether images with their padding, which compiled kernels copy, are far larger than what the
 * convolution reads and writes: with a stride and a padding of 100,000, nine outputs would take a
 * copy of 160 GB. The reference makes no such copy.
 *
 * @param geometry The sizes
 * @returns Whether the reference should compute it
 */
export function isMostlyPadding(
  { c, h, w, f, padH, padW, outH, outW }: ConvGeometry,
): boolean {
  const padded = c * (h + 2 * padH) * (w + 2 * padW);
  return padded > FEW && padded > 8 * (c * h * w + f * outH * outW);
}
