/**
 * Crops of an image, brought to a size by bilinear interpolation. Where an image shrinks, the
 * triangle grows with the scale, so that nothing is skipped; this is the filter of Pillow and
 * torchvision.
 *
 * @module
 */
import { triangles } from "../../internal/triangles.ts";
import type { ImageSize, Pixels } from "./_images.ts";

/** A part of an image, pixels. */
export interface Crop {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** For each output position where its sources begin, and their weights. */
interface PackedTaps {
  readonly first: Int32Array;
  readonly weights: Float64Array;
  /** Weights an output position; the last ones may be 0. */
  readonly count: number;
}

const known = new Map<string, PackedTaps>();
/** Sizes of crops that are remembered; small images have no more. */
const mostKnown = 4096;

/** The taps that bring `length` pixels to `size`. */
function tapsFor(length: number, size: number): PackedTaps {
  const key = `${length} ${size}`;
  const found = known.get(key);
  if (found) return found;
  // Weights of 0 at the ends are left out: where an image grows, two of three remain.
  const taps = triangles(length, size, true).map(({ first, weights }) => {
    const begin = weights.findIndex((weight) => weight > 0);
    const end = 1 + weights.findLastIndex((weight) => weight > 0);
    return { first: first + begin, weights: weights.subarray(begin, end) };
  });
  const count = Math.max(...taps.map(({ weights }) => weights.length));
  const packed = {
    first: Int32Array.from(taps, ({ first }) => Math.min(first, length - count)),
    weights: new Float64Array(size * count),
    count,
  };
  taps.forEach(({ first, weights }, i) =>
    packed.weights.set(weights, i * count + first - packed.first[i])
  );
  if (known.size < mostKnown) known.set(key, packed);
  return packed;
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
  { first, weights, count }: PackedTaps,
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
