/**
 * Histograms of hue: which colours an image has, wherever they are and however bright.
 *
 * Source: CS231n, assignment 1; A. R. Smith, "Color gamut transform pairs", 1978.
 *
 * @module
 */
import { checkWhole } from "../../internal/numbers.ts";
import { asNDArray, type NDArray } from "../../ndarray/mod.ts";
import { imageSize } from "./_image.ts";

/**
 * Options of {@linkcode colorHistogramHsv}.
 *
 * @category Data
 */
export interface ColorHistogramOptions {
  /** Number of bins. Default: 10. */
  readonly numBins?: number;
}

/**
 * Computes the histogram of the hues of an image. Grey pixels have hue 0, as red ones.
 *
 * @param image Image, (3, H, W): red, green and blue planes, values from 0 to 255
 * @param options Number of bins
 * @returns The share of the pixels in each bin, float64, (numBins,)
 * @throws {RangeError} If the shape is another one, or a pixel is out of range
 *
 * @example
 * ```ts
 * import { colorHistogramHsv } from "@nndl/nndl/data";
 * import { array } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const redAndGreen = array([[[255, 0]], [[0, 200]], [[0, 0]]], "uint8");
 * assert.deepEqual(colorHistogramHsv(redAndGreen, { numBins: 3 }).toArray(), [0.5, 0.5, 0]);
 * ```
 *
 * @category Data
 */
export function colorHistogramHsv(
  image: NDArray,
  { numBins = 10 }: ColorHistogramOptions = {},
): NDArray {
  const { height, width } = imageSize("colorHistogramHsv", image, [3]);
  checkWhole("colorHistogramHsv", "numBins", numBins, 1);
  const planes = image.data;
  const size = height * width;
  const counts = new Float64Array(numBins);
  for (let i = 0; i < size; i++) {
    const hue = hueOf(planes[i] / 255, planes[size + i] / 255, planes[2 * size + i] / 255);
    counts[binOf(hue * 255, numBins)]++;
  }
  for (let bin = 0; bin < numBins; bin++) counts[bin] /= size;
  return asNDArray(counts, [numBins]);
}

/** The hue of a colour, from 0 for red through green and blue back to 1. */
function hueOf(red: number, green: number, blue: number): number {
  const largest = Math.max(red, green, blue);
  const smallest = Math.min(red, green, blue);
  if (!(smallest >= 0 && largest <= 1)) {
    throw new RangeError(
      `colorHistogramHsv: pixels must be from 0 to 255, got (${
        [red, green, blue].map(scaledUp)
      }); ` +
        `compute features before a mean is subtracted`,
    );
  }
  const range = largest - smallest;
  if (range === 0) return 0;
  let sixth: number;
  if (blue === largest) sixth = 4 + (red - green) / range;
  else if (green === largest) sixth = 2 + (blue - red) / range;
  else sixth = (green - blue) / range;
  const hue = sixth / 6;
  return hue < 0 ? hue + 1 : hue % 1;
}

function scaledUp(value: number): number {
  return value * 255;
}

/** The bin of a value from 0 to 255: edges belong to the bin above them, the last one to none. */
function binOf(value: number, numBins: number): number {
  let bin = Math.min(numBins - 1, Math.floor(value * numBins / 255));
  // The quotient may have been rounded across an edge.
  while (bin > 0 && value < edge(bin, numBins)) bin--;
  while (bin < numBins - 1 && value >= edge(bin + 1, numBins)) bin++;
  return bin;
}

/** The lower edge of a bin, as NumPy's `linspace(0, 255, numBins + 1)` has it. */
function edge(bin: number, numBins: number): number {
  return bin * (255 / numBins);
}
