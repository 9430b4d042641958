/**
 * Histograms of oriented gradients: how strongly brightness changes in which direction, for each
 * cell of 8 × 8 pixels. They tell textures and outlines, and do not mind colour.
 *
 * Source: N. Dalal and B. Triggs, "Histograms of oriented gradients for human detection", 2005, in
 * the short form of CS231n's assignment 1: no blocks, no normalisation, and of the directions only
 * those from 0 to 180 degrees that the angle of the gradient plus 90 falls into.
 *
 * @module
 */
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { imageSize } from "./_image.ts";

const orientations = 9;
const cell = 8;
const degreesPerBin = 180 / orientations;

/**
 * Computes the histogram of oriented gradients of an image.
 *
 * A colour image is turned into grey as the course does, `0.299 R + 0.587 G + 0.144 B`. Pixels
 * right and below of the last whole cell do not count.
 *
 * @param image Image, (3, H, W), (1, H, W) or (H, W), at least 8 × 8
 * @returns Mean magnitude of the gradient by column of cells, row of cells and direction, float64,
 * `(⌊W/8⌋·⌊H/8⌋·9,)`: 144 values for 32 × 32 pixels
 * @throws {RangeError} If the shape is another one
 *
 * @example
 * ```ts
 * import { hogFeature } from "@nndl/nndl/data";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * // Brightness that grows from left to right: every gradient points at 0 + 90 degrees.
 * const row = [0, 10, 20, 30, 40, 50, 60, 70];
 * const histogram = hogFeature(array(Array(8).fill(row)));
 * assert.equal(histogram.size, 9);
 * assert.equal(histogram.argmax(), 4);
 * assert.equal(histogram.at(4), 10 * 7 / 8);
 * ```
 *
 * @category Data
 */
export function hogFeature(image: NDArray): NDArray {
  const { channels, height, width } = imageSize("hogFeature", image, [3, 1]);
  if (height < cell || width < cell) {
    throw new RangeError(
      `hogFeature: image must have at least ${cell} rows and columns, got ${height} and ${width}`,
    );
  }
  const grey = channels === 3 ? toGrey(image.data, height * width) : image.data;
  const rows = Math.floor(height / cell);
  const columns = Math.floor(width / cell);
  const histogram = new Float64Array(columns * rows * orientations);
  for (let y = 0; y < rows * cell; y++) {
    for (let x = 0; x < columns * cell; x++) {
      const at = y * width + x;
      const gx = x + 1 < width ? grey[at + 1] - grey[at] : 0;
      const gy = y + 1 < height ? grey[at + width] - grey[at] : 0;
      // The tiny addend keeps the course's direction of a gradient that is exactly vertical.
      const degrees = Math.atan2(gy, gx + 1e-15) * (180 / Math.PI) + 90;
      if (!(degrees > 0 && degrees < 180)) continue;
      const place = Math.floor(x / cell) * rows + Math.floor(y / cell);
      const bin = Math.floor(degrees / degreesPerBin);
      histogram[place * orientations + bin] += Math.sqrt(gx * gx + gy * gy);
    }
  }
  for (let i = 0; i < histogram.length; i++) histogram[i] /= cell * cell;
  return asNDArray(histogram, [histogram.length]);
}

function toGrey(planes: ArrayLike<number>, size: number): Float64Array {
  const grey = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    grey[i] = 0.299 * planes[i] + 0.587 * planes[size + i] + 0.144 * planes[2 * size + i];
  }
  return grey;
}
