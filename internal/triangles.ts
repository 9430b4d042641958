/** The filter of bilinear interpolation, as Pillow and torchvision have it. */

/** The input pixels that make one output pixel, and their weights, whose sum is 1. */
export interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * What brings `size` values to `target`: for each of these the values around its place, weighted by
 * a triangle. With `antialias` the triangle grows with the scale where values get fewer, so that
 * none is skipped.
 */
export function triangles(size: number, target: number, antialias: boolean): Taps[] {
  const scale = size / target;
  const radius = antialias ? Math.max(scale, 1) : 1;
  return Array.from({ length: target }, (_, t) => {
    const centre = (t + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - radius + 0.5));
    const end = Math.min(size, Math.floor(centre + radius + 0.5));
    const heights = Float64Array.from(
      { length: end - first },
      (_, k) => Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / radius),
    );
    const sum = heights.reduce((sum, height) => sum + height, 0);
    return { first, weights: heights.map((height) => height / sum) };
  });
}
