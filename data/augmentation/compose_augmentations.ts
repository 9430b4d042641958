/**
 * Augmentations one after the other.
 *
 * @module
 */
import { augmentationOf, stepsOf } from "./_images.ts";
import type { Augmentation } from "./augmentation.ts";

/**
 * Joins augmentations of images: each image goes through all of them before the next one does.
 *
 * @param augmentations What to do, in this order: those of this room but for `randomCropAndFlip`
 * @returns The augmentation
 * @throws {TypeError} If one of them is not made by this room
 *
 * @example
 * ```ts
 * import { composeAugmentations, randomFlip, randomResizedCrop } from "@nndl/nndl/data";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const both = composeAugmentations(randomResizedCrop({ size: 8 }), randomFlip());
 * assert.deepEqual(both(zeros([2, 1, 16, 16]), new RandomState(0)).shape, [2, 1, 8, 8]);
 * ```
 *
 * @category Data
 */
export function composeAugmentations(...augmentations: readonly Augmentation[]): Augmentation {
  const steps = augmentations.flatMap((augmentation, i) => {
    const known = stepsOf(augmentation);
    if (known) return known;
    throw new TypeError(
      `composeAugmentations: augmentation ${i} must be one that works image by image, such as ` +
        "randomResizedCrop() or colorJitter()",
    );
  });
  return augmentationOf("composeAugmentations", steps);
}
