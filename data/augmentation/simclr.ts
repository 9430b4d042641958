/**
 * Pairs of views for contrastive learning.
 *
 * @module
 */
import { checkOptionNames } from "../../internal/options.ts";
import { showValue } from "../../internal/show.ts";
import type { NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";
import type { Augmentation } from "./augmentation.ts";
import { colorJitter, randomGrayscale } from "./color_jitter.ts";
import { composeAugmentations } from "./compose_augmentations.ts";
import { cifar10Statistics, normalizeChannels } from "./normalize_channels.ts";
import { randomFlip } from "./random_flip.ts";
import { randomResizedCrop, type RandomResizedCropOptions } from "./random_resized_crop.ts";

/**
 * Options of {@linkcode simclrAugmentation}.
 *
 * @category Data
 */
export interface SimclrAugmentationOptions extends RandomResizedCropOptions {
  /** Taken off and divided by at the end; null for nothing. Default: CIFAR-10's. */
  readonly statistics?: typeof cifar10Statistics | null;
}

/**
 * Makes the augmentation of the course's SimCLR assignment: a random resized crop, a flip half of
 * the time, with probability 0.8 a colour jitter of brightness, contrast and saturation 0.4 and hue
 * 0.1, with probability 0.2 grey, then normalisation.
 *
 * Source: T. Chen et al., "A simple framework for contrastive learning of visual representations",
 * ICML 2020; CS231n, assignment 3, Self-Supervised Learning.
 *
 * @param options As those of `randomResizedCrop`, and the statistics
 * @returns The augmentation. Images are (N, 3, H, W), bytes, or floats from 0 to 1
 * @throws {TypeError} If there is no option of a given name
 * @throws {RangeError} If an option is out of range
 *
 * @example
 * ```ts
 * import { augmentedPairs, simclrAugmentation, syntheticCifar10 } from "@nndl/nndl/data";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const { XTrain } = syntheticCifar10({ numTraining: 8, subtractMean: false, dtype: "uint8" });
 * const views = augmentedPairs(XTrain, simclrAugmentation(), new RandomState(0));
 * assert.deepEqual(views.map(({ shape }) => shape), [[8, 3, 32, 32], [8, 3, 32, 32]]);
 * assert.equal(views[0].dtype, "float32");
 * ```
 *
 * @category Data
 */
export function simclrAugmentation(options: SimclrAugmentationOptions = {}): Augmentation {
  checkOptionNames("simclrAugmentation", options, ["size", "scale", "ratio", "statistics"]);
  const { statistics = cifar10Statistics, ...crop } = options;
  return composeAugmentations(
    randomResizedCrop(crop),
    randomFlip(),
    colorJitter({ brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1, p: 0.8 }),
    randomGrayscale({ p: 0.2 }),
    ...(statistics ? [normalizeChannels(statistics)] : []),
  );
}

/**
 * Makes two views of each image: the augmentation of the whole batch, twice.
 *
 * @param X Images, (N, C, H, W)
 * @param augment What makes a view
 * @param rng Where the randomness comes from
 * @returns The left and the right views, row by row of the same image
 * @throws {TypeError} If `augment` is no function, or `rng` no `RandomState`
 *
 * @example
 * ```ts
 * import { augmentedPairs, randomFlip } from "@nndl/nndl/data";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const [left, right] = augmentedPairs(zeros([4, 3, 8, 8]), randomFlip(), new RandomState(0));
 * assert.deepEqual(left.shape, right.shape);
 * ```
 *
 * @category Data
 */
export function augmentedPairs(
  X: NDArray,
  augment: Augmentation,
  rng: RandomState,
): [left: NDArray, right: NDArray] {
  if (typeof augment !== "function") {
    throw new TypeError(`augmentedPairs: augment must be a function, got ${showValue(augment)}`);
  }
  if (!(rng instanceof RandomState)) {
    throw new TypeError(`augmentedPairs: rng must be a RandomState, got ${showValue(rng)}`);
  }
  return [augment(X, rng), augment(X, rng)];
}
