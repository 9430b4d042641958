/** Numbers as colours. */
import { asNDArray, type NDArray } from "../ndarray/mod.ts";

/** Red, green and blue, 0 to 255. */
export type Color = readonly [r: number, g: number, b: number];

/** The place of a number among `count` colours that span a range. */
export function colorIndex(value: number, [low, high]: readonly [number, number], count: number) {
  const index = Math.floor((value - low) / (high - low) * count);
  return Math.min(count - 1, Math.max(0, index));
}

/** Paints a matrix, one pixel for each entry: RGBA, what is not finite is transparent. */
export function paint(
  matrix: NDArray,
  colors: readonly Color[],
  range: readonly [number, number],
): NDArray {
  const pixels = new Uint8Array(matrix.size * 4);
  matrix.data.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    pixels.set([...colors[colorIndex(value, range, colors.length)], 255], 4 * i);
  });
  return asNDArray(pixels, [...matrix.shape, 4]);
}

/** Whether black text is easier to read on a colour than white text. */
export function isLight([r, g, b]: Color): boolean {
  return 0.299 * r + 0.587 * g + 0.114 * b > 140;
}
