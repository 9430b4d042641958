/**
 * Captions and the features of their images, in the form that captioning models are trained on.
 *
 * @module
 */
import { checkWhole } from "../../internal/numbers.ts";
import { showShape } from "../../internal/shapes.ts";
import { asNDArray, NDArray } from "../../ndarray/mod.ts";
import { RandomState } from "../../random/mod.ts";

/**
 * Captions of a training and a validation split, a vocabulary, and a feature vector an image.
 *
 * @category Data
 */
export interface CaptioningData {
  /** Training captions, int32, (N, T): word numbers, from `<START>` to `<END>`, then `<NULL>`. */
  trainCaptions: NDArray;
  /** The image of each training caption, a row of `trainFeatures`, int32, (N,). */
  trainImageIdxs: NDArray;
  /** Features of the training images, (I, D). */
  trainFeatures: NDArray;
  /** Where each training image can be seen, if that is known. */
  trainUrls?: readonly string[];
  /** Validation captions, int32, (M, T). */
  valCaptions: NDArray;
  /** The image of each validation caption, int32, (M,). */
  valImageIdxs: NDArray;
  /** Features of the validation images, (J, D). */
  valFeatures: NDArray;
  /** Where each validation image can be seen, if that is known. */
  valUrls?: readonly string[];
  /** The number of each word. */
  wordToIdx: Readonly<Record<string, number>>;
  /** The word of each number. */
  idxToWord: readonly string[];
}

/**
 * Options of {@linkcode sampleCocoMinibatch}.
 *
 * @category Data
 */
export interface CaptioningMinibatchOptions {
  /** How many captions. Default: 100. */
  readonly batchSize?: number;
  /** From which captions. Default: `"train"`. */
  readonly split?: "train" | "val";
  /** Where randomness comes from. Default: a freshly seeded stream. */
  readonly rng?: RandomState;
}

/**
 * What {@linkcode sampleCocoMinibatch} returns: a row for each caption.
 *
 * @category Data
 */
export interface CaptioningMinibatch {
  /** Captions, int32, (B, T). */
  readonly captions: NDArray;
  /** Features of their images, (B, D). */
  readonly features: NDArray;
  /** Where their images can be seen; empty texts if that is not known. */
  readonly urls: string[];
}

/**
 * Draws captions with the features of their images: one `rng.choice(N, batchSize)`, with
 * replacement, as the course's function of this name does.
 *
 * @param data Captions and features
 * @param options How many, from which split, and the source of randomness
 * @returns The minibatch
 * @throws {RangeError} If there is no such split or it is empty, or `batchSize` is not a whole
 * number from 1 up
 *
 * @example
 * ```ts
 * import { captioningData, sampleCocoMinibatch, syntheticCaptions } from "@nndl/nndl/data";
 * import { RandomState } from "@nndl/nndl/random";
 * import assert from "node:assert/strict";
 *
 * const scenes = syntheticCaptions({ numScenes: 20 });
 * const rng = new RandomState(231);
 * const data = captioningData(scenes, rng.randn(20, 8), { numVal: 5 });
 * const { captions, features } = sampleCocoMinibatch(data, { batchSize: 3, split: "val", rng });
 * assert.deepEqual(captions.shape, [3, 17]);
 * assert.deepEqual(features.shape, [3, 8]);
 * ```
 *
 * @category Data
 */
