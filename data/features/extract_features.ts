/**
 * Features of many images, one row an image.
 *
 * @module
 */
import { showShape } from "../../internal/shapes.ts";
import { asNDArray, NDArray } from "../../ndarray/mod.ts";

/**
 * Computes a feature of one image, (C, H, W): an array of any shape, of the same size each time.
 *
 * @category Data
 */
export type FeatureFunction = (image: NDArray) => NDArray;

/**
 * How many images are done.
 *
 * @category Data
 */
export interface FeatureProgress {
  /** Images done. */
  readonly done: number;
  /** Images in all. */
  readonly total: number;
}

/**
 * Options of {@linkcode extractFeatures}.
 *
 * @category Data
 */
export interface ExtractFeaturesOptions {
  /** Gets a report about every hundredth of the way, the last one when all is done. */
  readonly onProgress?: (progress: FeatureProgress) => void;
}

/**
 * Computes features of images and puts them side by side.
 *
 * @param images Images, (N, C, H, W), pixels as they are
 * @param functions Feature functions
 * @param options A listener
 * @returns Features, float64, (N, F), F being the sum of the sizes
 * @throws {RangeError} If there are no images or functions, or the size of a feature changes
 *
 * @example
 * ```ts
 * import { colorHistogramHsv, extractFeatures, hogFeature } from "@nndl/nndl/data";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const images = zeros([5, 3, 32, 32], "uint8");
 * const features = extractFeatures(images, [
 *   hogFeature,
 *   (image) => colorHistogramHsv(image, { numBins: 10 }),
 * ]);
 * assert.deepEqual(features.shape, [5, 144 + 10]);
 * ```
 *
 * @category Data
 */
export function extractFeatures(
  images: NDArray,
  functions: readonly FeatureFunction[],
  { onProgress }: ExtractFeaturesOptions = {},
): NDArray {
  checkArguments("extractFeatures", images, functions);
  const [total, ...shape] = images.shape;
  const size = images.size / total;
  const reportEvery = Math.ceil(total / 100);
  let out = new Float64Array(0);
  let width = 0;
  for (let row = 0; row < total; row++) {
    const image = asNDArray(images.data.subarray(row * size, (row + 1) * size), shape);
    const features = functions.map((compute) => compute(image).data);
    const length = features.reduce((sum, feature) => sum + feature.length, 0);
    if (row === 0) {
      width = length;
      out = new Float64Array(total * width);
    }
    if (length !== width) {
      throw new RangeError(
        `extractFeatures: all images must have ${width} features like the first one, but number ` +
          `${row} has ${length}`,
      );
    }
    let at = row * width;
    for (const feature of features) {
      out.set(feature, at);
      at += feature.length;
    }
    if ((row + 1) % reportEvery === 0 || row + 1 === total) onProgress?.({ done: row + 1, total });
  }
  return asNDArray(out, [total, width]);
}

function checkArguments(
  caller: string,
  images: NDArray,
  functions: readonly FeatureFunction[],
): void {
  if (!(images instanceof NDArray)) {
    throw new TypeError(`${caller}: images must be an NDArray, got ${images}`);
  }
  if (images.ndim < 2 || images.size === 0) {
    throw new RangeError(
      `${caller}: images must have shape (N, C, H, W) with at least one image, got ` +
        showShape(images.shape),
    );
  }
  if (!Array.isArray(functions) || functions.length === 0) {
    throw new RangeError(`${caller}: there must be at least one feature function`);
  }
}
