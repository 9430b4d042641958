/**
 * Crops of an image, brought to a size by bilinear interpolation. Where an image shrinks, the
 * triangle grows with the scale, so that nothing is skipped; this is the filter of Pillow and
 * torchvision.
 *
 * @module
 */
import type { ImageSize, Pixels } from "./_images.ts";

/** A part of an image, pixels. */
export interface Crop {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** For each output position where its sources begin, and their weights. */
interface Taps {
  readonly first: Int32Array;
  readonly weights: Float64Array;
  /** Weights an output position; the last ones may be 0. */
  readonly count: number;
}

const known = new Map<string, Taps>();
/** Sizes of crops that are remembered; small images have no more. */
const mostKnown = 4096;

/** The taps that bring `length` pixels to `size`. */
function tapsFor(length: number, size: number): Taps {
  const key = `${length} ${size}`;
  const found = known.get(key);
  if (found) return found;
  const scale = length / size;
  const support = Math.max(1, scale);
  // The first and the last source whose weight is not 0.
  const ends = Array.from({ length: size }, (_, i) => {
    const center = (i + 0.5) * scale - 0.5;
    const from = Math.max(0, Math.floor(center - support) + 1);
    const last = Math.min(length - 1, Math.ceil(center + support) - 1);
    return { center, from, last };
  });
  const count = Math.max(...ends.map(({ from, last }) => last - from + 1));
  const first = new Int32Array(size);
  const weights = new Float64Array(size * count);
  ends.forEach(({ center, from, last }, i) => {
    first[i] = Math.min(from, length - count);
    let sum = 0;
    for (let j = from; j <= last; j++) {
      const weight = 1 - Math.abs(j - center) / support;
      weights[i * count + j - first[i]] = weight;
      sum += weight;
    }
    for (let k = 0; k < count; k++) weights[i * count + k] /= sum;
  });
  const taps = { first, weights, count };
  if (known.size < mostKnown) known.set(key, taps);
  return taps;
}

/**
 * Resamples a crop of an image, first along rows, then along columns.
 *
 * @param between Room for `channels · crop.height · width of out` numbers
 */
export function resampleCrop(
  pixels: Pixels,
  { channels, height, width }: ImageSize,
  crop: Crop,
  out: Pixels,
  [outHeight, outWidth]: readonly [height: number, width: number],
  between: Float64Array,
): void {
  const across = tapsFor(crop.width, outWidth);
  const down = tapsFor(crop.height, outHeight);
  for (let c = 0; c < channels; c++) {
    const corner = (c * height + crop.top) * width + crop.left;
    for (let y = 0; y < crop.height; y++) {
      filter(pixels, corner + y * width, 1, across, between, y * outWidth, 1);
    }
    const plane = c * outHeight * outWidth;
    for (let x = 0; x < outWidth; x++) {
      filter(between, x, outWidth, down, out, plane + x, outWidth);
    }
  }
}

/** Filters numbers `step` apart into numbers `outStep` apart. */
function filter(
  from: Pixels,
  start: number,
  step: number,
  { first, weights, count }: Taps,
  out: Pixels,
  at: number,
  outStep: number,
): void {
  const size = first.length;
  if (count === 2) {
    for (let i = 0; i < size; i++, at += outStep) {
      const source = start + first[i] * step;
      out[at] = weights[2 * i] * from[source] + weights[2 * i + 1] * from[source + step];
    }
    return;
  }
  for (let i = 0; i < size; i++, at += outStep) {
    let source = start + first[i] * step;
    let sum = 0;
    for (let k = i * count; k < (i + 1) * count; k++, source += step) {
      sum += weights[k] * from[source];
    }
    out[at] = sum;
  }
}