export function sampleCocoMinibatch(
  data: CaptioningData,
  { batchSize = 100, split = "train", rng = new RandomState() }: CaptioningMinibatchOptions = {},
): CaptioningMinibatch {
  if (split !== "train" && split !== "val") {
    throw new RangeError(`sampleCocoMinibatch: split must be "train" or "val", got "${split}"`);
  }
  checkWhole("sampleCocoMinibatch", "batchSize", batchSize, 1);
  const { captions, imageIdxs, features, urls } = split === "train"
    ? {
      captions: data.trainCaptions,
      imageIdxs: data.trainImageIdxs,
      features: data.trainFeatures,
      urls: data.trainUrls,
    }
    : {
      captions: data.valCaptions,
      imageIdxs: data.valImageIdxs,
      features: data.valFeatures,
      urls: data.valUrls,
    };
  if (!(captions instanceof NDArray) || captions.shape[0] === 0) {
    throw new RangeError(`sampleCocoMinibatch: there are no captions in ${split}Captions`);
  }
  const rows = rng.choice(captions.shape[0], batchSize);
  const images = imageIdxs.take(rows, 0);
  return {
    captions: captions.take(rows, 0),
    features: features.take(images, 0),
    urls: Array.from(images.data, (image) => urls?.[image] ?? ""),
  };
}

/**
 * What {@linkcode captioningData} needs to know of captioned images.
 *
 * @category Data
 */
export interface CaptionedImages {
  /** Captions, int32, (N, T), those of the first image first. */
  readonly captions: NDArray;
  /** The image of each caption, ascending, int32, (N,). */
  readonly captionImageIdxs: NDArray;
  /** The number of each word. */
  readonly wordToIdx: Readonly<Record<string, number>>;
  /** The word of each number. */
  readonly idxToWord: readonly string[];
}

/**
 * Options of {@linkcode captioningData}.
 *
 * @category Data
 */
export interface CaptioningDataOptions {
  /** How many images are kept for validation: the last ones. Default: a tenth. */
  readonly numVal?: number;
}

/**
 * Splits captioned images and their features into what a captioning model is trained on and what
 * it is tested on.
 *
 * @param images Captions and the images they belong to, as of `syntheticCaptions`
 * @param features Features of all images, (I, D)
 * @param options How many images are for validation
 * @returns Captions and features; the first images are for training
 * @throws {RangeError} If there is not one row of features for each image, or there are not so many
 * images
 *
 * @example
 * ```ts
 * import { captioningData, syntheticCaptions } from "@nndl/nndl/data";
 * import { zeros } from "@nndl/nndl/ndarray";
 * import assert from "node:assert/strict";
 *
 * const scenes = syntheticCaptions({ numScenes: 20 });
 * const data = captioningData(scenes, zeros([20, 8]), { numVal: 4 });
 * assert.deepEqual(data.trainCaptions.shape, [16 * 5, 17]);
 * assert.deepEqual(data.valFeatures.shape, [4, 8]);
 * assert.equal(data.valImageIdxs.at(0), 0);
 * ```
 *
 * @category Data
 */
export function captioningData(
  images: CaptionedImages,
  features: NDArray,
  options: CaptioningDataOptions = {},
): CaptioningData {
  const { captions, captionImageIdxs: owners, wordToIdx, idxToWord } = images;
  const count = owners.size === 0 ? 0 : 1 + owners.data[owners.size - 1];
  if (!(features instanceof NDArray) || features.ndim !== 2 || features.shape[0] !== count) {
    throw new RangeError(
      `captioningData: features must have shape (${count}, D), one row for each image, got ` +
        (features instanceof NDArray ? showShape(features.shape) : `${features}`),
    );
  }
  const numVal = options.numVal ?? Math.floor(count / 10);
  checkWhole("captioningData", "numVal", numVal, 0, count - 1);
  const numTrain = count - numVal;
  const first = owners.data.findIndex((image: number) => image >= numTrain);
  const border = first < 0 ? owners.size : first;
  return {
    trainCaptions: captions.slice(`:${border}`),
    trainImageIdxs: owners.slice(`:${border}`),
    trainFeatures: features.slice(`:${numTrain}`),
    valCaptions: captions.slice(`${border}:`),
    valImageIdxs: asNDArray(
      Int32Array.from(owners.data.subarray(border), (image) => image - numTrain),
      [owners.size - border],
    ),
    valFeatures: features.slice(`${numTrain}:`),
    wordToIdx,
    idxToWord,
  };
}
