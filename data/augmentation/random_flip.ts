/**
 * Mirror images.
 *
 * @module
 */
import { checkOptionNames } from "../../internal/options.ts";
import { augmentationOf } from "./_images.ts";
import { checkProbability, happens } from "./_probability.ts";
import type { Augmentation } from "./augmentation.ts";

/**
 * Options of {@linkcode randomFlip}.
 *
 * @category Data
 */
export interface RandomFlipOptions {
  /** How often an image is mirrored left to right. Default: 0.5. */
  readonly p?: number;
}

/**
 * Makes an augmentation that mirrors some images left to right. For each image it draws
 * `rng.rand()`, unless `p` is 1.
 *
 * @param options How often
 * @returns The augmentation. Images are (N, C, H, W), floats, or bytes, which are read as 0 to 1. The
 * result is float64 if they are, and float32 otherwise
 * @throws {TypeError} If there is no option of a given name
 * @throws {RangeError} If `p` is no probability
 *
 * @example
 * ```ts
 * import { randomFlip } from "@nndl/nndl/data";
 * import { array } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const image = array([1, 2, 3]).reshape([1, 1, 1, 3]);
 * const mirrored = randomFlip({ p: 1 })(image, new RandomState(0));
 * assert.deepEqual(mirrored.ravel().toArray(), [3, 2, 1]);
 * ```
 *
 * @category Data
 */
export function randomFlip(options: RandomFlipOptions = {}): Augmentation {
  checkOptionNames("randomFlip", options, ["p"]);
  const { p = 0.5 } = options;
  checkProbability("randomFlip", "p", p);
  return augmentationOf("randomFlip", [{
    draw: ({ channels, height, width }, rng) =>
      happens(p, rng)
        ? (pixels) => {
          for (let row = 0; row < channels * height; row++) {
            pixels.subarray(row * width, (row + 1) * width).reverse();
          }
        }
        : null,
  }]);
}
